import { expect, test } from 'vitest';
import { addWords, compareWords, NO_WORDS } from './compare-words.ts';

const cut = (startSeq: number, endSeq: number, text: string) => ({ startSeq, endSeq, text });

const CALM = [cut(0, 50, 'One two three.'), cut(60, 90, 'Four five.')];
const SAID = ['one two three', 'four five six'];

test('the same cuts with the same words differ in nothing', () => {
  const compared = compareWords(CALM, CALM, SAID);
  expect(compared).toMatchObject({ words: 5, recutWords: 0, changedWords: 0 });
  expect(compared.errors).toEqual({ substitutions: 0, insertions: 0, deletions: 1, words: 6 });
  expect(compared.undisturbedErrors).toEqual(compared.errors);
});

test('words of segments that were cut elsewhere are counted apart', () => {
  const finals = [cut(0, 55, 'One two three.'), cut(60, 90, 'For five.')];
  expect(compareWords(finals, CALM, SAID)).toMatchObject({
    words: 5,
    recutWords: 3,
    changedWords: 1,
  });
});

test('sessions add up', () => {
  const one = compareWords(CALM, CALM, SAID);
  expect(addWords(addWords(NO_WORDS, one), one)).toMatchObject({
    words: 10,
    errors: { deletions: 2, words: 12 },
  });
});
