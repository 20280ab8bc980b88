import { SpeakerClient } from '../../client/src/live/speaker-client.ts';
import type { SpeakerState } from '../../client/src/live/speaker-state.ts';
import { ViewerClient } from '../../client/src/live/viewer-client.ts';
import type { ViewerState } from '../../client/src/live/viewer-state.ts';
import { SILENT_PACKET } from '../../server/src/audio/ffmpeg-decoder.ts';
import { AppError } from '../../shared/errors.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { PlannedSentence } from './turn-plan.ts';
import { ViewerLog } from './viewer-log.ts';

/** How often a viewer asks for its language; each time takes seconds. */
const MAX_TRIES = 3;

export interface LoadRoomOptions {
  readonly url: string;
  readonly room: string;
  readonly spoken: string;
  /** One viewer for each. */
  readonly languages: readonly string[];
  readonly plan: readonly PlannedSentence[];
  /** Packets of each sentence, by its number. */
  readonly sounds: readonly (readonly Uint8Array[])[];
}

/** One room: a speaker at the pace of speech, and viewers who log what comes. */
export class LoadRoom {
  readonly plan: readonly PlannedSentence[];
  readonly logs: readonly ViewerLog[];
  /** What went wrong with one of its connections, by code. */
  readonly faults: string[] = [];
  readonly #options: LoadRoomOptions;
  readonly #speaker: SpeakerClient;
  readonly #viewers: readonly ViewerClient[];
  #next = 0;
  #pushed = 0;
  #startedAt = 0;
  #closed = false;

  constructor(options: LoadRoomOptions) {
    const { url, room, spoken, languages, plan } = options;
    this.#options = options;
    this.plan = plan;
    this.logs = languages.map(() => new ViewerLog());
    this.#speaker = new SpeakerClient({
      url,
      room,
      language: spoken,
      offers: languages,
      reads: [],
    });
    this.#viewers = languages.map(() => new ViewerClient({ url, room, language: spoken }));
    this.#speaker.on('error', ({ code }) => this.faults.push(code));
    this.#speaker.on('gap', () => this.faults.push('gap'));
    this.#speaker.on('state', (state) => this.#watch(state));
    for (const viewer of this.#viewers) viewer.on('state', (state) => this.#watch(state));
    for (const [at, viewer] of this.#viewers.entries()) {
      viewer.on('entry', (entry) => this.logs[at]?.entry(entry, performance.now()));
      viewer.on('partial', (caption) => this.logs[at]?.partial(caption, performance.now()));
    }
  }

  /** Speaker and viewers, who read what is spoken at first. */
  async open(): Promise<void> {
    await this.#speaker.start();
    await Promise.all(this.#viewers.map((viewer) => viewer.start()));
  }

  /** Each viewer reads its own language from now on. */
  async translate(): Promise<void> {
    const { languages, spoken } = this.#options;
    await Promise.all(
      this.#viewers.map((viewer, at) => this.#change(viewer, languages[at] ?? spoken)),
    );
  }

  /** Asks again where the server could not just now, as a reader would. */
  async #change(viewer: ViewerClient, language: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await viewer.setLanguage(language);
        return;
      } catch (error) {
        if (!(error instanceof AppError) || !error.retryable || tries === MAX_TRIES) throw error;
        this.faults.push(error.code);
      }
    }
  }

  /** The first frame is due from this moment on, by the clock of `performance.now()`. */
  begin(at: number): void {
    this.#startedAt = at;
  }

  /** When the last sample of a sentence was spoken. */
  endOf({ endFrame }: PlannedSentence): number {
    return this.#startedAt + endFrame * FRAME_MS;
  }

  /** Hands over every packet that a microphone would have by now; returns how late the first was. */
  speak(now: number): number {
    const due = Math.floor((now - this.#startedAt) / FRAME_MS);
    const lateMs = due > this.#pushed ? now - this.#startedAt - (this.#pushed + 1) * FRAME_MS : 0;
    for (; this.#pushed < due; this.#pushed += 1) this.#speaker.push(this.#packet(this.#pushed));
    return lateMs;
  }

  close(): void {
    this.#closed = true;
    this.#speaker.close();
    for (const viewer of this.#viewers) viewer.close();
  }

  #watch(state: SpeakerState | ViewerState): void {
    if (this.#closed || !('error' in state) || state.error === null) return;
    this.faults.push(state.error.code);
  }

  #packet(frame: number): Uint8Array {
    while (frame >= (this.plan[this.#next]?.endFrame ?? Infinity)) this.#next += 1;
    const planned = this.plan[this.#next];
    if (planned === undefined || frame < planned.startFrame) return SILENT_PACKET;
    return this.#options.sounds[planned.sentence]?.[frame - planned.startFrame] ?? SILENT_PACKET;
  }
}
