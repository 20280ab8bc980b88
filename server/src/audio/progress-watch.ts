/** Calls `onStall` once when something is expected and nothing comes for `limitMs`. */
export class ProgressWatch {
  readonly #limitMs: number;
  readonly #onStall: () => void;
  #timer: NodeJS.Timeout | null = null;
  #steps = 0;
  #stopped = false;

  constructor(limitMs: number, onStall: () => void) {
    this.#limitMs = limitMs;
    this.#onStall = onStall;
  }

  /** Begins to wait, unless it waits already. */
  expect(): void {
    if (this.#stopped || this.#timer !== null) return;
    this.#timer = setTimeout(() => this.#doubt(), this.#limitMs);
  }

  /** Something came: waits afresh if more is expected. */
  progress(moreExpected: boolean): void {
    this.#steps += 1;
    if (moreExpected) this.#timer?.refresh();
    else this.#clear();
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    this.#clear();
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Timers run before input: what lies unread because this very process was busy counts first. */
  #doubt(): void {
    const steps = this.#steps;
    setImmediate(() => {
      if (this.#stopped || this.#steps !== steps) return;
      this.stop();
      this.#onStall();
    });
  }
}
