import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { LEASE_RENEW_MS, LeaseKeeper } from './lease-keeper.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const KEY = { room: 'r', session: 's', epoch: 1 };
const INTERVAL_MS = LEASE_RENEW_MS;

test('an owner whose lease is renewed stays sure', async () => {
  const renewLease = vi.fn(async () => true);
  const lost = vi.fn();
  const keeper = new LeaseKeeper({ renewLease }, KEY, lost);
  for (let round = 0; round < 5; round += 1) {
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(keeper.isSure).toBe(true);
  }
  expect(renewLease).toHaveBeenCalledTimes(5);
  expect(lost).not.toHaveBeenCalled();
  keeper.close();
});

test('[INV2] an owner that was asleep is not sure before it has asked', async () => {
  let answer: (kept: boolean) => void = () => undefined;
  const renewLease = () =>
    new Promise<boolean>((resolve) => {
      answer = resolve;
    });
  const keeper = new LeaseKeeper({ renewLease }, KEY, () => undefined);
  // Asleep: time passes, timers do not run.
  vi.setSystemTime(Date.now() + 60_000);
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
  expect(keeper.isSure).toBe(false);
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(keeper.isSure).toBe(false);
  answer(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(keeper.isSure).toBe(true);
  keeper.close();
  vi.restoreAllMocks();
});

test('[INV2] an owner that was replaced is told', async () => {
  const lost = vi.fn();
  const keeper = new LeaseKeeper({ renewLease: async () => false }, KEY, lost);
  await vi.advanceTimersByTimeAsync(INTERVAL_MS);
  expect(lost).toHaveBeenCalledOnce();
  expect(lost.mock.calls[0]?.[0]).toMatchObject({ code: 'session_fenced' });
  keeper.close();
});

test('while the store is away the owner goes on', async () => {
  const away = new AppError('store_unavailable', 'Expected an answer, got none.');
  const lost = vi.fn();
  const keeper = new LeaseKeeper({ renewLease: () => Promise.reject(away) }, KEY, lost);
  for (let round = 0; round < 5; round += 1) {
    await vi.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(keeper.isSure).toBe(true);
  }
  expect(lost).not.toHaveBeenCalled();
  keeper.close();
});
