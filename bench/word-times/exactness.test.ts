import { expect, test } from 'vitest';
import { deviations, exactnessOf, summarize } from './exactness.ts';

const word = (text: string, startMs: number, endMs: number) => ({ text, startMs, endMs });

test('compares the words that were heard right, whatever their case and punctuation', () => {
  const heard = [word('The', 10, 90), word('mouse,', 100, 300), word('well-known', 310, 400)];
  const said = [word('the', 0, 100), word('house', 100, 290), word('well', 300, 350)];
  expect(deviations(heard, said)).toEqual([{ startMs: 10, endMs: -10 }]);
});

test('tells the median, the worst of nine in ten, shares and the direction', () => {
  expect(exactnessOf([-300, -150, -100, 0, 10, 20, 30, 40, 50, 500])).toEqual({
    medianMs: 40,
    p90Ms: 300,
    within100Ms: 0.7,
    within200Ms: 0.8,
    biasMs: 10,
  });
  expect(exactnessOf([])).toEqual({
    medianMs: null,
    p90Ms: null,
    within100Ms: 0,
    within200Ms: 0,
    biasMs: null,
  });
});

test('starts and ends are told apart', () => {
  const { words, start, end } = summarize([{ startMs: 30, endMs: -250 }]);
  expect([words, start.within100Ms, end.within200Ms, end.biasMs]).toEqual([1, 1, 0, -250]);
});
