import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWordErrors, normalizeWords, wordErrorRate } from './word-error-rate.ts';

test('case, punctuation and spacing do not count', () => {
  expect(normalizeWords("  It's the  “Old” man’s — dog, 'ere! ")).toEqual([
    "it's",
    'the',
    'old',
    "man's",
    'dog',
    'ere',
  ]);
});

test('counts replaced, missing and added words', () => {
  const rate = (reference: string, heard: string) => wordErrorRate([{ reference, heard }]);
  expect(rate('a b c d', 'a b c d')).toBe(0);
  expect(rate('a b c d', 'a x c d')).toBe(0.25);
  expect(rate('a b c d', 'a b d')).toBe(0.25);
  expect(rate('a b c d', 'a b c c d')).toBe(0.25);
  expect(rate('a b', '')).toBe(1);
  expect(rate('', 'a b')).toBe(0);
});

test('weighs clips by their words', () => {
  const pairs = [
    { reference: 'a b c', heard: 'a b c' },
    { reference: 'd', heard: 'e' },
  ];
  expect(wordErrorRate(pairs)).toBe(0.25);
});

test('is a distance: symmetric, zero only for equal lists, at most the longer list', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
  fc.assert(
    fc.property(words, words, (left, right) => {
      const errors = countWordErrors(left, right);
      expect(errors).toBe(countWordErrors(right, left));
      expect(errors === 0).toBe(left.join(' ') === right.join(' '));
      expect(errors).toBeLessThanOrEqual(Math.max(left.length, right.length));
    }),
  );
});
