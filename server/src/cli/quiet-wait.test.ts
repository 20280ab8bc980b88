import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QuietWait } from './quiet-wait.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const never = new AbortController().signal;

function waiting(quietMs: number, signal = never) {
  let missing = 3;
  const over = vi.fn();
  const wait = new QuietWait(() => missing === 0, quietMs);
  void wait.over(signal).then(over);
  const tell = () => {
    missing -= 1;
    wait.told();
  };
  return { over, tell };
}

test('it is over as soon as everything came, however long that takes bit by bit', async () => {
  const { over, tell } = waiting(1000);
  for (let told = 0; told < 3; told += 1) {
    await vi.advanceTimersByTimeAsync(999);
    expect(over).not.toHaveBeenCalled();
    tell();
  }
  await vi.advanceTimersByTimeAsync(0);
  expect(over).toHaveBeenCalledOnce();
});

test('[INV4] nothing for too long ends it', async () => {
  const { over, tell } = waiting(1000);
  tell();
  await vi.advanceTimersByTimeAsync(999);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(over).toHaveBeenCalledOnce();
});

test('an interruption ends it', async () => {
  const controller = new AbortController();
  const { over } = waiting(1000, controller.signal);
  controller.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(over).toHaveBeenCalledOnce();
});
