import { FRAME_MS } from '../../../shared/limits.ts';

/** Everything the page captures is mono at this rate, the rate that Opus works at. */
export const CAPTURE_RATE = 48_000;
/** Samples in one frame of 20 ms. */
export const FRAME_SAMPLES = (CAPTURE_RATE * FRAME_MS) / 1000;

/** A frame without sound. */
export function silentFrame(): Float32Array<ArrayBuffer> {
  return new Float32Array(FRAME_SAMPLES);
}
