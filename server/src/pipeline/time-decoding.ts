import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import type { FrameDecoder } from './decode-frames.ts';

/** One frame out of so many is timed: about one a second. */
export const TIMED_EVERY_FRAMES = 50;

/**
 * The same decoder, of which one frame now and then is timed from when it is written to when its
 * samples are there; `took` hears the seconds.
 */
export function timeDecoding(
  decoder: FrameDecoder,
  took: (seconds: number) => void,
  now: () => number = () => performance.now(),
): FrameDecoder {
  let written = 0;
  let samplesOut = 0;
  let timed: { readonly frame: number; readonly atMs: number } | null = null;
  return {
    write: (packet) => {
      if (written % TIMED_EVERY_FRAMES === 0 && timed === null) {
        timed = { frame: written, atMs: now() };
      }
      written += 1;
      return decoder.write(packet);
    },
    end: () => decoder.end(),
    close: () => decoder.close(),
    async *samples() {
      for await (const samples of decoder.samples()) {
        samplesOut += samples.length;
        if (timed !== null && samplesOut > timed.frame * SAMPLES_PER_FRAME) {
          took((now() - timed.atMs) / 1000);
          timed = null;
        }
        yield samples;
      }
    },
  };
}
