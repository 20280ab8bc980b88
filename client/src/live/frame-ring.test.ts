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

test('[INV1] a durable ack forgets all but the frames that a decoder settles on', () => {
  const ring = filled(40, 30);
  ring.acknowledge(20);
  expect(ring.startSeq).toBe(20 - WARM_UP_FRAMES);
  expect(ring.read(15, 1)).toEqual([frame(15)]);
  expect(ring.read(14, 1)).toEqual([]);
  expect(ring.missing(15)).toBeNull();
});

test('an ack beyond the end or behind the start changes nothing wrong', () => {
  const ring = filled(40, 30);
  ring.acknowledge(1000);
  expect([ring.startSeq, ring.endSeq]).toEqual([25, 30]);
  ring.acknowledge(3);
  expect(ring.startSeq).toBe(25);
});

test('[INV1] when it is full the oldest frames go, and the gap is named with its range', () => {
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
