import { describe, expect, it } from 'vitest';
import { FRAME_SAMPLES } from './audio-frame.ts';
import { FrameBatcher } from './frame-batcher.ts';

/** Pushes 0, 1, 2, … in blocks of the given sizes and collects the frames. */
function batch(blockSizes: readonly number[]): Float32Array[] {
  const frames: Float32Array[] = [];
  const batcher = new FrameBatcher((frame) => frames.push(frame));
  let next = 0;
  for (const size of blockSizes) {
    batcher.push(Float32Array.from({ length: size }, () => next++));
  }
  return frames;
}

describe('FrameBatcher', () => {
  it('makes whole frames of blocks that do not divide a frame', () => {
    const frames = batch(Array.from({ length: 15 }, () => 128));
    expect(frames.map((frame) => frame.length)).toEqual([FRAME_SAMPLES, FRAME_SAMPLES]);
    expect(frames.flatMap((frame) => [...frame])).toEqual(
      Array.from({ length: 2 * FRAME_SAMPLES }, (_, index) => index),
    );
  });

  it('keeps what is no whole frame yet', () => {
    expect(batch([FRAME_SAMPLES - 1])).toEqual([]);
    expect(batch([FRAME_SAMPLES - 1, 1])).toHaveLength(1);
  });

  it('takes a block that is longer than several frames', () => {
    const frames = batch([3 * FRAME_SAMPLES + 5]);
    expect(frames).toHaveLength(3);
    expect(frames[2]?.[0]).toBe(2 * FRAME_SAMPLES);
  });

  it('hands over frames that it does not write to again', () => {
    const [first] = batch([FRAME_SAMPLES, FRAME_SAMPLES]);
    expect(first?.[0]).toBe(0);
  });
});
