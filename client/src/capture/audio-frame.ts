import { FRAME_MS } from '../../../shared/limits.ts';

/** Everything the page captures is mono at this rate, the rate that Opus works at. */
export const CAPTURE_RATE = 48_000;
/** Samples in one frame of 20 ms. */
export const FRAME_SAMPLES = (CAPTURE_RATE * FRAME_MS) / 1000;
/**
 * Frames that go from stage to stage together: 100 ms, as many as one message to the server carries.
 * A page that wakes up for each frame alone costs twice as much and sends nothing sooner.
 */
export const CHUNK_FRAMES = 5;
export const CHUNK_MS = CHUNK_FRAMES * FRAME_MS;

/** Sound of some whole frames: a multiple of {@link FRAME_SAMPLES}, mono, −1…1. */
export type Chunk = Float32Array<ArrayBuffer>;

/** Frames without sound. */
export function silence(frames: number): Chunk {
  return new Float32Array(frames * FRAME_SAMPLES);
}

/** Each frame of a chunk, as views of its memory. */
export function framesOf(chunk: Chunk): Chunk[] {
  return Array.from({ length: chunk.length / FRAME_SAMPLES }, (_, frame) =>
    chunk.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES),
  );
}
