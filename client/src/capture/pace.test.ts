import { describe, expect, it } from 'vitest';
import { MAX_CATCH_UP_FRAMES, Pace } from './pace.ts';

describe('Pace', () => {
  it('hands over a frame for every 20 ms, however uneven the ticks', () => {
    const pace = new Pace(1000);
    expect(pace.due(1000)).toBe(0);
    expect(pace.due(1019)).toBe(0);
    expect(pace.due(1061)).toBe(3);
    expect(pace.due(1079)).toBe(0);
    expect(pace.due(1200)).toBe(7);
  });

  it('catches up at most a second and forgets the rest', () => {
    const pace = new Pace(0);
    expect(pace.due(60_000)).toBe(MAX_CATCH_UP_FRAMES);
    expect(pace.due(60_020)).toBe(1);
  });

  it('forgets what was due when it is restarted', () => {
    const pace = new Pace(0);
    pace.due(100);
    pace.restart(10_000);
    expect(pace.due(10_040)).toBe(2);
  });

  it('gives nothing while the clock stands still or steps back', () => {
    const pace = new Pace(100);
    expect(pace.due(200)).toBe(5);
    expect(pace.due(200)).toBe(0);
    expect(pace.due(50)).toBe(0);
  });
});
