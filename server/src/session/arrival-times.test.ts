import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrivalTimes, MAX_ARRIVALS } from './arrival-times.ts';

test('a frame was here with the message that brought it', () => {
  let nowMs = 100;
  const arrivals = new ArrivalTimes(() => nowMs);
  arrivals.note(10);
  nowMs = 200;
  arrivals.note(15);
  nowMs = 300;
  arrivals.note(15);
  expect(arrivals.arrivedAt(10)).toBe(100);
  expect(arrivals.arrivedAt(11)).toBe(200);
  expect(arrivals.arrivedAt(15)).toBe(200);
});

test('what never came, or is long forgotten, has no time', () => {
  const arrivals = new ArrivalTimes(() => 7);
  expect(arrivals.arrivedAt(0)).toBeNull();
  arrivals.note(10);
  expect(arrivals.arrivedAt(11)).toBeNull();
  expect(arrivals.arrivedAt(9)).toBeNull();
});

test('[INV4] of endless frames the newest are remembered', () => {
  let nowMs = 0;
  const arrivals = new ArrivalTimes(() => nowMs);
  const last = 10 * MAX_ARRIVALS;
  for (let seq = 1; seq <= last; seq += 1) {
    nowMs = seq;
    arrivals.note(seq);
  }
  expect(arrivals.arrivedAt(last)).toBe(last);
  expect(arrivals.arrivedAt(last - MAX_ARRIVALS / 2 + 1)).toBe(last - MAX_ARRIVALS / 2 + 1);
  expect(arrivals.arrivedAt(last - MAX_ARRIVALS)).toBeNull();
});

test('it finds what looking through all of them finds', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 510 }),
      (numbers, seq) => {
        const seqs = numbers.toSorted((one, other) => one - other);
        let nowMs = 0;
        const arrivals = new ArrivalTimes(() => nowMs);
        for (const next of seqs) {
          nowMs = next * 20;
          arrivals.note(next);
        }
        const bringer = seqs.find((next) => next >= seq);
        const known = seq >= (seqs[0] ?? 0) && bringer !== undefined;
        expect(arrivals.arrivedAt(seq)).toBe(known ? bringer * 20 : null);
      },
    ),
  );
});
