import { expect, test } from 'vitest';
import type { SoakRun } from './run-soak.ts';
import { FIGURES, type Figures, parseMetrics } from './server-figures.ts';
import { soakCharts, soakResult, soakTables } from './soak-result.ts';

const figures = (changes: Partial<Figures> = {}): Figures => ({
  ...(Object.fromEntries(FIGURES.map((figure) => [figure, 10])) as Record<
    (typeof FIGURES)[number],
    number
  >),
  ...changes,
});

function soak(of: (minute: number) => Partial<Figures>, after: Partial<Figures> = {}): SoakRun {
  return {
    restBefore: figures(),
    restAfter: figures(after),
    looks: Array.from({ length: 600 }, (_, second) => ({
      atMs: second * 1000,
      figures: figures(of(second / 60)),
    })),
    warmUpMs: 150_000,
    visits: { stop: 1, vanish: 2, resume: 3 },
    finals: 4,
    resumes: 3,
    errors: { server_busy: 1 },
  };
}

test('a server that stays as it is', () => {
  const saw = soak((minute) => ({ heapMb: 20 + 5 * (minute % 1) }));
  const { flat, leftBehind, slopes } = soakResult(saw);
  expect({ flat, leftBehind }).toEqual({ flat: true, leftBehind: [] });
  expect(slopes.find(({ figure }) => figure === 'rssMb')?.perHour).toBe(0);
});

test('what grows after the warm-up is told, with its slope', () => {
  const { flat, slopes } = soakResult(soak((minute) => ({ rssMb: 500 + 6 * minute })));
  expect(flat).toBe(false);
  const rss = slopes.find(({ figure }) => figure === 'rssMb');
  expect(rss?.growing).toBe(true);
  expect(rss?.perHour).toBeCloseTo(360, -1);
});

test('what grows while everything warms up is not', () => {
  const { flat } = soakResult(soak((minute) => ({ rssMb: 500 + 100 * Math.min(2, minute) })));
  expect(flat).toBe(true);
});

test('what is left behind is named; a kept connection is nothing', () => {
  const { leftBehind } = soakResult(soak(() => ({}), { openFiles: 12, children: 11, rssMb: 99 }));
  expect(leftBehind).toEqual(['children']);
});

test('the tables and charts tell it', () => {
  const run = soak(() => ({}), { decodersUsed: 11 });
  const result = soakResult(run);
  const tables = soakTables(run, result).flatMap(({ rows }) => rows);
  expect(tables).toContainEqual(['decodersUsed', '10.0', '11.0', 'no']);
  expect(tables).toContainEqual(['went wrong: server_busy', '1']);
  expect(soakCharts(run).map(({ title }) => title)).toContain('Memory');
});

test('metrics are read with their labels', () => {
  const text = '# HELP a b\n# TYPE a gauge\na 1\nb{type="x y"} 2.5e3\nc{d="e"} 3 1700000\n';
  expect([...parseMetrics(text)]).toEqual([
    ['a', 1],
    ['b{type="x y"}', 2500],
    ['c{d="e"}', 3],
  ]);
});
