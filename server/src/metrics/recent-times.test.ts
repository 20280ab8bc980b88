import { expect, test } from 'vitest';
import { MAX_RECENT_TIMES, RECENT_MS, RecentTimes } from './recent-times.ts';

test('nothing measured has no times', () => {
  expect(new RecentTimes().summary()).toEqual({
    count: 0,
    mean: null,
    median: null,
    p95: null,
    p99: null,
  });
});

test('percentiles are those of nearest rank', () => {
  const times = new RecentTimes(() => 0);
  for (let value = 100; value >= 1; value -= 1) times.note(value);
  expect(times.summary()).toEqual({ count: 100, mean: 50.5, median: 50, p95: 95, p99: 99 });
});

test('[INV4] only the newest are kept, and all are counted', () => {
  const times = new RecentTimes(() => 0);
  for (let turn = 0; turn < 3 * MAX_RECENT_TIMES; turn += 1) {
    times.note(turn < 2 * MAX_RECENT_TIMES ? 9 : 1);
  }
  expect(times.summary()).toMatchObject({ count: MAX_RECENT_TIMES, mean: 1, p99: 1 });
  expect(times.total).toBe(3 * MAX_RECENT_TIMES);
});

test('what is long ago does not count', () => {
  let nowMs = 0;
  const times = new RecentTimes(() => nowMs);
  times.note(8);
  nowMs = RECENT_MS;
  times.note(2);
  expect(times.summary()).toMatchObject({ count: 2, mean: 5 });
  nowMs += 1;
  expect(times.summary()).toMatchObject({ count: 1, mean: 2 });
});
