/**
 * Waits for something that is told bit by bit: until `done` says so, or until nothing was told for
 * `quietMs`, or the signal aborts. Never rejects; whether it was done is for the caller to look at.
 */
export class QuietWait {
  readonly #done: () => boolean;
  readonly #quietMs: number;
  #wake: () => void = () => {};

  constructor(done: () => boolean, quietMs: number) {
    this.#done = done;
    this.#quietMs = quietMs;
  }

  /** Something came. */
  told(): void {
    this.#wake();
  }

  async over(signal: AbortSignal): Promise<void> {
    while (!this.#done() && !signal.aborted) {
      if ((await this.#next(signal)) === 'quiet') return;
    }
  }

  #next(signal: AbortSignal): Promise<'told' | 'quiet'> {
    return new Promise((resolve) => {
      const finish = (how: 'told' | 'quiet') => () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', interrupted);
        this.#wake = () => {};
        resolve(how);
      };
      const interrupted = finish('told');
      const timer = setTimeout(finish('quiet'), this.#quietMs);
      signal.addEventListener('abort', interrupted, { once: true });
      this.#wake = finish('told');
    });
  }
}
