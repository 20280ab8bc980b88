import { describe, expect, it } from 'vitest';
import { PauseGate, TAIL_FRAMES } from './pause-gate.ts';

describe('PauseGate', () => {
  it('is open at first and asks for no silence', () => {
    const gate = new PauseGate();
    expect(gate.open).toBe(true);
    expect(gate.takeSilence(10)).toBe(0);
  });

  it('gives one second of silence after a pause, then nothing', () => {
    const gate = new PauseGate();
    gate.pause();
    expect(gate.open).toBe(false);
    expect(gate.takeSilence(20)).toBe(20);
    expect(gate.inTail).toBe(true);
    expect(gate.takeSilence(1000)).toBe(TAIL_FRAMES - 20);
    expect(gate.inTail).toBe(false);
    expect(gate.takeSilence(1000)).toBe(0);
    expect(gate.open).toBe(false);
  });

  it('pausing twice does not lengthen the silence', () => {
    const gate = new PauseGate();
    gate.pause();
    gate.takeSilence(TAIL_FRAMES);
    gate.pause();
    expect(gate.takeSilence(1)).toBe(0);
  });

  it('resuming cuts the silence short', () => {
    const gate = new PauseGate();
    gate.pause();
    gate.takeSilence(5);
    gate.resume();
    expect(gate.open).toBe(true);
    expect(gate.takeSilence(5)).toBe(0);
  });

  it('starts the silence anew with the next pause', () => {
    const gate = new PauseGate();
    gate.pause();
    gate.resume();
    gate.pause();
    expect(gate.takeSilence(1000)).toBe(TAIL_FRAMES);
  });
});
