import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RING_FRAMES, WARM_UP_FRAMES } from '../../../shared/limits.ts';
import { FrameRing } from './frame-ring.ts';

const frame = (seq: number) => new Uint8Array([seq & 0xff, seq >> 8]);

function filled(capacity: number, frames: number): FrameRing {
  const ring = new FrameRing(capacity);
  for (let seq = 0; seq < frames; seq += 1) expect(ring.push(frame(seq))).toBe(seq);
  return ring;
}

test('frames come back by their seq', () => {
  const ring = filled(8, 5);
  expect(ring.read(1, 3)).toEqual([frame(1), frame(2), frame(3)]);
  expect(ring.read(3, 50)).toEqual([frame(3), frame(4)]);
  expect(ring.read(5, 1)).toEqual([]);
});

test('[R8] [INV1] a durable ack forgets all but the frames that a decoder settles on', () => {
  const ring = filled(200, 150);
  ring.acknowledge(120);
  const kept = 120 - WARM_UP_FRAMES;
  expect(ring.startSeq).toBe(kept);
  expect(ring.read(kept, 1)).toEqual([frame(kept)]);
  expect(ring.read(kept - 1, 1)).toEqual([]);
  expect(ring.missing(kept)).toBeNull();
});

test('an ack beyond the end or behind the start changes nothing wrong', () => {
  const ring = filled(200, 150);
  ring.acknowledge(1000);
  const kept = 150 - WARM_UP_FRAMES;
  expect([ring.startSeq, ring.endSeq]).toEqual([kept, 150]);
  ring.acknowledge(3);
  expect(ring.startSeq).toBe(kept);
});

test('[R7] [INV1] when it is full the oldest frames go, and the gap is named with its range', () => {
  const ring = filled(8, 8);
  expect(ring.full).toBe(true);
  expect(ring.missing(0)).toBeNull();
  for (let seq = 8; seq < 13; seq += 1) ring.push(frame(seq));
  expect(ring.missing(0)).toEqual({ fromSeq: 0, toSeq: 5 });
  expect(ring.missing(3)).toEqual({ fromSeq: 3, toSeq: 5 });
  expect(ring.missing(5)).toBeNull();
  expect(ring.read(4, 1)).toEqual([]);
  expect(ring.read(5, 8)).toEqual([5, 6, 7, 8, 9, 10, 11, 12].map(frame));
});

test('[INV4] it holds two minutes and not a frame more', () => {
  const ring = filled(RING_FRAMES, RING_FRAMES + 1);
  expect(ring.endSeq - ring.startSeq).toBe(RING_FRAMES);
  expect(new FrameRing().full).toBe(false);
});

test('[R7] [INV1] what was never captured takes no place, and is named with its range', () => {
  const ring = filled(8, 4);
  ring.skip(30_000);
  expect(ring.endSeq).toBe(30_004);
  for (let seq = 30_004; seq < 30_008; seq += 1) expect(ring.push(frame(seq))).toBe(seq);
  expect(ring.full).toBe(true);
  expect(ring.read(0, 50)).toEqual([0, 1, 2, 3].map(frame));
  expect(ring.missing(3)).toBeNull();
  expect(ring.missing(4)).toEqual({ fromSeq: 4, toSeq: 30_004 });
  expect(ring.missing(100)).toEqual({ fromSeq: 100, toSeq: 30_004 });
  expect(ring.read(100, 5)).toEqual([]);
  expect(ring.read(30_004, 50)).toEqual([30_004, 30_005, 30_006, 30_007].map(frame));
  ring.acknowledge(30_006);
  expect(ring.read(3, 1)).toEqual([]);
  expect(ring.missing(30_001)).toEqual({ fromSeq: 30_001, toSeq: 30_004 });
  expect(ring.read(30_005, 1)).toEqual([frame(30_005)]);
});

test('[INV1] overflow goes past a skip; both are one gap', () => {
  const ring = filled(4, 2);
  ring.skip(0);
  ring.skip(3);
  ring.skip(2);
  for (let seq = 7; seq < 12; seq += 1) ring.push(frame(seq));
  expect(ring.missing(0)).toEqual({ fromSeq: 0, toSeq: 8 });
  expect(ring.read(8, 50)).toEqual([8, 9, 10, 11].map(frame));
});

test('a session that goes on begins at a later frame', () => {
  const ring = new FrameRing(4, 500);
  expect([ring.startSeq, ring.endSeq]).toEqual([500, 500]);
  expect(ring.push(frame(500))).toBe(500);
  expect(ring.missing(498)).toEqual({ fromSeq: 498, toSeq: 500 });
  expect(ring.read(500, 1)).toEqual([frame(500)]);
});

test('[INV1] [INV4] whatever is pushed, skipped and acknowledged: a frame, or a gap that names it', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), count: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant('skip' as const), count: fc.nat(40) }),
    fc.record({ kind: fc.constant('acknowledge' as const), count: fc.nat(60 + WARM_UP_FRAMES) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const ring = new FrameRing(16);
      const pushed = new Set<number>();
      for (const { kind, count } of steps) {
        if (kind === 'skip') ring.skip(count);
        else if (kind === 'acknowledge') ring.acknowledge(count);
        else for (let at = 0; at < count; at += 1) pushed.add(ring.push(frame(ring.endSeq)));
      }
      const kept = [...pushed].filter((seq) => seq >= ring.startSeq);
      expect(kept.length).toBeLessThanOrEqual(16);
      let seq = ring.startSeq;
      const read: number[] = [];
      while (seq < ring.endSeq) {
        const gap = ring.missing(seq);
        const frames = ring.read(seq, 5);
        expect(frames).toEqual(frames.map((_, at) => frame(seq + at)));
        // Never both, never neither.
        expect(gap === null).toBe(frames.length > 0);
        read.push(...frames.map((_, at) => seq + at));
        seq = gap?.toSeq ?? seq + frames.length;
      }
      expect(read).toEqual(kept);
    }),
  );
});
