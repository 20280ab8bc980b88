import { signal } from '@preact/signals';

type Message = { kind: 'asking' | 'speaking' | 'stopped'; room: string; tab: string };

/** Tells whether the same room is spoken into from another tab of this browser. */
export class OtherTabs {
  /** True while another tab speaks. */
  readonly speaking = signal(false);
  readonly #room: string;
  readonly #tab = String(Math.random());
  readonly #others = new Set<string>();
  readonly #channel: BroadcastChannel | null;
  #isSpeaking = false;

  constructor(room: string) {
    this.#room = room;
    this.#channel =
      typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('parlance.speak');
    if (this.#channel === null) return;
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#receive(data);
    this.#send('asking');
  }

  /** This tab begins or ends to speak. */
  speak(speaking: boolean): void {
    if (speaking === this.#isSpeaking) return;
    this.#isSpeaking = speaking;
    this.#send(speaking ? 'speaking' : 'stopped');
  }

  close(): void {
    this.speak(false);
    this.#channel?.close();
  }

  #receive(message: Message): void {
    if (message.room !== this.#room || message.tab === this.#tab) return;
    if (message.kind === 'asking') {
      if (this.#isSpeaking) this.#send('speaking');
    } else if (message.kind === 'speaking') {
      this.#others.add(message.tab);
    } else {
      this.#others.delete(message.tab);
    }
    this.speaking.value = this.#others.size > 0;
  }

  #send(kind: Message['kind']): void {
    this.#channel?.postMessage({ kind, room: this.#room, tab: this.#tab } satisfies Message);
  }
}
