import { expect, test } from 'vitest';
import { LoadTally, MAX_ERROR_KINDS } from './load-tally.ts';
import { OK } from './outcome.ts';

test('outcomes are counted, errors by their kind, the most frequent first', () => {
  const tally = new LoadTally();
  for (const code of ['rate_limited', 'server_busy', 'server_busy']) {
    tally.record({ kind: 'refused', code });
  }
  tally.record({ kind: 'failed', code: 'internal' });
  tally.record(OK);
  expect([tally.ok, tally.refused, tally.failed]).toEqual([1, 3, 1]);
  expect(tally.errors).toEqual([
    { code: 'server_busy', refused: true, count: 2 },
    { code: 'rate_limited', refused: true, count: 1 },
    { code: 'internal', refused: false, count: 1 },
  ]);
});

test('mean, median, 95 and 99 percent and the longest, to three digits', () => {
  const tally = new LoadTally();
  for (let ms = 1; ms <= 1000; ms += 1) tally.time('join', ms);
  const { count, mean, median, p95, p99, max } = tally.spread('join');
  expect(count).toBe(1000);
  for (const [got, expected] of [
    ...[[mean, 500.5] as const, [median, 500] as const, [p95, 950] as const],
    ...[[p99, 990] as const, [max, 1000] as const],
  ]) {
    expect(Math.abs((got ?? 0) - expected)).toBeLessThanOrEqual(expected / 500);
  }
  expect(tally.spread('never').median).toBeNull();
});

test('[INV4] times out of any range and errors of any number have their place', () => {
  const tally = new LoadTally();
  tally.time('join', -1);
  tally.time('join', 1e9);
  expect(tally.spread('join')).toMatchObject({ count: 2, median: 0 });
  for (let kind = 0; kind < 10 * MAX_ERROR_KINDS; kind += 1) {
    tally.record({ kind: 'failed', code: `made_up_${kind}` });
  }
  expect(tally.errors).toHaveLength(MAX_ERROR_KINDS + 1);
  expect(tally.errors[0]).toEqual({
    ...{ code: 'other', refused: false, count: 9 * MAX_ERROR_KINDS },
  });
});
