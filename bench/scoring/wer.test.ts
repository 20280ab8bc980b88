import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addErrors,
  alignWords,
  countErrors,
  errorRate,
  NO_WORD_ERRORS,
  wordErrorRate,
  wordErrors,
} from './wer.ts';

test('counts each kind of error', () => {
  expect(wordErrors('the cat sat on the mat', 'the cat sat on the mat')).toEqual({
    ...NO_WORD_ERRORS,
    words: 6,
  });
  // cat → hat, "on" lost, "down" added.
  expect(wordErrors('the cat sat on the mat', 'the hat sat the mat down')).toEqual({
    substitutions: 1,
    insertions: 1,
    deletions: 1,
    words: 6,
  });
  expect(wordErrorRate('the cat sat on the mat', 'the hat sat the mat down')).toBeCloseTo(0.5);
});

test('nothing heard is an error rate of one, words out of nothing have none', () => {
  expect(wordErrorRate('hello there', '')).toBe(1);
  expect(wordErrorRate('', '')).toBe(0);
  expect(wordErrorRate('', 'thank you')).toBe(Number.POSITIVE_INFINITY);
});

test('a loop counts every word that was not said', () => {
  expect(wordErrors('more words', 'more words words words words')).toEqual({
    substitutions: 0,
    insertions: 3,
    deletions: 0,
    words: 2,
  });
});

test('a corpus rate weighs texts by their words', () => {
  const corpus = addErrors(wordErrors('one two three', 'one two three'), wordErrors('a', 'b'));
  expect(errorRate(corpus)).toBeCloseTo(1 / 4);
});

test('the alignment shows which word was taken for which', () => {
  expect(alignWords(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([
    { reference: 'a', hypothesis: 'a' },
    { reference: 'b', hypothesis: 'x' },
    { reference: 'c', hypothesis: 'c' },
    { reference: null, hypothesis: 'd' },
  ]);
});

const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
const distance = (a: readonly string[], b: readonly string[]): number => {
  const { substitutions, insertions, deletions } = countErrors(alignWords(a, b));
  return substitutions + insertions + deletions;
};

test('is a metric: zero only for equal texts, symmetric, triangle inequality', () => {
  fc.assert(
    fc.property(words, words, words, (a, b, c) => {
      expect(distance(a, b) === 0).toBe(a.join() === b.join());
      expect(distance(a, b)).toBe(distance(b, a));
      expect(distance(a, c)).toBeLessThanOrEqual(distance(a, b) + distance(b, c));
    }),
  );
});

test('an alignment holds both texts whole, and its counts add up', () => {
  fc.assert(
    fc.property(words, words, (reference, hypothesis) => {
      const alignment = alignWords(reference, hypothesis);
      expect(alignment.flatMap((step) => step.reference ?? [])).toEqual(reference);
      expect(alignment.flatMap((step) => step.hypothesis ?? [])).toEqual(hypothesis);
      const { insertions, deletions, words: length } = countErrors(alignment);
      expect(length).toBe(reference.length);
      expect(length - deletions + insertions).toBe(hypothesis.length);
    }),
  );
});
