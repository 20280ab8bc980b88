import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TransferPace } from './transfer-pace.ts';

const limits = { stretchMs: 1_000, minStretchBytes: 100 };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function paceOf(outer = new AbortController().signal) {
  return new TransferPace(limits, outer);
}

test('enough in every stretch goes on for ever', () => {
  const pace = paceOf();
  for (let bytes = 100; bytes <= 2_000; bytes += 100) {
    pace.received(bytes);
    vi.advanceTimersByTime(1_000);
  }
  expect(pace.signal.aborted).toBe(false);
  pace.stop();
});

test('the first stretch is not judged: the first bytes may come at its end', () => {
  const pace = paceOf();
  vi.advanceTimersByTime(999);
  pace.received(1);
  vi.advanceTimersByTime(1);
  expect(pace.tooSlow).toBe(false);
  pace.stop();
});

test('silence is too slow', () => {
  const pace = paceOf();
  vi.advanceTimersByTime(2_000);
  expect(pace.tooSlow).toBe(true);
  expect(pace.signal.aborted).toBe(true);
  pace.stop();
});

test('a drip is too slow', () => {
  const pace = paceOf();
  for (let bytes = 1; bytes < 300 && !pace.tooSlow; bytes += 1) {
    pace.received(bytes);
    vi.advanceTimersByTime(50);
  }
  expect(pace.tooSlow).toBe(true);
  pace.stop();
});

test('what a resumed file has already does not count as pace', () => {
  const pace = paceOf();
  pace.received(1_000_000);
  vi.advanceTimersByTime(2_000);
  expect(pace.tooSlow).toBe(true);
  pace.stop();
});

test('an abort from outside is passed on and is not slowness', () => {
  const outer = new AbortController();
  const pace = paceOf(outer.signal);
  outer.abort();
  expect(pace.signal.aborted).toBe(true);
  expect(pace.tooSlow).toBe(false);
  pace.stop();
});

test('no timer is left after the end', () => {
  paceOf().stop();
  expect(vi.getTimerCount()).toBe(0);
});
