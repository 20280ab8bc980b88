/** Durations kept of one kind: a fixed 16 KB, whatever happens (INV4). */
export const MAX_RECENT_TIMES = 1_000;
/** Older ones say nothing about how it goes now. */
export const RECENT_MS = 300_000;

/** Seconds; null where nothing was measured of late. */
export interface TimeSummary {
  /** How many the others are made of. */
  readonly count: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/**
 * The newest durations of one kind in a ring of fixed size. Percentiles are exact (nearest rank),
 * over the newest {@link MAX_RECENT_TIMES} of the last {@link RECENT_MS}.
 */
export class RecentTimes {
  readonly #seconds = new Float64Array(MAX_RECENT_TIMES);
  readonly #atMs = new Float64Array(MAX_RECENT_TIMES);
  readonly #now: () => number;
  #total = 0;

  /** `now` in milliseconds, on a clock that never steps back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** All that was ever noted. */
  get total(): number {
    return this.#total;
  }

  note(seconds: number): void {
    const place = this.#total % MAX_RECENT_TIMES;
    this.#seconds[place] = seconds;
    this.#atMs[place] = this.#now();
    this.#total += 1;
  }

  summary(): TimeSummary {
    const kept = Math.min(this.#total, MAX_RECENT_TIMES);
    const since = this.#now() - RECENT_MS;
    const recent = this.#seconds
      .subarray(0, kept)
      .filter((_, place) => (this.#atMs[place] ?? 0) >= since)
      .sort();
    const rank = (share: number) => recent[Math.ceil(share * recent.length) - 1] ?? null;
    const sum = recent.reduce((total, seconds) => total + seconds, 0);
    return {
      count: recent.length,
      mean: recent.length === 0 ? null : sum / recent.length,
      median: rank(0.5),
      p95: rank(0.95),
      p99: rank(0.99),
    };
  }
}
