/** Spread of a set of measurements; null fields where there were none. */
export interface Spread {
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/**
 * The smallest value that at least `percent` of all values do not exceed (nearest rank), or null
 * for no values. `percent` lies above 0 and is at most 100.
 */
export function percentile(values: readonly number[], percent: number): number | null {
  if (!(percent > 0 && percent <= 100)) {
    throw new RangeError(`Expected a percentile above 0 and up to 100, got ${percent}.`);
  }
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? null;
}

export function spread(values: readonly number[]): Spread {
  return {
    count: values.length,
    p50: percentile(values, 50),
    p95: percentile(values, 95),
    max: percentile(values, 100),
  };
}

/** Delays as they are told: the middle, the bad ones, and the worst. */
export interface Delays extends Spread {
  readonly p99: number | null;
}

/** In whole milliseconds. */
export function delays(values: readonly number[]): Delays {
  const rounded = values.map(Math.round);
  return { ...spread(rounded), p99: percentile(rounded, 99) };
}
