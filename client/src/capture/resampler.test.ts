import { describe, expect, it } from 'vitest';
import { Resampler } from './resampler.ts';

function sine(hz: number, rate: number, samples: number): Float32Array {
  return Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rate));
}

/** Signal-to-error ratio in dB of `got` against the same sine at the new rate, phase fitted. */
function fidelityDb(got: Float32Array, hz: number, rate: number): number {
  const settled = got.subarray(500, got.length - 500);
  let sin = 0;
  let cos = 0;
  for (const [n, value] of settled.entries()) {
    sin += (2 / settled.length) * value * Math.sin((2 * Math.PI * hz * n) / rate);
    cos += (2 / settled.length) * value * Math.cos((2 * Math.PI * hz * n) / rate);
  }
  let error = 0;
  for (const [n, value] of settled.entries()) {
    const at = (2 * Math.PI * hz * n) / rate;
    error += (value - sin * Math.sin(at) - cos * Math.cos(at)) ** 2;
  }
  expect(Math.hypot(sin, cos)).toBeCloseTo(1, 1);
  return 10 * Math.log10(settled.length / 2 / error);
}

describe('Resampler', () => {
  it.each([
    [44_100, 440],
    [44_100, 6000],
    [16_000, 1000],
    [96_000, 3000],
  ])('keeps a tone clean from %i Hz to 48 kHz (%i Hz)', (fromRate, hz) => {
    const resampler = new Resampler(fromRate, 48_000);
    expect(fidelityDb(resampler.push(sine(hz, fromRate, fromRate)), hz, 48_000)).toBeGreaterThan(
      45,
    );
  });

  it('gives the same samples whatever the size of the blocks', () => {
    const input = sine(700, 44_100, 44_100);
    const whole = new Resampler(44_100, 48_000).push(input);
    const resampler = new Resampler(44_100, 48_000);
    const pieces: number[] = [];
    for (let at = 0; at < input.length; at += 128) {
      pieces.push(...resampler.push(input.subarray(at, at + 128)));
    }
    expect(pieces).toEqual([...whole]);
  });

  it('keeps the length of time', () => {
    const output = new Resampler(44_100, 48_000).push(new Float32Array(441_000));
    expect(Math.abs(output.length - 480_000)).toBeLessThan(40);
  });
});
