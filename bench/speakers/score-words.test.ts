import { expect, test } from 'vitest';
import { errorsByClip } from './score-words.ts';

const errors = (substitutions: number, insertions: number, deletions: number, words: number) => ({
  substitutions,
  insertions,
  deletions,
  words,
});

test('errors of a session are told apart by clip', () => {
  expect(
    errorsByClip(['one two three', 'four six seven'], 'one too three four six seven eight'),
  ).toEqual([errors(1, 0, 0, 3), errors(0, 1, 0, 3)]);
});

test('a clip of which nothing came is missed as a whole', () => {
  expect(errorsByClip(['one two', 'three four', 'five'], 'one two five')).toEqual([
    errors(0, 0, 0, 2),
    errors(0, 0, 2, 2),
    errors(0, 0, 0, 1),
  ]);
});

test('words before the first clip count for it', () => {
  expect(errorsByClip(['one'], 'well one')).toEqual([errors(0, 1, 0, 1)]);
  expect(errorsByClip([], 'one')).toEqual([]);
});
