import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BACKOFF_FIRST_MS,
  BACKOFF_MAX_MS,
  BACKOFF_MIN_MS,
  Backoff,
  MAX_RETRY_AFTER_MS,
} from './backoff.ts';

test('pauses double up to the limit', () => {
  const backoff = new Backoff(() => 1);
  const pauses = Array.from({ length: 7 }, () => backoff.next());
  expect(pauses).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  expect(backoff.attempt).toBe(7);
});

test('after a reset they begin anew', () => {
  const backoff = new Backoff(() => 1);
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.attempt).toBe(0);
  expect(backoff.next()).toBe(200);
});

test('[INV4] every pause lies between the minimum and the limit, whatever the draw', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 40 }),
      (draws) => {
        let at = 0;
        const backoff = new Backoff(() => draws[at++] ?? 0);
        for (let tried = 0; tried < draws.length; tried += 1) {
          const pause = backoff.next();
          expect(pause).toBeGreaterThanOrEqual(tried === 0 ? BACKOFF_FIRST_MS : BACKOFF_MIN_MS);
          expect(pause).toBeLessThanOrEqual(BACKOFF_MAX_MS);
        }
      },
    ),
  );
});

test('the draw spreads a crowd over the whole range', () => {
  expect(new Backoff(() => 0).next()).toBe(BACKOFF_FIRST_MS);
  expect(new Backoff(() => 0.5).next()).toBe(110);
  const later = new Backoff(() => 0.5);
  later.next();
  expect(later.next()).toBe(300);
});

test('a server may ask for more, but not for an hour', () => {
  expect(new Backoff(() => 0).next(8000)).toBe(8000);
  expect(new Backoff(() => 1).next(8000)).toBe(9600);
  expect(new Backoff(() => 0).next(3_600_000)).toBe(MAX_RETRY_AFTER_MS);
});
