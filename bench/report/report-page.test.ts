import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogram, niceTicks } from './chart.ts';
import { drawChart } from './draw-chart.ts';
import { reportPage } from './report-page.ts';

test('ticks are round and reach around all values', () => {
  expect(niceTicks(0, 9.3, 5)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(niceTicks(3, 3, 5)).toEqual([3, 3.2, 3.4, 3.6, 3.8, 4]);
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(number, fc.double({ min: 0.001, max: 1e6, noNaN: true }), (min, span) => {
      const ticks = niceTicks(min, min + span, 5);
      expect(ticks[0]).toBeLessThanOrEqual(min + 1e-6);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(min + span - 1e-6);
      expect(ticks.length).toBeLessThanOrEqual(8);
    }),
  );
});

test('a histogram loses nothing: what is too large counts in the last bin', () => {
  expect(histogram([0, 0.5, 1, 9, -1], 1, 3)).toEqual([
    [0, 3],
    [1, 1],
    [2, 1],
  ]);
});

test('areas lie on top of each other', () => {
  const drawn = drawChart({
    title: 'Cores',
    kind: 'areas',
    xLabel: 's',
    yLabel: 'cores',
    series: [
      {
        name: 'a',
        points: [
          [0, 1],
          [10, 1],
        ],
      },
      {
        name: 'b',
        points: [
          [0, 1],
          [10, 1],
        ],
      },
    ],
  });
  // From 0 (254) to 2 (12): the second lies between 1 (133) and 2.
  expect(drawn).toContain('points="64,133 884,133 884,254 64,254"');
  expect(drawn).toContain('points="64,12 884,12 884,133 64,133"');
});

test('a chart without any point is still a chart', () => {
  for (const kind of ['points', 'lines', 'areas', 'bars'] as const) {
    const series = [{ name: 'none', points: [] }];
    const drawn = drawChart({ title: 'Empty', kind, xLabel: '', yLabel: '', series });
    expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
  }
});

test('a page shows names as they are, not as markup', () => {
  const table = { title: 'A < B', columns: ['<i>'], rows: [['"&"']] };
  const page = reportPage({ title: 'x', facts: ['<b>'], tables: [table], charts: [] });
  expect(page).toContain('A &lt; B');
  expect(page).toContain('<td>&quot;&amp;&quot;</td>');
  expect(page).not.toContain('<b>');
});
