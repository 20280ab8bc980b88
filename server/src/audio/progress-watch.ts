/** Calls `onStall` once when something is expected and nothing comes for `limitMs()`. */
export class ProgressWatch {
  readonly #limitMs: () => number;
  readonly #onStall: () => void;
  #timer: NodeJS.Timeout | null = null;
  #armedMs = 0;
  #steps = 0;
  #stopped = false;

  /** `limitMs` is asked whenever it begins to wait. */
  constructor(limitMs: () => number, onStall: () => void) {
    this.#limitMs = limitMs;
    this.#onStall = onStall;
  }

  /** Begins to wait, unless it waits already. */
  expect(): void {
    if (this.#stopped || this.#timer !== null) return;
    this.#arm();
  }

  /** Something came: waits afresh if more is expected. */
  progress(moreExpected: boolean): void {
    this.#steps += 1;
    if (!moreExpected) this.#clear();
    else if (this.#timer !== null) this.#rearm(this.#timer);
  }

  /** For good. */
  stop(): void {
    this.#stopped = true;
    this.#clear();
  }

  #arm(): void {
    this.#armedMs = this.#limitMs();
    this.#timer = setTimeout(() => this.#doubt(), this.#armedMs);
  }

  /** The limit is the same most of the time, and then no new timer is needed. */
  #rearm(timer: NodeJS.Timeout): void {
    if (this.#limitMs() === this.#armedMs) {
      timer.refresh();
      return;
    }
    this.#clear();
    this.#arm();
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
