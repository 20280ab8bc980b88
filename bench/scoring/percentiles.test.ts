import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile, spread } from './percentiles.ts';

test('nearest rank', () => {
  const values = [15, 20, 35, 40, 50];
  expect([5, 30, 40, 50, 100].map((percent) => percentile(values, percent))).toEqual([
    15, 20, 20, 35, 50,
  ]);
  expect(percentile([3, 1, 2], 95)).toBe(3);
  expect(percentile([10, 9, 100], 50)).toBe(10);
});

test('no values have no percentiles, and no percentile lies outside of 0 to 100', () => {
  expect(spread([])).toEqual({ count: 0, p50: null, p95: null, max: null });
  expect(() => percentile([1], 0)).toThrow(RangeError);
  expect(() => percentile([1], 101)).toThrow(RangeError);
  expect(() => percentile([1], Number.NaN)).toThrow(RangeError);
});

test('a percentile is one of the values, and enough of them do not exceed it', () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
      const found = percentile(all, percent);
      expect(all).toContain(found);
      const below = all.filter((value) => value <= (found ?? Number.NaN)).length;
      expect(below / all.length).toBeGreaterThanOrEqual(percent / 100);
    }),
  );
});
