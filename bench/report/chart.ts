/** [x, y] */
export type Point = readonly [number, number];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

/** A picture of figures, independent of how it is drawn. */
export interface Chart {
  readonly title: string;
  /** `areas` lie on top of each other and need the same x in every series. */
  readonly kind: 'points' | 'lines' | 'areas' | 'bars';
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** A value that is to be kept, drawn across. */
  readonly limit?: { readonly y: number; readonly label: string };
  /** The same on the other axis. */
  readonly limitX?: { readonly x: number; readonly label: string };
}

/** How many values fall into each of `bins` equal parts of [0, max); larger ones into the last. */
export function histogram(values: readonly number[], binWidth: number, max: number): Point[] {
  const bins = Math.max(1, Math.ceil(max / binWidth));
  const counts = Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(value / binWidth)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => [bin * binWidth, count]);
}

/** Round values from at or below `min` to at or above `max`, about `count` of them. */
export function niceTicks(min: number, max: number, count: number): number[] {
  const span = max > min ? max - min : 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const width = step ?? 10 * power;
  const first = Math.floor(min / width);
  const last = Math.ceil((min + span) / width);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * width).toPrecision(12)),
  );
}
