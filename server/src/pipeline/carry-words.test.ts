import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitWords } from '../../../shared/words.ts';
import { carryMargins, carryTimes } from './carry-words.ts';

const spans = (...pairs: [number, number][]) =>
  pairs.map(([startMs, endMs]) => ({ startMs, endMs }));

test('words in the place of others are as sure as the least sure of those', () => {
  expect(carryMargins('a par lance b', 'a Parlance b', [9, 2, 1, 8])).toEqual([9, 1, 8]);
  expect(carryMargins('a b', 'a b', [1, 2])).toEqual([1, 2]);
  expect(carryMargins('a b', 'a x', undefined)).toBeUndefined();
  expect(carryMargins('a', 'a b', [3])).toEqual([3, 0]);
});

test('and share their time', () => {
  const heard = spans([0, 100], [200, 300], [300, 500], [600, 700]);
  expect(carryTimes('a par lance b', 'a Parlance b', heard)).toEqual(
    spans([0, 100], [200, 500], [600, 700]),
  );
  expect(carryTimes('a par lance b', 'a Par La Nce b', heard)).toEqual(
    spans([0, 100], [200, 300], [300, 400], [400, 500], [600, 700]),
  );
  expect(carryTimes('a b', 'b', spans([0, 100], [200, 300]))).toEqual(spans([200, 300]));
});

test('each word of the new text has a margin and a time, in order', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 })
    .map((all) => all.join(' '));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const words = splitWords(before);
      const margins = words.map((_, index) => index);
      const heard = words.map((_, index) => ({ startMs: index * 100, endMs: index * 100 + 80 }));
      expect(carryMargins(before, after, margins)).toHaveLength(splitWords(after).length);
      const times = carryTimes(before, after, heard) ?? [];
      expect(times).toHaveLength(splitWords(after).length);
      const edges = times.flatMap(({ startMs, endMs }) => [startMs, endMs]);
      expect(edges).toEqual([...edges].sort((a, b) => a - b));
    }),
  );
});
