import { describe, expect, it } from 'vitest';
import { clock, count, spanInWords } from './durations.ts';

describe('spanInWords', () => {
  it.each([
    [0, '1 second'],
    [30, '30 seconds'],
    [90, '90 seconds'],
    [3600, '60 minutes'],
    [5400, '90 minutes'],
    [86_400, '24 hours'],
    [7 * 86_400, '7 days'],
  ])('says %i seconds as %s', (seconds, words) => {
    expect(spanInWords(seconds)).toBe(words);
  });
});

describe('clock', () => {
  it.each([
    [-5, '0:00'],
    [7999, '0:07'],
    [725_000, '12:05'],
    [3_723_000, '1:02:03'],
  ])('shows %i ms as %s', (milliseconds, shown) => {
    expect(clock(milliseconds)).toBe(shown);
  });
});

describe('count', () => {
  it('knows one from many', () => {
    expect([count(0, 'line'), count(1, 'line'), count(2, 'line')]).toEqual([
      '0 lines',
      '1 line',
      '2 lines',
    ]);
  });
});
