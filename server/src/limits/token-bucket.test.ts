import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('[INV4] so many at once, then as many as time brings', () => {
  const bucket = new TokenBucket(3, 2, 0);
  expect([1, 2, 3, 4].map(() => bucket.take(1, 0))).toEqual([true, true, true, false]);
  expect(bucket.waitMs(1, 0)).toBe(500);
  expect(bucket.take(1, 499)).toBe(false);
  expect(bucket.take(1, 500)).toBe(true);
  expect(bucket.take(1, 500)).toBe(false);
});

test('never holds more than its capacity, and tells when it is full', () => {
  const bucket = new TokenBucket(3, 2, 0);
  expect(bucket.isFull(0)).toBe(true);
  bucket.take(3, 0);
  expect(bucket.isFull(1_499)).toBe(false);
  expect(bucket.isFull(1_500)).toBe(true);
  expect(bucket.take(3, 1_000_000)).toBe(true);
  expect(bucket.take(1, 1_000_000)).toBe(false);
});

test('takes all or nothing', () => {
  const bucket = new TokenBucket(3, 2, 0);
  expect(bucket.take(4, 0)).toBe(false);
  expect(bucket.take(3, 0)).toBe(true);
});
