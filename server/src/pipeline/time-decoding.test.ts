import { expect, test } from 'vitest';
import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import type { FrameDecoder } from './decode-frames.ts';
import { TIMED_EVERY_FRAMES, timeDecoding } from './time-decoding.ts';

test('one frame in so many is timed, from its packet to its samples', async () => {
  let nowMs = 0;
  const waiting: (() => void)[] = [];
  let ready = 0;
  const decoder: FrameDecoder = {
    write: () => Promise.resolve(),
    end: () => Promise.resolve(),
    close: () => Promise.resolve(),
    async *samples() {
      for (let frame = 0; frame < 3 * TIMED_EVERY_FRAMES; frame += 1) {
        while (ready <= frame) {
          await new Promise<void>((resolve) => waiting.push(resolve));
        }
        yield new Float32Array(SAMPLES_PER_FRAME);
      }
    },
  };
  const took: number[] = [];
  const timed = timeDecoding(
    decoder,
    (seconds) => took.push(seconds),
    () => nowMs,
  );
  const samples = timed.samples()[Symbol.asyncIterator]();
  for (let frame = 0; frame < 3 * TIMED_EVERY_FRAMES; frame += 1) {
    await timed.write(new Uint8Array(1));
    nowMs += 5;
    ready += 1;
    for (const resolve of waiting.splice(0)) resolve();
    await samples.next();
    nowMs += 15;
  }
  expect(took).toEqual([0.005, 0.005, 0.005]);
});
