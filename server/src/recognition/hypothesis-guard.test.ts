import { expect, test } from 'vitest';
import { guardHypothesis } from './hypothesis-guard.ts';

const guard = (text: string, seconds: number, mean: number | null = -0.1) => {
  const verdict = guardHypothesis({ text, meanLogProbability: mean }, seconds * 1000);
  return verdict.kind === 'accepted' ? 'accepted' : verdict.reason;
};
const repeat = (phrase: string, rounds: number) => new Array(rounds).fill(phrase).join(' ');

test('speech is shown as it was heard', () => {
  expect(guardHypothesis({ text: 'Hello, world!', meanLogProbability: -0.2 }, 1000)).toEqual({
    kind: 'accepted',
    text: 'Hello, world!',
  });
});

test('what has no word is empty', () => {
  for (const text of ['', ' ', '...', '—', '♪ ♪', "'"]) expect(guard(text, 2)).toBe('empty');
});

test('what models make of noise is empty, however sure they are', () => {
  for (const text of ['You', 'you.', 'Thank you for watching!', '© transcript Emily Beynon']) {
    expect(guard(text, 3, -0.01)).toBe('empty');
  }
  expect(guard('♪ I am not alone ♪', 3, -0.01)).toBe('empty');
  expect(guard('You are right.', 3)).toBe('accepted');
  expect(guard('Thank you.', 1)).toBe('accepted');
});

test('loops are refused', () => {
  expect(guard(`And ${repeat('pink', 6)}`, 5)).toBe('repetition');
  expect(guard(repeat('the first is', 4), 6)).toBe('repetition');
  expect(guard(repeat('use the same button now', 3), 6)).toBe('repetition');
  expect(guard(repeat("I'm going to go to the bathroom.", 2), 5, -0.54)).toBe('repetition');
  expect(guard(repeat("I'm going to go to the bathroom.", 2), 5, null)).toBe('repetition');
});

test('what people do repeat is shown', () => {
  expect(guard(repeat('no,', 5), 3)).toBe('accepted');
  expect(guard(repeat('it is,', 3), 3)).toBe('accepted');
  expect(guard('If I feel that way, I feel that way.', 3, -0.5)).toBe('accepted');
  const announcement = 'Ladies and gentlemen, please take your seats.';
  expect(guard(repeat(announcement, 2), 6, -0.1)).toBe('accepted');
  expect(guard(repeat(announcement, 3), 9, -0.1)).toBe('repetition');
});

test('a long loop of a long phrase is found', () => {
  const phrase = Array.from({ length: 30 }, (_, at) => `w${at}`).join(' ');
  expect(guard(repeat(phrase, 3), 29)).toBe('repetition');
});

test('more words or letters than fit into the audio are refused', () => {
  const words = (count: number) => Array.from({ length: count }, (_, at) => `w${at}`).join(' ');
  expect(guard(words(27), 5)).toBe('accepted');
  expect(guard(words(28), 5)).toBe('too_long');
  expect(guard(words(4), 0.3)).toBe('too_long');
  expect(guard('x'.repeat(47), 1)).toBe('too_long');
});

test('what the model itself does not believe is not understood', () => {
  expect(guard('The album formicled and frozen.', 3, -0.66)).toBe('not_understood');
  expect(guard('The album formicled and frozen.', 3, -0.64)).toBe('accepted');
  expect(guard('But so.', 1, -0.56)).toBe('not_understood');
  expect(guard('But so.', 1, -0.54)).toBe('accepted');
});

test('an engine without probabilities is judged by its text', () => {
  expect(guard('The album formicled and frozen.', 3, null)).toBe('accepted');
});

test('accents and other scripts are words', () => {
  expect(guard('Über ñandúes', 2)).toBe('accepted');
  expect(guard('Привет, мир', 2)).toBe('accepted');
});
