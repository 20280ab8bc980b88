import { expect, test } from 'vitest';
import { UsageError } from '../benchmark.ts';
import { NO_SECONDS } from '../live/process-stages.ts';
import { formatTable } from '../scoring/table.ts';
import { densityCharts, densityResult, densityTables } from './density-result.ts';
import { parseDensityOptions } from './options.ts';
import type { Round, Side } from './run-density.ts';

const side = (cpuSeconds: number, substitutions: number): Side => ({
  cpuSeconds,
  words: { substitutions, insertions: 0, deletions: 0, words: 10 },
  shown: 20,
});

const round = (yardstick: Side | null): Round => ({
  audioSeconds: 10,
  clips: ['a'],
  ours: {
    ...side(1, 1),
    byStage: { ...NO_SECONDS, recognition: 0.8, FFmpeg: 0.2 },
    intervalsMs: [480, 520],
  },
  yardstick,
});

test('both sides over the same audio', () => {
  const result = densityResult({ rounds: [round(side(6, 2)), round(side(4, 0))], missing: null });
  expect(result).toMatchObject({
    audioSeconds: 20,
    yardstick: { cpuSecondsPerAudioSecond: 0.5, wer: 0.1, shownPerSecond: 2 },
    ours: { cpuSecondsPerAudioSecond: 0.1, wer: 0.1, byStage: { recognition: 0.08 } },
    cpuShare: 0.2,
  });
  const [table] = densityTables(result, 500, null).map(formatTable);
  expect(table).toContain('Parlance takes 20.0 % of the CPU.');
  expect(densityCharts([round(side(6, 2))])[0]?.series[0]?.points).toEqual([[1, 0.6]]);
});

test('without the yardstick, what is missing is said', () => {
  const result = densityResult({ rounds: [round(null)], missing: 'pip could not' });
  expect(result).toMatchObject({ yardstick: null, cpuShare: null });
  expect(densityTables(result, 500, 'pip could not').map(formatTable)[0]).toContain(
    'pip could not',
  );
});

test.each(['--interval 50', '--interval soon', '--limit 0', '--limit some', '--odd'])(
  '%s is refused',
  (line) => {
    expect(() => parseDensityOptions(line.split(' '))).toThrow(UsageError);
  },
);

test('limits and intervals', () => {
  expect(parseDensityOptions([])).toEqual({ intervalMs: 500, limit: 20 });
  expect(parseDensityOptions('--limit all --interval 1000'.split(' '))).toEqual({
    intervalMs: 1000,
    limit: null,
  });
});
