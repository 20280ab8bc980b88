export interface PaceLimits {
  /** In every stretch of this length at least `minStretchBytes` must arrive. */
  readonly stretchMs: number;
  readonly minStretchBytes: number;
}

/** Watches how much arrives and aborts its signal where that is too little, or nothing. */
export class TransferPace {
  readonly #slow = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;
  /** At the last tick; the first stretch, in which the connection is made, is not judged. */
  #atStretch: number | null = null;
  #received = 0;

  constructor({ stretchMs, minStretchBytes }: PaceLimits, outer: AbortSignal) {
    this.signal = AbortSignal.any([outer, this.#slow.signal]);
    this.#timer = setInterval(() => {
      const slow = this.#atStretch !== null && this.#received - this.#atStretch < minStretchBytes;
      this.#atStretch = this.#received;
      if (slow) this.#slow.abort();
    }, stretchMs);
  }

  /** Tells how long the file is by now. */
  received(bytes: number): void {
    this.#received = bytes;
  }

  get tooSlow(): boolean {
    return this.#slow.signal.aborted;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
