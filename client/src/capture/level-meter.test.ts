import { describe, expect, it } from 'vitest';
import { FRAME_SAMPLES, silentFrame } from './audio-frame.ts';
import { LevelMeter, levelDb, meterShare } from './level-meter.ts';

function loud(amplitude: number): Float32Array {
  return new Float32Array(FRAME_SAMPLES).fill(amplitude);
}

describe('levelDb', () => {
  it('is 0 dB at full scale and falls 20 dB for a tenth', () => {
    expect(levelDb(loud(1))).toBeCloseTo(0);
    expect(levelDb(loud(0.1))).toBeCloseTo(-20);
  });

  it('is minus infinity for silence and for no samples', () => {
    expect(levelDb(silentFrame())).toBe(Number.NEGATIVE_INFINITY);
    expect(levelDb(new Float32Array())).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('meterShare', () => {
  it('stays within 0 and 1 and is linear in decibels', () => {
    expect(meterShare(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(meterShare(-60)).toBe(0);
    expect(meterShare(-30)).toBeCloseTo(0.5);
    expect(meterShare(6)).toBe(1);
    expect(meterShare(Number.NaN)).toBe(0);
  });
});

describe('LevelMeter', () => {
  it('rises at once and falls slowly', () => {
    const meter = new LevelMeter();
    const up = meter.push(loud(1)).share;
    const down = meter.push(silentFrame()).share;
    expect(up).toBe(1);
    expect(down).toBeGreaterThan(0.95);
    expect(down).toBeLessThan(1);
  });

  it('is empty again about two and a half seconds after the last sound', () => {
    const meter = new LevelMeter();
    meter.push(loud(1));
    for (let frame = 0; frame < 124; frame += 1) meter.push(silentFrame());
    expect(meter.push(silentFrame()).share).toBeCloseTo(0);
  });

  it('says that nothing is heard after six seconds, and takes it back with a word', () => {
    const meter = new LevelMeter();
    for (let frame = 0; frame < 299; frame += 1) {
      expect(meter.push(loud(0.001)).unheard).toBe(false);
    }
    expect(meter.push(loud(0.001)).unheard).toBe(true);
    expect(meter.push(loud(0.05)).unheard).toBe(false);
  });
});
