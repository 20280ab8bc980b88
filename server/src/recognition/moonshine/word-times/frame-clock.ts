import { SAMPLE_RATE } from '../../../../../shared/limits.ts';

/** Samples between two frames of the encoder: its convolutions stride by 64, 3 and 2. */
export const FRAME_SAMPLES = 384;
/** A frame is made of 895 samples around this one. */
export const FRAME_CENTRE = 447;

/** When a frame begins, as long as each lasts until the next and lies around its centre. */
export function frameStartMs(frame: number): number {
  const sample = frame * FRAME_SAMPLES + FRAME_CENTRE - FRAME_SAMPLES / 2;
  return (sample * 1000) / SAMPLE_RATE;
}
