import { expect, test } from 'vitest';
import { countAgreed, resumeDraft } from './draft-verification.ts';
import type { Predictions } from './token-model.ts';

const predicting = (...tokens: number[]): Predictions => ({
  choose: (index) => ({ token: tokens[index] ?? -1, logProbability: 0, margin: 1 }),
});

test('counts the tokens up to the first that would not have been chosen', () => {
  expect(countAgreed([], predicting(5))).toBe(0);
  expect(countAgreed([5, 6, 7], predicting(5, 6, 7, 8))).toBe(3);
  expect(countAgreed([5, 6, 7], predicting(5, 9, 7, 8))).toBe(1);
  expect(countAgreed([5, 6, 7], predicting(9, 6, 7, 8))).toBe(0);
});

test('goes on behind the chosen token, or in the place of the refused one', () => {
  expect(resumeDraft([5, 6, 7, 8], 7)).toEqual([8]);
  expect(resumeDraft([5, 6, 7, 8], 9)).toEqual([6, 7, 8]);
  expect(resumeDraft([5], 9)).toEqual([]);
  expect(resumeDraft([], 9)).toEqual([]);
});
