import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { localError } from '../../../client/src/live/wire-error.ts';
import { OUTAGE_LIMIT_MS, OutageWatch } from './outage-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const lost = localError('server_unreachable', 'transport close');

test('an outage is counted once, when it is over', () => {
  const giveUp = vi.fn();
  const watch = new OutageWatch(giveUp);
  watch.up();
  watch.down(lost);
  watch.down(lost);
  vi.advanceTimersByTime(OUTAGE_LIMIT_MS - 1);
  watch.up();
  expect(watch.reconnects).toBe(1);
  expect(giveUp).not.toHaveBeenCalled();
});

test('[INV4] a server that does not come back is given up', () => {
  const giveUp = vi.fn();
  const watch = new OutageWatch(giveUp);
  watch.down(lost);
  vi.advanceTimersByTime(OUTAGE_LIMIT_MS);
  expect(giveUp).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ code: 'server_unreachable' }),
  );
});

test('closing leaves no timer', () => {
  const watch = new OutageWatch(vi.fn());
  watch.down(null);
  watch.close();
});
