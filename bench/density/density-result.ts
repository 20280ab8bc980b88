import { NO_SECONDS, STAGES, type Stage, type StageSeconds } from '../live/process-stages.ts';
import type { Chart, Point } from '../report/chart.ts';
import { type Delays, delays } from '../scoring/percentiles.ts';
import { cell, type Table } from '../scoring/table.ts';
import { addErrors, errorRate, NO_WORD_ERRORS } from '../scoring/wer.ts';
import type { DensityRun, Round, Side } from './run-density.ts';
import { Yardstick } from './yardstick.ts';

export interface SideFigures {
  readonly cpuSecondsPerAudioSecond: number;
  readonly wer: number;
  /** Texts that a reader saw, each second of audio. */
  readonly shownPerSecond: number;
}

export interface DensityResult {
  readonly audioSeconds: number;
  readonly yardstick: SideFigures | null;
  readonly ours: SideFigures & {
    readonly rhythmMs: Delays;
    /** Processor seconds by stage for each second of audio. */
    readonly byStage: StageSeconds;
  };
  /** Ours of theirs; null without a yardstick. */
  readonly cpuShare: number | null;
}

/** Puts the rounds together; pure. */
export function densityResult({ rounds }: DensityRun): DensityResult {
  const audioSeconds = rounds.reduce((sum, round) => sum + round.audioSeconds, 0);
  const theirs = rounds.flatMap((round) => round.yardstick ?? []);
  const ours = rounds.map((round) => round.ours);
  const yardstick = theirs.length === 0 ? null : sideFigures(theirs, audioSeconds);
  const own = sideFigures(ours, audioSeconds);
  const byStage: Record<Stage, number> = { ...NO_SECONDS };
  for (const stage of STAGES) {
    byStage[stage] = ours.reduce((sum, each) => sum + each.byStage[stage], 0) / audioSeconds;
  }
  return {
    audioSeconds,
    yardstick,
    ours: { ...own, rhythmMs: delays(ours.flatMap(({ intervalsMs }) => intervalsMs)), byStage },
    cpuShare:
      yardstick === null ? null : own.cpuSecondsPerAudioSecond / yardstick.cpuSecondsPerAudioSecond,
  };
}

function sideFigures(sides: readonly Side[], audioSeconds: number): SideFigures {
  const sum = (of: (side: Side) => number): number =>
    sides.reduce((total, side) => total + of(side), 0);
  return {
    cpuSecondsPerAudioSecond: sum(({ cpuSeconds }) => cpuSeconds) / audioSeconds,
    wer: errorRate(sides.reduce((all, { words }) => addErrors(all, words), NO_WORD_ERRORS)),
    shownPerSecond: sum(({ shown }) => shown) / audioSeconds,
  };
}

export function densityTables(
  { audioSeconds, yardstick, ours, cpuShare }: DensityResult,
  intervalMs: number,
  missing: string | null,
): Table[] {
  const row = (name: string, side: SideFigures): string[] => [
    name,
    cell(side.cpuSecondsPerAudioSecond, 4),
    cell(side.wer, 4),
    cell(side.shownPerSecond, 2),
  ];
  return [
    {
      title: `The same ${cell(audioSeconds)} seconds, an update every ${intervalMs} ms`,
      columns: ['transcriber', 'CPU s/s', 'WER', 'texts shown a second'],
      rows: [
        ...(yardstick === null ? [] : [row(Yardstick.label, yardstick)]),
        row('Parlance, the whole server', ours),
      ],
      notes: [
        ...(missing === null ? [] : [missing]),
        ...(cpuShare === null ? [] : [`Parlance takes ${cell(cpuShare * 100, 1)} % of the CPU.`]),
        `Parlance: ${cell(ours.rhythmMs.p50)} ms between two partials (p50), ${cell(ours.rhythmMs.p95)} ms (p95).`,
      ],
    },
    {
      title: 'Parlance by stage',
      columns: ['stage', 'CPU s/s'],
      rows: STAGES.map((stage) => [stage, cell(ours.byStage[stage], 4)]),
    },
  ];
}

export function densityCharts(rounds: readonly Round[]): Chart[] {
  const points = (of: (round: Round) => number | undefined): Point[] =>
    rounds.map((round, index): Point => [index + 1, (of(round) ?? 0) / round.audioSeconds]);
  return [
    {
      title: 'Processor seconds for a second of audio, by round',
      kind: 'bars',
      xLabel: 'round',
      yLabel: 'CPU s/s',
      series: [
        { name: Yardstick.label, points: points(({ yardstick }) => yardstick?.cpuSeconds) },
        { name: 'Parlance, the whole server', points: points(({ ours }) => ours.cpuSeconds) },
      ],
    },
  ];
}
