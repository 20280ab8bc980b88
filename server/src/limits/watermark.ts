/** Whether a level has just crossed its mark; `same` most of the time. */
export type Crossing = 'risen' | 'fallen' | 'same';

/**
 * A level that counts as high from `high` on, and until it is below `low` again: what stands at the
 * mark and trembles is told once.
 */
export class Watermark {
  readonly #high: number;
  readonly #low: number;
  #isHigh = false;

  constructor(high: number, low: number) {
    if (low > high) throw new RangeError(`Expected a low mark up to ${high}, got ${low}.`);
    this.#high = high;
    this.#low = low;
  }

  get isHigh(): boolean {
    return this.#isHigh;
  }

  note(level: number): Crossing {
    if (!this.#isHigh && level >= this.#high) {
      this.#isHigh = true;
      return 'risen';
    }
    if (this.#isHigh && level < this.#low) {
      this.#isHigh = false;
      return 'fallen';
    }
    return 'same';
  }
}
