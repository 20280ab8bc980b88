import { signal } from '@preact/signals';
import { type Asked, fetchNodes } from './fetch-nodes.ts';
import { addSample, type Sample } from './node-history.ts';
import { operatorKey } from './operator-key.ts';

/** Twelve requests a minute: a key may have a hundred, and several people look with the same one. */
export const ASK_INTERVAL_MS = 5_000;

/** Asks again and again how the nodes fare, and keeps what is shown of it. */
export class NodeWatch {
  readonly samples = signal<readonly Sample[]>([]);
  readonly last = signal<Asked['kind'] | 'asking'>('asking');
  #timer: ReturnType<typeof setTimeout> | null = null;
  #round = 0;

  /** Asks at once, and then again and again. */
  start(): void {
    this.stop();
    this.#round += 1;
    void this.#ask(this.#round);
  }

  stop(): void {
    this.#round += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #ask(round: number): Promise<void> {
    const asked = await fetchNodes(operatorKey.value);
    if (round !== this.#round) return;
    this.last.value = asked.kind;
    if (asked.kind === 'answer') {
      const sample = { atMs: Date.now(), answer: asked.answer };
      this.samples.value = addSample(this.samples.value, sample);
    }
    // Without a key that holds there is nothing to ask for again and again.
    if (asked.kind === 'key-wanted' || asked.kind === 'key-refused') return;
    const waitMs = asked.kind === 'too-many' ? asked.waitMs : 0;
    this.#timer = setTimeout(() => void this.#ask(round), Math.max(waitMs, ASK_INTERVAL_MS));
  }
}
