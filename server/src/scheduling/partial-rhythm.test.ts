import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_INTERVAL_MS, PartialRhythm } from './partial-rhythm.ts';

const SHARED = { finals: 2, partials: null };

/** A node whose finals and partials take so much of two slots, after some time of it. */
function rhythmUnder({ finalShare = 0, partialMs = 0 } = {}): PartialRhythm {
  const rhythm = new PartialRhythm(SHARED, 700, 0);
  if (partialMs > 0) rhythm.observe('later', partialMs);
  for (let now = 500; now <= 60_000; now += 500) {
    rhythm.observe('final', finalShare * 2 * 500);
    rhythm.tick(now, SHARED);
  }
  return rhythm;
}

test('an idle node reads as often as wished', () => {
  expect(rhythmUnder({ partialMs: 60 }).intervalMs(1)).toBe(700);
  expect(new PartialRhythm(SHARED, 700, 0).intervalMs(50)).toBe(700);
});

test('finals take their share first, and partials stretch to what is left', () => {
  const calm = rhythmUnder({ partialMs: 60, finalShare: 0.1 });
  const busy = rhythmUnder({ partialMs: 60, finalShare: 0.5 });
  expect(calm.finalShare).toBeCloseTo(0.1);
  // 25 segments × 60 ms in 65 and in 25 per cent of two slots.
  expect(calm.intervalMs(25)).toBeCloseTo(1_154, -1);
  expect(busy.intervalMs(25)).toBeCloseTo(3_000, -1);
});

test('first words count like finals: what comes later fits in beside them', () => {
  const rhythm = new PartialRhythm(SHARED, 700, 0);
  rhythm.observe('later', 60);
  for (let now = 500; now <= 60_000; now += 500) {
    rhythm.observe('final', 500);
    rhythm.observe('first', 500);
    rhythm.tick(now, SHARED);
  }
  expect(rhythm.crowded).toBe(true);
  expect(rhythm.finalShare).toBeCloseTo(0.5);
  expect(rhythm.intervalMs(25)).toBe(MAX_INTERVAL_MS);
});

test('finals that are read elsewhere leave partials all of their places', () => {
  const apart = { finals: 8, partials: 2 };
  const rhythm = new PartialRhythm(apart, 700, 0);
  rhythm.observe('later', 60);
  for (let now = 500; now <= 60_000; now += 500) {
    rhythm.observe('final', 8 * 500);
    rhythm.observe('first', 2 * 50);
    rhythm.tick(now, apart);
  }
  expect(rhythm.finalShare).toBeCloseTo(1);
  expect(rhythm.crowded).toBe(false);
  // 25 segments × 60 ms in 65 per cent of two places, not of ten.
  expect(rhythm.intervalMs(25)).toBeCloseTo(1_154, -1);
  // The service is away: one place for all.
  rhythm.tick(60_500, { finals: 1, partials: null });
  expect(rhythm.intervalMs(25)).toBeGreaterThan(2_000);
});

test('[INV4] the interval has an end, even when finals take everything', () => {
  expect(rhythmUnder({ partialMs: 100, finalShare: 1 }).intervalMs(200)).toBe(MAX_INTERVAL_MS);
});

test('more open segments or dearer partials never make it faster', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (open, partialMs, finalShare) => {
        const rhythm = rhythmUnder({ partialMs, finalShare });
        expect(rhythm.intervalMs(open + 1)).toBeGreaterThanOrEqual(rhythm.intervalMs(open));
        expect(rhythm.intervalMs(open)).toBeGreaterThanOrEqual(700);
      },
    ),
    { numRuns: 50 },
  );
});

test('after the load the rhythm recovers within seconds', () => {
  const rhythm = rhythmUnder({ partialMs: 60, finalShare: 0.7 });
  const loaded = rhythm.intervalMs(10);
  for (let now = 60_500; now <= 75_000; now += 500) rhythm.tick(now, SHARED);
  expect(loaded).toBeGreaterThan(1_100);
  expect(rhythm.intervalMs(10)).toBe(700);
});
