import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Outcome } from './outcome.ts';

/** Times are kept to a microsecond and three digits, in the same memory however many there are. */
const MICROSECONDS_PER_MS = 1000;
const LONGEST_MS = 3_600_000;
const DIGITS = 3;
/** Kinds of errors that are told apart; what comes beyond them is counted together. */
export const MAX_ERROR_KINDS = 50;
const OTHER_ERRORS = 'other';

/** How a time spreads, in milliseconds with a tenth; null fields where there was none. */
export interface Spread {
  readonly count: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface ErrorCount {
  readonly code: string;
  readonly refused: boolean;
  readonly count: number;
}

/** What a load run has seen so far; its size does not grow with it. */
export class LoadTally {
  #ok = 0;
  #refused = 0;
  #failed = 0;
  readonly #errors = new Map<string, { refused: boolean; count: number }>();
  readonly #times = new Map<string, RecordableHistogram>();
  readonly #counts = new Map<string, number>();

  get ok(): number {
    return this.#ok;
  }

  get refused(): number {
    return this.#refused;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Most frequent first. */
  get errors(): readonly ErrorCount[] {
    return [...this.#errors]
      .map(([code, { refused, count }]) => ({ code, refused, count }))
      .sort((a, b) => b.count - a.count);
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  record(outcome: Outcome): void {
    if (outcome.kind === 'ok') {
      this.#ok += 1;
      return;
    }
    const refused = outcome.kind === 'refused';
    if (refused) this.#refused += 1;
    else this.#failed += 1;
    const isKnown = this.#errors.has(outcome.code) || this.#errors.size < MAX_ERROR_KINDS;
    const code = isKnown ? outcome.code : OTHER_ERRORS;
    const known = this.#errors.get(code) ?? { refused, count: 0 };
    known.count += 1;
    this.#errors.set(code, known);
  }

  /** One duration of what `name` stands for. */
  time(name: string, ms: number): void {
    let times = this.#times.get(name);
    if (times === undefined) {
      const highest = LONGEST_MS * MICROSECONDS_PER_MS;
      times = createHistogram({ lowest: 1, highest, figures: DIGITS });
      this.#times.set(name, times);
    }
    times.record(Math.max(1, Math.round(Math.min(ms, LONGEST_MS) * MICROSECONDS_PER_MS)));
  }

  count(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  spread(name: string): Spread {
    const times = this.#times.get(name);
    if (times === undefined) {
      return { count: 0, mean: null, median: null, p95: null, p99: null, max: null };
    }
    return {
      count: times.count,
      mean: tenths(times.mean),
      median: tenths(times.percentile(50)),
      p95: tenths(times.percentile(95)),
      p99: tenths(times.percentile(99)),
      max: tenths(times.max),
    };
  }
}

function tenths(microseconds: number): number {
  return Math.round(microseconds / (MICROSECONDS_PER_MS / 10)) / 10;
}
