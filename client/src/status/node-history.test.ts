import { describe, expect, test } from 'vitest';
import { addSample, errorsPerMinute, type Sample, seriesOf, WINDOW_MS } from './node-history.ts';
import { nodeReport, nodesAnswer } from './testing/node-reports.ts';

const sample = (atMs: number, ...nodes: Parameters<typeof nodeReport>[0][]): Sample => ({
  atMs,
  answer: nodesAnswer(nodes.map(nodeReport)),
});

test('what left the window is dropped, but for the one that a line comes from', () => {
  let samples: readonly Sample[] = [];
  for (let atMs = 0; atMs <= 2 * WINDOW_MS; atMs += 10_000) {
    samples = addSample(samples, sample(atMs, { name: 'a' }));
  }
  expect(samples.map(({ atMs }) => atMs).slice(0, 2)).toEqual([WINDOW_MS, WINDOW_MS + 10_000]);
  samples = addSample(samples, sample(2 * WINDOW_MS + 5_000, { name: 'a' }));
  expect(samples[0]?.atMs).toBe(WINDOW_MS);
});

test('each node has a line, with a hole where it did not answer', () => {
  const samples = [
    sample(0, { name: 'b', sessions: 1 }),
    sample(1, { name: 'a', sessions: 2 }),
    sample(2, { name: 'a', sessions: 3 }, { name: 'b', sessions: 4 }),
  ];
  const series = seriesOf(samples, ({ concurrent }) => concurrent.sessions);
  expect(series.map(({ name, points }) => [name, points.map(({ value }) => value)])).toEqual([
    ['a', [null, 2, 3]],
    ['b', [1, null, 4]],
  ]);
});

describe('errors a minute', () => {
  const errors = (samples: readonly Sample[]) =>
    seriesOf(samples, errorsPerMinute)[0]?.points.map(({ value }) => value);

  test('come from half a minute', () => {
    const samples = Array.from({ length: 40 }, (_, second) =>
      sample(second * 1_000, { name: 'a', errors: second >= 20 ? 3 : 0 }),
    );
    const rates = errors(samples) ?? [];
    expect(rates[0]).toBeNull();
    expect(rates[19]).toBe(0);
    expect(rates[35]).toBe(6);
  });

  test('begin anew with a node that begins anew', () => {
    const samples = [
      sample(0, { name: 'a', node: 'one', errors: 90 }),
      sample(30_000, { name: 'a', node: 'two', errors: 1 }),
    ];
    const second = seriesOf(samples, errorsPerMinute).find(({ node }) => node === 'two');
    expect(second?.points.map(({ value }) => value)).toEqual([null, null]);
  });
});
