import { expect, test } from 'vitest';
import { findRepetitions } from './word-repetition.ts';

const find = (text: string) => findRepetitions(text.split(' '));

test('finds phrases that follow upon themselves', () => {
  expect(find('a b c d e')).toEqual([]);
  expect(find('x no no no y')).toEqual([{ period: 1, length: 3 }]);
  expect(find('it is it is it')).toEqual([{ period: 2, length: 5 }]);
  expect(find('go to the bathroom go to the bathroom go to')).toEqual([{ period: 4, length: 10 }]);
});

test('words that come again elsewhere are none', () => {
  expect(find('the cat and the dog and the bird')).toEqual([]);
});

test('a loop is found at every multiple of its length', () => {
  expect(find('a a a a')).toEqual([
    { period: 1, length: 4 },
    { period: 2, length: 4 },
  ]);
  expect(findRepetitions([])).toEqual([]);
});
