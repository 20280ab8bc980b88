import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_SAMPLES } from './frame-clock.ts';
import { scoreSilence } from './score-silence.ts';

const FRAMES = 40;

/** Noise of a level that changes by frame; the same for the same levels. */
function noise(levels: readonly number[]): Float32Array {
  let state = 1;
  return Float32Array.from({ length: (levels.length + 2) * FRAME_SAMPLES }, (_, index) => {
    state = (state * 48_271) % 0x7fffffff;
    const level = levels[Math.min(levels.length - 1, Math.floor(index / FRAME_SAMPLES))] ?? 0;
    return level * (state / 0x3fffffff - 1);
  });
}

test('what is quiet beside the rest is a pause, whatever the gain', () => {
  for (const gain of [1, 0.1, 0.001]) {
    const levels = Array.from(
      { length: FRAMES },
      (_, frame) => gain * (frame >= 10 && frame < 20 ? 0.005 : 0.5),
    );
    const scores = scoreSilence(noise(levels), FRAMES);
    expect([...scores.subarray(12, 18)].every((score) => score > 0)).toBe(true);
    expect([...scores.subarray(0, 8)].every((score) => score < 0)).toBe(true);
    expect([...scores.subarray(22)].every((score) => score < 0)).toBe(true);
  }
});

test('audio of one loudness is not torn apart', () => {
  const scores = scoreSilence(noise(new Array<number>(FRAMES).fill(0.2)), FRAMES);
  expect(Math.max(...scores) - Math.min(...scores)).toBeLessThan(4);
});

test('samples that are no numbers, and frames beyond the samples, have a score', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.double(), fc.constant(1e30), fc.constant(Number.NaN)), {
        maxLength: 2000,
      }),
      fc.nat(9),
      (samples, frames) => {
        const scores = scoreSilence(Float32Array.from(samples), frames);
        expect(scores).toHaveLength(frames);
        expect(scores.every(Number.isFinite)).toBe(true);
      },
    ),
  );
});
