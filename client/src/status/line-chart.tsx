import { useSignal } from '@preact/signals';
import { roundTop } from './chart-scale.ts';
import type { Measure } from './measures.ts';
import { type Point, type Series, WINDOW_MS } from './node-history.ts';

/** The drawing's own units; it is stretched to whatever room there is. */
const WIDTH = 1_000;
const HEIGHT = 300;
/** As many colours as there are voices; beyond, lines are dashed. */
export const LINE_LOOKS = 6;

interface LineChartProps {
  measure: Measure;
  series: readonly Series[];
  /** The right edge. */
  nowMs: number;
}

/** One figure of each node over the last five minutes; pointing at it tells the values then. */
export function LineChart({ measure, series, nowMs }: LineChartProps) {
  const pointed = useSignal<number | null>(null);
  const values = series.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
  const top = roundTop(Math.max(0, ...values), measure.least);
  const place = (atMs: number) => ((atMs - (nowMs - WINDOW_MS)) / WINDOW_MS) * WIDTH;
  const height = (value: number) => HEIGHT - (value / top) * HEIGHT;
  const shownMs = pointed.value === null ? nowMs : nowMs - WINDOW_MS * (1 - pointed.value);
  const title = `chart-${measure.id}`;
  return (
    <figure class="chart card" aria-labelledby={title} data-testid={title}>
      <figcaption id={title}>
        <h2>{measure.title}</h2>
        <p class="hint">{measure.hint}</p>
      </figcaption>
      <div
        class="plot"
        onPointerMove={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          pointed.value = Math.min(1, Math.max(0, (event.clientX - left) / width));
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
      >
        <span class="top">{measure.words(top)}</span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {[0, 0.5, 1].map((share) => (
            <line
              key={share}
              class="grid-line"
              x1="0"
              x2={WIDTH}
              y1={HEIGHT * share}
              y2={HEIGHT * share}
            />
          ))}
          {series.map(({ node, points }, index) => (
            <path key={node} class={`line ${lookOf(index)}`} d={pathOf(points, place, height)} />
          ))}
          {pointed.value !== null && (
            <line
              class="pointer"
              x1={pointed.value * WIDTH}
              x2={pointed.value * WIDTH}
              y1="0"
              y2={HEIGHT}
            />
          )}
        </svg>
        <div class="times">
          <span>5 minutes ago</span>
          <span>{pointed.value === null ? 'now' : agoInWords(nowMs - shownMs)}</span>
        </div>
      </div>
      <ul class="legend">
        {series.map(({ node, name, points }, index) => {
          const value = valueAt(points, shownMs);
          return (
            <li key={node} data-node={node}>
              <svg class="swatch" viewBox="0 0 20 10" aria-hidden="true">
                <path class={`line ${lookOf(index)}`} d="M0 5H20" />
              </svg>
              <span class="node-name">{name}</span>
              <strong>{value === null ? '–' : measure.words(value)}</strong>
            </li>
          );
        })}
      </ul>
    </figure>
  );
}

/** The newest value at or before a moment; null in a hole. */
export function valueAt(points: readonly Point[], atMs: number): number | null {
  return points.findLast((point) => point.atMs <= atMs)?.value ?? null;
}

/** A line through the points, broken where there is nothing to show. */
export function pathOf(
  points: readonly Point[],
  place: (atMs: number) => number,
  height: (value: number) => number,
): string {
  let pen: 'M' | 'L' = 'M';
  let path = '';
  for (const { atMs, value } of points) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    const x = place(atMs).toFixed(1);
    const y = height(value).toFixed(1);
    // A single point is drawn as a dot: a line of no length with round ends.
    path += pen === 'M' ? `M${x} ${y}L${x} ${y}` : `L${x} ${y}`;
    pen = 'L';
  }
  return path;
}

function lookOf(index: number): string {
  const dashed = index >= LINE_LOOKS ? ' dashed' : '';
  return `look-${index % LINE_LOOKS}${dashed}`;
}

function agoInWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 2) return 'now';
  return seconds < 60
    ? `${seconds} s ago`
    : `${Math.floor(seconds / 60)} min ${seconds % 60} s ago`;
}
