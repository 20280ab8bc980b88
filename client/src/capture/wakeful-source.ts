import { CAPTURE_RATE, type Chunk } from './audio-frame.ts';
import type { AudioSource, SourceKind, SourceListener } from './audio-source.ts';

/** Live sound that stays away for longer makes one look at the clock: a busy page is late by less. */
export const SUSPICIOUS_MS = 3_000;
/** What a page was only too busy to take comes all at once; so long is waited for it. */
export const SETTLE_MS = 300;
/** Sound kept back meanwhile; more is let through: the page was busy, not asleep. */
export const MAX_HELD_CHUNKS = 600;

/**
 * Live sound that notices when the machine has slept: no sound came for long, and what then came
 * does not make up for it. Tells how much is missing, just before the sound that follows.
 */
export class WakefulSource implements AudioSource {
  readonly kind: SourceKind;
  readonly label: string;
  readonly #source: AudioSource;
  readonly #onSlept: (lostMs: number) => void;
  readonly #now: () => number;
  #heardAtMs: number | null = null;
  #isHeld = false;
  /** Since the sound came back after a suspicious silence. */
  #waking: { sinceMs: number; chunks: Chunk[]; timer: ReturnType<typeof setTimeout> } | null = null;

  /** `now` is the time of day: the clock that goes on while a machine sleeps. */
  constructor(
    source: AudioSource,
    onSlept: (lostMs: number) => void,
    now: () => number = Date.now,
  ) {
    this.kind = source.kind;
    this.label = source.label;
    this.#source = source;
    this.#onSlept = onSlept;
    this.#now = now;
  }

  start(listener: SourceListener): void {
    this.#source.start({
      ...listener,
      onSound: (chunk) => this.#hear(chunk, listener),
      onLost: (error) => {
        this.#settle(listener);
        listener.onLost(error);
      },
    });
    this.#heardAtMs = this.#now();
  }

  hold(held: boolean): void {
    this.#isHeld = held;
    this.#source.hold(held);
  }

  async drain(): Promise<void> {
    await this.#source.drain();
    this.#letGo();
  }

  close(): void {
    if (this.#waking !== null) clearTimeout(this.#waking.timer);
    this.#waking = null;
    this.#source.close();
  }

  #hear(chunk: Chunk, listener: SourceListener): void {
    const now = this.#now();
    const silentMs = now - (this.#heardAtMs ?? now);
    this.#heardAtMs = now;
    if (this.#waking === null && silentMs > SUSPICIOUS_MS && !this.#isHeld) {
      const timer = setTimeout(() => this.#letGo(), SETTLE_MS);
      this.#waking = { sinceMs: now - silentMs, chunks: [], timer };
      this.#letGo = () => this.#settle(listener);
    }
    if (this.#waking === null) {
      listener.onSound(chunk);
      return;
    }
    this.#waking.chunks.push(chunk);
    if (this.#waking.chunks.length >= MAX_HELD_CHUNKS) this.#settle(listener);
  }

  #letGo = (): void => {};

  #settle(listener: SourceListener): void {
    if (this.#waking === null) return;
    const { sinceMs, chunks, timer } = this.#waking;
    clearTimeout(timer);
    this.#waking = null;
    const samples = chunks.reduce((sum, { length }) => sum + length, 0);
    const heardAtMs = this.#heardAtMs ?? sinceMs;
    const lostMs = heardAtMs - sinceMs - (samples / CAPTURE_RATE) * 1000;
    if (lostMs > SUSPICIOUS_MS / 2 && !this.#isHeld) this.#onSlept(lostMs);
    for (const chunk of chunks) listener.onSound(chunk);
  }
}
