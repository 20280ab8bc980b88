import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProgressWatch } from './progress-watch.ts';

const LIMIT_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function watched() {
  const onStall = vi.fn();
  return { onStall, watch: new ProgressWatch(() => LIMIT_MS, onStall) };
}

test('calls once when nothing comes', async () => {
  const { onStall, watch } = watched();
  watch.expect();
  await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
  expect(onStall).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2);
  expect(onStall).toHaveBeenCalledTimes(1);
  watch.expect();
  await vi.advanceTimersByTimeAsync(2 * LIMIT_MS);
  expect(onStall).toHaveBeenCalledTimes(1);
});

test('expecting more does not put the limit off, progress does', async () => {
  const { onStall, watch } = watched();
  watch.expect();
  await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
  watch.progress(true);
  await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
  expect(onStall).not.toHaveBeenCalled();
  watch.expect();
  await vi.advanceTimersByTimeAsync(2);
  expect(onStall).toHaveBeenCalledTimes(1);
});

test('nothing expected, nothing missed', async () => {
  const { onStall, watch } = watched();
  watch.expect();
  watch.progress(false);
  await vi.advanceTimersByTimeAsync(10 * LIMIT_MS);
  expect(onStall).not.toHaveBeenCalled();
});

test('input that lay unread while this process was busy counts', async () => {
  const { onStall, watch } = watched();
  watch.expect();
  // The event loop was blocked: the timer is due, and behind it waits the input.
  vi.advanceTimersToNextTimer();
  watch.progress(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(onStall).not.toHaveBeenCalled();
  watch.stop();
});

test('stops for good, also between the doubt and its answer', async () => {
  const { onStall, watch } = watched();
  watch.expect();
  vi.advanceTimersToNextTimer();
  watch.stop();
  await vi.advanceTimersByTimeAsync(10 * LIMIT_MS);
  watch.expect();
  await vi.advanceTimersByTimeAsync(10 * LIMIT_MS);
  expect(onStall).not.toHaveBeenCalled();
});

test('a limit that changes holds from the next progress on', async () => {
  const onStall = vi.fn();
  let limitMs = LIMIT_MS;
  const watch = new ProgressWatch(() => limitMs, onStall);
  watch.expect();
  limitMs = 0.8 * LIMIT_MS;
  await vi.advanceTimersByTimeAsync(0.9 * LIMIT_MS);
  expect(onStall).not.toHaveBeenCalled();
  watch.progress(true);
  await vi.advanceTimersByTimeAsync(0.8 * LIMIT_MS + 1);
  expect(onStall).toHaveBeenCalledTimes(1);
});
