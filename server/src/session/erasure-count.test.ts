import { expect, test } from 'vitest';
import { ErasureCount } from './erasure-count.ts';

test('a text that only goes on erases nothing', () => {
  const erasure = new ErasureCount();
  expect(erasure.show(0, 'it was')).toBe(0);
  expect(erasure.show(0, 'it was the best')).toBe(0);
});

test('from the first other word on, all that was shown is gone', () => {
  const erasure = new ErasureCount();
  erasure.show(0, 'it was the best');
  expect(erasure.show(0, 'it is the best of times')).toBe(3);
  expect(erasure.show(0, '')).toBe(6);
});

test('another segment begins with nothing', () => {
  const erasure = new ErasureCount();
  erasure.show(0, 'one two three');
  expect(erasure.show(1, 'other words')).toBe(0);
});
