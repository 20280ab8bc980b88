import type { Chart, Point } from '../report/chart.ts';
import { cell, type Table } from '../scoring/table.ts';
import type { Look, SoakRun } from './run-soak.ts';
import {
  FIGURES,
  type Figure,
  GUEST_FIGURES,
  HELD_FIGURES,
  MEMORY_FIGURES,
} from './server-figures.ts';
import { leastSquares, type Sample, type Slope, windowMinima } from './slope.ts';

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;
/** Garbage goes within it, so that its minimum is what stays. */
const WINDOW_MS = 15_000;
/** A slope counts where it is so many times its error, and adds up to this share of the mean. */
const SIGNIFICANT = 3;
const NOTABLE_SHARE = 0.02;

/** What should be flat while as many come as go. */
const FITTED: readonly Figure[] = [...MEMORY_FIGURES, ...HELD_FIGURES];
/** By how much a figure may be above what it was at rest before: a connection that is kept alive. */
const REST_TOLERANCE: Partial<Record<Figure, number>> = { openFiles: 2, handles: 2, timers: 2 };
/** Of memory the slope tells. */
const COMPARED: readonly Figure[] = [...HELD_FIGURES, ...GUEST_FIGURES];

export interface FittedSlope {
  readonly figure: Figure;
  readonly mean: number;
  readonly perHour: number;
  readonly errorPerHour: number;
  readonly growing: boolean;
}

export interface SoakResult {
  readonly slopes: readonly FittedSlope[];
  /** Figures that did not return to where they were when nobody was there. */
  readonly leftBehind: readonly Figure[];
  readonly flat: boolean;
}

/** What a soak shows; pure. */
export function soakResult({ looks, warmUpMs, restBefore, restAfter }: SoakRun): SoakResult {
  const lastMs = looks.at(-1)?.atMs ?? 0;
  const slopes = FITTED.flatMap((figure): FittedSlope[] => {
    const fit = leastSquares(windowMinima(samplesOf(looks, figure, warmUpMs), WINDOW_MS));
    if (fit === null || Number.isNaN(fit.mean)) return [];
    return [fitted(figure, fit, lastMs - warmUpMs)];
  });
  const leftBehind = COMPARED.filter(
    (figure) => restAfter[figure] > restBefore[figure] + (REST_TOLERANCE[figure] ?? 0),
  );
  const flat = leftBehind.length === 0 && slopes.every(({ growing }) => !growing);
  return { slopes, leftBehind, flat };
}

function fitted(figure: Figure, fit: Slope, spanMs: number): FittedSlope {
  const perHour = fit.slope * MS_PER_MINUTE * MINUTES_PER_HOUR;
  const errorPerHour = fit.error * MS_PER_MINUTE * MINUTES_PER_HOUR;
  const growth = fit.slope * spanMs;
  const growing = fit.slope > SIGNIFICANT * fit.error && growth > NOTABLE_SHARE * fit.mean;
  return { figure, mean: fit.mean, perHour, errorPerHour, growing };
}

function samplesOf(looks: readonly Look[], figure: Figure, fromMs: number): Sample[] {
  return looks
    .filter(({ atMs }) => atMs >= fromMs)
    .map(({ atMs, figures }): Sample => [atMs, figures[figure]]);
}

export function soakTables(run: SoakRun, { slopes, leftBehind }: SoakResult): Table[] {
  const { visits, finals, resumes, errors, restBefore, restAfter } = run;
  return [
    {
      title: 'Visits',
      columns: ['what', 'count'],
      rows: [
        ['stopped as one should', cell(visits.stop)],
        ['vanished in mid-speech', cell(visits.vanish)],
        ['resumed after an outage', cell(visits.resume)],
        ['links that were lost', cell(resumes)],
        ['finals', cell(finals)],
        ...Object.entries(errors).map(([code, count]) => [`went wrong: ${code}`, cell(count)]),
      ],
    },
    {
      title: 'While they came and went, after warm-up',
      columns: ['figure', 'mean', 'an hour', '± error', 'growing'],
      rows: slopes.map(({ figure, mean, perHour, errorPerHour, growing }) => [
        figure,
        cell(mean, 1),
        cell(perHour, 2),
        cell(errorPerHour, 2),
        growing ? 'yes' : 'no',
      ]),
      notes: [
        `Least squares through the minima of ${WINDOW_MS / 1000} s each. Growing: above ${SIGNIFICANT} errors, and`,
        `by more than ${NOTABLE_SHARE * 100} % of the mean in this time.`,
      ],
    },
    {
      title: 'With nobody there',
      columns: ['figure', 'before', 'after', 'returned'],
      rows: FIGURES.map((figure) => [
        figure,
        cell(restBefore[figure], 1),
        cell(restAfter[figure], 1),
        returned(figure, leftBehind),
      ]),
      notes: ['Before: after one visit of each kind, so that everything is loaded.'],
    },
  ];
}

export function soakCharts({ looks, warmUpMs }: SoakRun): Chart[] {
  const over = (title: string, yLabel: string, figures: readonly Figure[]): Chart => ({
    title,
    kind: 'lines',
    xLabel: 'minutes',
    yLabel,
    series: figures.map((name) => ({
      name,
      points: looks.map(({ atMs, figures: seen }): Point => [atMs / MS_PER_MINUTE, seen[name]]),
    })),
    limitX: { x: warmUpMs / MS_PER_MINUTE, label: 'warm-up ends' },
  });
  return [
    over('Memory', 'MB', MEMORY_FIGURES),
    over('Files, processes, threads, timers', 'count', HELD_FIGURES),
    over('Who is there', 'count', ['sessions', 'viewers', 'rooms', 'decodersUsed']),
  ];
}

function returned(figure: Figure, leftBehind: readonly Figure[]): string {
  if (!COMPARED.includes(figure)) return '–';
  return leftBehind.includes(figure) ? 'no' : 'yes';
}
