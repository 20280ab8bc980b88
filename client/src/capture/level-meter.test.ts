import { describe, expect, it } from 'vitest';
import { CHUNK_FRAMES, CHUNK_MS, FRAME_SAMPLES, silence } from './audio-frame.ts';
import { LevelMeter, levelDb, meterShare } from './level-meter.ts';

function loud(amplitude: number): Float32Array {
  return new Float32Array(CHUNK_FRAMES * FRAME_SAMPLES).fill(amplitude);
}

const quiet = () => silence(CHUNK_FRAMES);

describe('levelDb', () => {
  it('is 0 dB at full scale and falls 20 dB for a tenth', () => {
    expect(levelDb(loud(1))).toBeCloseTo(0);
    expect(levelDb(loud(0.1))).toBeCloseTo(-20);
  });

  it('is minus infinity for silence and for no samples', () => {
    expect(levelDb(quiet())).toBe(Number.NEGATIVE_INFINITY);
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
    const down = meter.push(quiet()).share;
    expect(up).toBe(1);
    expect(down).toBeGreaterThan(0.9);
    expect(down).toBeLessThan(1);
  });

  it('is empty again about two and a half seconds after the last sound', () => {
    const meter = new LevelMeter();
    meter.push(loud(1));
    for (let chunk = 0; chunk < 24; chunk += 1) meter.push(quiet());
    expect(meter.push(quiet()).share).toBeCloseTo(0);
  });

  it('falls as fast whatever sound comes at a time', () => {
    const [one, many] = [new LevelMeter(), new LevelMeter()];
    for (const meter of [one, many]) meter.push(loud(1));
    for (let frame = 0; frame < 50; frame += 1) one.push(silence(1));
    expect(many.push(silence(50))).toEqual(one.push(silence(0)));
  });

  it('stands still for sound that differs by less than can be seen', () => {
    const meter = new LevelMeter();
    expect(meter.push(loud(0.1)).share).toBe(meter.push(loud(0.101)).share);
  });

  it('says that nothing is heard after six seconds, and takes it back with a word', () => {
    const meter = new LevelMeter();
    for (let lastedMs = CHUNK_MS; lastedMs < 6000; lastedMs += CHUNK_MS) {
      expect(meter.push(loud(0.001)).unheard).toBe(false);
    }
    expect(meter.push(loud(0.001)).unheard).toBe(true);
    expect(meter.push(loud(0.05)).unheard).toBe(false);
  });
});
