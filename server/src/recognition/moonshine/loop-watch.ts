/** Longest phrase, in tokens, whose repetition is noticed. */
const MAX_PERIOD = 64;

/** A run of tokens at the end that repeats itself: the first `period` of `length` are new. */
export interface Loop {
  readonly period: number;
  readonly length: number;
}

/**
 * Watches tokens for phrases that follow upon themselves, as the model produces them on noise and
 * behind words that were cut off. Repeated tokens are very likely ones, whatever was heard, so they
 * must not count as evidence.
 */
export class LoopWatch {
  readonly #tokens: number[] = [];
  /** For each period: how many of the last tokens equal the one a period before. */
  readonly #runs = new Uint16Array(MAX_PERIOD + 1);
  readonly #repeated: boolean[] = [];

  push(token: number): void {
    const at = this.#tokens.push(token) - 1;
    this.#repeated.push(false);
    for (let period = 1; period <= Math.min(MAX_PERIOD, at); period += 1) {
      const run = this.#tokens[at - period] === token ? (this.#runs[period] ?? 0) + 1 : 0;
      this.#runs[period] = run;
      if (run > 0 && run + period >= noticedLength(period)) {
        this.#repeated.fill(true, at + 1 - run);
      }
    }
  }

  /** For every token whether it only repeats what was just said. */
  get repeated(): readonly boolean[] {
    return this.#repeated;
  }

  /** Whether the tokens end in a loop that no speaker would go on with. */
  get stuck(): boolean {
    for (let period = 1; period <= MAX_PERIOD; period += 1) {
      const length = (this.#runs[period] ?? 0) + period;
      if (length > period && length >= Math.max(12, 4 * period)) return true;
    }
    return false;
  }

  /** The longest run at the end that says the same at least twice (a single token: three times). */
  get tail(): Loop | null {
    let longest: Loop | null = null;
    for (let period = 1; period <= MAX_PERIOD; period += 1) {
      const run = this.#runs[period] ?? 0;
      if (run < Math.max(2, period) || run + period <= (longest?.length ?? 0)) continue;
      longest = { period, length: run + period };
    }
    return longest;
  }
}

/** From which length a run counts as a loop: people do say short things two or three times. */
function noticedLength(period: number): number {
  if (period === 1) return 6;
  if (period <= 3) return 4 * period;
  if (period <= 5) return 3 * period;
  return 2 * period + 2;
}
