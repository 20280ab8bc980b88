import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CROWDED_LIMIT_MS, SeatLimits, UNSEATED_LIMIT_MS } from './seat-limits.ts';

let limits: SeatLimits;
let isCrowded: boolean;
beforeEach(() => {
  vi.useFakeTimers();
  isCrowded = false;
  limits = new SeatLimits(() => isCrowded);
});
afterEach(() => {
  limits.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function connected(isSeated: () => boolean) {
  const socket = Object.assign(new EventEmitter(), { disconnect: vi.fn() });
  limits.watch(socket as never, isSeated);
  return socket;
}

test('[INV4] a connection that never begins anything is closed', () => {
  const socket = connected(() => false);
  vi.advanceTimersByTime(UNSEATED_LIMIT_MS);
  expect(socket.disconnect).not.toHaveBeenCalled();
  vi.advanceTimersByTime(CROWDED_LIMIT_MS);
  expect(socket.disconnect).toHaveBeenCalledWith(true);
});

test('[INV4] sooner where places are left only for who resumes', () => {
  isCrowded = true;
  const [idle, seated] = [connected(() => false), connected(() => true)];
  vi.advanceTimersByTime(CROWDED_LIMIT_MS);
  expect(idle.disconnect).not.toHaveBeenCalled();
  vi.advanceTimersByTime(CROWDED_LIMIT_MS);
  expect(idle.disconnect).toHaveBeenCalledWith(true);
  vi.advanceTimersByTime(UNSEATED_LIMIT_MS);
  expect(seated.disconnect).not.toHaveBeenCalled();
});

test('whoever has a seat stays, also one who had none for a moment', () => {
  let seated = true;
  const socket = connected(() => seated);
  for (let turn = 0; turn < 10; turn += 1) {
    vi.advanceTimersByTime(UNSEATED_LIMIT_MS);
    seated = !seated;
  }
  expect(socket.disconnect).not.toHaveBeenCalled();
});

test('one that is gone is not looked at', () => {
  const isSeated = vi.fn(() => false);
  connected(isSeated).emit('disconnect');
  vi.advanceTimersByTime(3 * UNSEATED_LIMIT_MS);
  expect(isSeated).not.toHaveBeenCalled();
});
