import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchWords } from './match-words.ts';

test('what both have in the same order', () => {
  expect(matchWords(['a', 'b', 'c', 'd'], ['b', 'x', 'd'])).toEqual([
    [1, 0],
    [3, 2],
  ]);
  expect(matchWords([], ['a'])).toEqual([]);
});

test('pairs are of equal words, go upwards, and are as many for either order', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 9 });
  fc.assert(
    fc.property(words, words, (left, right) => {
      const pairs = matchWords(left, right);
      let [row, column] = [-1, -1];
      for (const [nextRow, nextColumn] of pairs) {
        expect(left[nextRow]).toBe(right[nextColumn]);
        expect(nextRow).toBeGreaterThan(row);
        expect(nextColumn).toBeGreaterThan(column);
        [row, column] = [nextRow, nextColumn];
      }
      expect(matchWords(right, left)).toHaveLength(pairs.length);
      expect(matchWords(left, left)).toHaveLength(left.length);
    }),
  );
});
