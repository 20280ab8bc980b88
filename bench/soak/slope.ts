/** [x, y] */
export type Sample = readonly [number, number];

/** A straight line through samples. */
export interface Slope {
  readonly samples: number;
  readonly mean: number;
  /** Per unit of x. */
  readonly slope: number;
  /** Standard error of the slope. */
  readonly error: number;
}

/** Ordinary least squares; null for fewer than three samples, or where all have the same x. */
export function leastSquares(samples: readonly Sample[]): Slope | null {
  const count = samples.length;
  if (count < 3) return null;
  const meanX = samples.reduce((sum, [x]) => sum + x, 0) / count;
  const mean = samples.reduce((sum, [, y]) => sum + y, 0) / count;
  const spreadX = samples.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (spreadX === 0) return null;
  const slope = samples.reduce((sum, [x, y]) => sum + (x - meanX) * (y - mean), 0) / spreadX;
  const residual = samples.reduce((sum, [x, y]) => sum + (y - mean - slope * (x - meanX)) ** 2, 0);
  return { samples: count, mean, slope, error: Math.sqrt(residual / (count - 2) / spreadX) };
}

/** The least of each stretch of `width` of x, in its middle: what stays when garbage has gone. */
export function windowMinima(samples: readonly Sample[], width: number): Sample[] {
  const least = new Map<number, number>();
  for (const [x, y] of samples) {
    const window = Math.floor(x / width);
    least.set(window, Math.min(least.get(window) ?? Number.POSITIVE_INFINITY, y));
  }
  return [...least]
    .sort(([a], [b]) => a - b)
    .map(([window, y]): Sample => [(window + 0.5) * width, y]);
}
