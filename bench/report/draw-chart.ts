import { escapeHtml } from '../../shared/escape-html.ts';
import { type Chart, niceTicks, type Point, type Series } from './chart.ts';

const WIDTH = 900;
const HEIGHT = 300;
const MARGIN = { left: 64, right: 16, top: 12, bottom: 46 };
const X_TICKS = 10;
const Y_TICKS = 5;
/** Colours that report-page.ts defines, for light and for dark. */
const COLOURS = 9;
const POINT_RADIUS = 2;
const BAR_GAP = 1;

interface Frame {
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** A chart as SVG with its title and legend, for a page that brings the colours. */
export function drawChart(chart: Chart): string {
  const drawn = chart.kind === 'areas' ? stacked(chart.series) : chart.series;
  const frame = frameOf(chart, drawn);
  return [
    '<figure>',
    `<figcaption>${escapeHtml(chart.title)}</figcaption>`,
    chart.series.length > 1 ? legend(chart.series) : '',
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(chart.title)}">`,
    axes(chart, frame),
    ...marks(chart, drawn, frame),
    limits(chart, frame),
    '</svg>',
    '</figure>',
  ].join('\n');
}

function frameOf(chart: Chart, drawn: readonly Series[]): Frame {
  const points = drawn.flatMap((series) => series.points);
  const xs = [...points.map(([x]) => x), ...(chart.limitX ? [chart.limitX.x] : [])];
  const ys = [...points.map(([, y]) => y), ...(chart.limit ? [chart.limit.y] : [])];
  const step = chart.kind === 'bars' ? barStep(drawn) : 0;
  const xTicks = niceTicks(lowest(xs), highest(xs) + step, X_TICKS);
  const yTicks = niceTicks(Math.min(0, lowest(ys)), highest(ys), Y_TICKS);
  return {
    xTicks,
    yTicks,
    x: scale(xTicks, MARGIN.left, WIDTH - MARGIN.right),
    y: scale(yTicks, HEIGHT - MARGIN.bottom, MARGIN.top),
  };
}

function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const first = ticks[0] ?? 0;
  const span = (ticks.at(-1) ?? 1) - first || 1;
  return (value) => Number((from + ((value - first) / span) * (to - from)).toFixed(1));
}

function axes({ xLabel, yLabel }: Chart, { xTicks, yTicks, x, y }: Frame): string {
  const bottom = HEIGHT - MARGIN.bottom;
  const horizontal = yTicks.map(
    (tick) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}"/>` +
      `<text x="${MARGIN.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
  );
  const vertical = xTicks.map(
    (tick) => `<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`,
  );
  const middle = (MARGIN.top + bottom) / 2;
  return [
    ...horizontal,
    ...vertical,
    `<line class="axis" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${bottom}" y2="${bottom}"/>`,
    `<text x="${(MARGIN.left + WIDTH) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escapeHtml(xLabel)}</text>`,
    `<text transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${escapeHtml(yLabel)}</text>`,
  ].join('\n');
}

function marks({ kind }: Chart, drawn: readonly Series[], frame: Frame): string[] {
  const draw = {
    points: dots,
    lines: line,
    areas: area,
    bars,
  }[kind];
  return drawn.map((_, index) => draw(drawn, index, frame));
}

/** One path for all of them: thousands of elements make a page slow. */
function dots(drawn: readonly Series[], index: number, { x, y }: Frame): string {
  const points = drawn[index]?.points ?? [];
  const path = points.map(([px, py]) => `M${x(px)} ${y(py)}h0`).join('');
  return `<path class="dots s${index % COLOURS}" stroke-width="${2 * POINT_RADIUS}" d="${path}"/>`;
}

function line(drawn: readonly Series[], index: number, { x, y }: Frame): string {
  const points = drawn[index]?.points ?? [];
  const path = points.map(([px, py], at) => `${at === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');
  return `<path class="line s${index % COLOURS}" d="${path}"/>`;
}

function area(drawn: readonly Series[], index: number, { x, y }: Frame): string {
  const points = drawn[index]?.points ?? [];
  const below = drawn[index - 1]?.points ?? [];
  const floor = points.map(([px], at): Point => [px, below[at]?.[1] ?? 0]);
  const corners = [...points, ...floor.reverse()].map(([px, py]) => `${x(px)},${y(py)}`);
  return `<polygon class="area s${index % COLOURS}" points="${corners.join(' ')}"/>`;
}

function bars(drawn: readonly Series[], index: number, { x, y }: Frame): string {
  const points = drawn[index]?.points ?? [];
  const width = (x(barStep(drawn)) - x(0)) / drawn.length;
  return points
    .filter(([, py]) => py !== 0)
    .map(([px, py]) => {
      const left = x(px) + index * width;
      const shown = Math.max(0.5, width - BAR_GAP);
      return `<rect class="area s${index % COLOURS}" x="${left.toFixed(1)}" width="${shown.toFixed(1)}" y="${y(py)}" height="${(y(0) - y(py)).toFixed(1)}"/>`;
    })
    .join('');
}

function barStep(drawn: readonly Series[]): number {
  const [first, second] = drawn[0]?.points ?? [];
  return first === undefined || second === undefined ? 1 : second[0] - first[0];
}

function limits({ limit, limitX }: Chart, { x, y }: Frame): string {
  const parts: string[] = [];
  if (limit !== undefined) {
    const at = y(limit.y);
    parts.push(
      `<line class="limit" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}"/>`,
      `<text class="limit" x="${WIDTH - MARGIN.right}" y="${at + 14}" text-anchor="end">${escapeHtml(limit.label)}</text>`,
    );
  }
  if (limitX !== undefined) {
    const at = x(limitX.x);
    parts.push(
      `<line class="limit" x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}"/>`,
      `<text class="limit" x="${at + 5}" y="${MARGIN.top + 12}">${escapeHtml(limitX.label)}</text>`,
    );
  }
  return parts.join('\n');
}

function legend(series: readonly Series[]): string {
  const items = series.map(
    ({ name }, index) =>
      `<span><i class="swatch b${index % COLOURS}"></i>${escapeHtml(name)}</span>`,
  );
  return `<p class="legend">${items.join('')}</p>`;
}

/** Each series on top of those before it. */
function stacked(series: readonly Series[]): Series[] {
  const heights = new Map<number, number>();
  return series.map(({ name, points }) => ({
    name,
    points: points.map(([x, y]): Point => {
      const top = (heights.get(x) ?? 0) + y;
      heights.set(x, top);
      return [x, top];
    }),
  }));
}

function lowest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), values[0] ?? 0);
}

function highest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), values[0] ?? 1);
}
