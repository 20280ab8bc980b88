import { STAGES } from '../live/process-stages.ts';
import { stageRates } from '../live/server-watch.ts';
import { type Chart, histogram, type Point } from '../report/chart.ts';
import { percentile } from '../scoring/percentiles.ts';
import type { SpeakersRun } from './run-speakers.ts';
import type { DelayPoint } from './score-sessions.ts';
import { FINAL_LAG_LIMIT_MS, type SpeakersStep } from './speakers-result.ts';

const MS_PER_SECOND = 1000;
const BINS = 80;
const NARROWEST_BIN_SECONDS = 0.05;
/** Histograms end here; what is beyond counts in the last bar. */
const SHOWN_PERCENT = 99.5;
const LIMIT_SECONDS = FINAL_LAG_LIMIT_MS / MS_PER_SECOND;

/** A run as pictures. */
export function speakersCharts(
  { speakers, score, server, translation }: SpeakersRun,
  steps: readonly SpeakersStep[],
  cores: number,
): Chart[] {
  const limit = { y: LIMIT_SECONDS, label: `${LIMIT_SECONDS} s` };
  const overTime = { kind: 'points', xLabel: 'seconds since the first speaker' } as const;
  return [
    ...(steps.length < 2 ? [] : [stepChart(steps)]),
    {
      ...overTime,
      title: `Final after last speech, ${speakers} speakers`,
      yLabel: 'seconds',
      series: [
        { name: 'as spoken', points: inSeconds(score.finalLag) },
        ...(translation === null
          ? []
          : [{ name: `translated (${translation})`, points: inSeconds(score.translationLag) }]),
      ],
      limit,
    },
    {
      ...overTime,
      title: 'First text after onset of speech',
      yLabel: 'seconds',
      series: [{ name: 'first text', points: inSeconds(score.firstPartial) }],
    },
    {
      ...overTime,
      title: 'Rhythm: time between two partials of a segment',
      yLabel: 'seconds',
      series: [{ name: 'rhythm', points: inSeconds(score.rhythm) }],
    },
    histogramChart('Distribution: final after last speech', score.finalLag, true),
    histogramChart('Distribution: first text after onset of speech', score.firstPartial, false),
    ...(server.length < 2 ? [] : serverCharts(server, cores)),
  ];
}

function serverCharts(server: SpeakersRun['server'], cores: number): Chart[] {
  const began = server[0]?.at ?? 0;
  const rates = stageRates(server);
  const seconds = (at: number): number => Math.round((at - began) / 100) / 10;
  return [
    {
      title: 'Cores in use, by stage',
      kind: 'areas',
      xLabel: 'seconds',
      yLabel: 'cores',
      series: [
        ...STAGES.map((stage) => ({
          name: stage,
          points: rates.map((rate): Point => [seconds(rate.at), rate.cores[stage]]),
        })),
        {
          name: 'no part of the server',
          points: rates.map((rate): Point => [seconds(rate.at), rate.elsewhere]),
        },
      ],
      limit: { y: cores, label: `${cores} cores` },
    },
    {
      title: 'Resident memory of the server',
      kind: 'lines',
      xLabel: 'seconds',
      yLabel: 'MB',
      series: [
        {
          name: 'server',
          points: server.map(({ at, rssMb }): Point => [seconds(at), Math.round(rssMb)]),
        },
      ],
    },
  ];
}

function stepChart(steps: readonly SpeakersStep[]): Chart {
  const sorted = [...steps].sort((a, b) => a.speakers - b.speakers);
  const series = (name: string, percent: 'p50' | 'p95') => ({
    name,
    points: sorted.map(({ speakers, finalLagMs }): Point => {
      return [speakers, (finalLagMs[percent] ?? 0) / MS_PER_SECOND];
    }),
  });
  return {
    title: 'Final after last speech, by number of speakers',
    kind: 'lines',
    xLabel: 'speakers',
    yLabel: 'seconds',
    series: [series('median', 'p50'), series('95th percentile', 'p95')],
    limit: { y: LIMIT_SECONDS, label: `${LIMIT_SECONDS} s` },
  };
}

function histogramChart(title: string, points: readonly DelayPoint[], limited: boolean): Chart {
  const values = points.map(({ delayMs }) => delayMs / MS_PER_SECOND);
  const most = Math.max(LIMIT_SECONDS, percentile(values, SHOWN_PERCENT) ?? 0);
  const binSeconds = Math.max(NARROWEST_BIN_SECONDS, most / BINS);
  return {
    title,
    kind: 'bars',
    xLabel: 'seconds',
    yLabel: 'segments',
    series: [{ name: 'segments', points: histogram(values, binSeconds, most + binSeconds) }],
    ...(limited ? { limitX: { x: LIMIT_SECONDS, label: `${LIMIT_SECONDS} s` } } : {}),
  };
}

function inSeconds(points: readonly DelayPoint[]): Point[] {
  return points.map(({ atMs, delayMs }): Point => [atMs / MS_PER_SECOND, delayMs / MS_PER_SECOND]);
}
