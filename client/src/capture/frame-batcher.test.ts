import { describe, expect, it } from 'vitest';
import { LIVE_BATCH_FRAMES } from '../live/audio-pump.ts';
import { CHUNK_FRAMES, FRAME_SAMPLES } from './audio-frame.ts';
import { FrameBatcher } from './frame-batcher.ts';

const CHUNK_SAMPLES = CHUNK_FRAMES * FRAME_SAMPLES;

/** Takes blocks of samples 1, 2, 3, … and collects the chunks. */
function batching() {
  const chunks: Float32Array[] = [];
  const batcher = new FrameBatcher((chunk) => chunks.push(chunk));
  let next = 1;
  const push = (...blockSizes: readonly number[]) => {
    for (const size of blockSizes) {
      batcher.push(Float32Array.from({ length: size }, () => next++));
    }
  };
  return { batcher, chunks, push };
}

const upTo = (end: number) => Array.from({ length: end }, (_, index) => index + 1);

describe('FrameBatcher', () => {
  it('makes whole chunks of blocks that do not divide a frame', () => {
    const { chunks, push } = batching();
    push(...Array.from({ length: 75 }, () => 128));
    expect(chunks.map((chunk) => chunk.length)).toEqual([CHUNK_SAMPLES, CHUNK_SAMPLES]);
    expect(chunks.flatMap((chunk) => [...chunk])).toEqual(upTo(2 * CHUNK_SAMPLES));
  });

  it('keeps what is no whole chunk yet', () => {
    const { chunks, push } = batching();
    push(CHUNK_SAMPLES - 1);
    expect(chunks).toEqual([]);
    push(1);
    expect(chunks).toHaveLength(1);
  });

  it('takes a block that is longer than several chunks', () => {
    const { chunks, push } = batching();
    push(3 * CHUNK_SAMPLES + 5);
    expect(chunks.map(([first]) => first)).toEqual([1, CHUNK_SAMPLES + 1, 2 * CHUNK_SAMPLES + 1]);
  });

  it('hands over chunks that it does not write to again', () => {
    const { chunks, push } = batching();
    push(CHUNK_SAMPLES, CHUNK_SAMPLES);
    expect(chunks[0]?.[0]).toBe(1);
  });

  it('[INV1] gives away all it has at the end, in whole frames', () => {
    const { batcher, chunks, push } = batching();
    batcher.flush();
    expect(chunks).toEqual([]);
    push(CHUNK_SAMPLES, FRAME_SAMPLES + 10);
    batcher.flush();
    batcher.flush();
    expect(chunks.map((chunk) => chunk.length)).toEqual([CHUNK_SAMPLES, 2 * FRAME_SAMPLES]);
    expect([...(chunks[1] ?? [])].filter((sample) => sample !== 0)).toEqual(
      upTo(FRAME_SAMPLES + 10).map((sample) => sample + CHUNK_SAMPLES),
    );
  });

  it('leaves nothing of an earlier flush in the next chunk', () => {
    const { batcher, chunks, push } = batching();
    push(100);
    batcher.flush();
    push(1);
    batcher.flush();
    expect([...(chunks[1] ?? [])].filter((sample) => sample !== 0)).toEqual([101]);
  });

  it('hands over as much as one message carries, so that nothing waits for another chunk', () => {
    expect(CHUNK_FRAMES).toBe(LIVE_BATCH_FRAMES);
  });
});
