import { EventEmitter, getEventListeners } from 'node:events';
import { afterEach, expect, it, vi } from 'vitest';
import { withDeadline } from './with-deadline.ts';

afterEach(() => {
  vi.useRealTimers();
});

const late = () => new Error('late');
const forEver = () => new Promise<never>(() => undefined);

it('rejects when the time is over, tells the work, and leaves nothing behind', async () => {
  vi.useFakeTimers();
  const { signal } = new AbortController();
  let given: AbortSignal | undefined;
  const working = withDeadline({ ms: 50, late, signals: [signal] }, (working) => {
    given = working;
    return forEver();
  });
  const settled = expect(working).rejects.toThrow('late');
  await vi.advanceTimersByTimeAsync(49);
  expect(given?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await settled;
  expect(given?.aborted).toBe(true);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('rejects with the reason of whoever gave up, and begins nothing where that was before', async () => {
  vi.useFakeTimers();
  const [reason, stop] = [new Error('gone'), new AbortController()];
  const working = withDeadline({ ms: 50, late, signals: [stop.signal] }, forEver);
  stop.abort(reason);
  await expect(working).rejects.toBe(reason);
  const begin = vi.fn(forEver);
  await expect(withDeadline({ ms: 50, late, signals: [stop.signal] }, begin)).rejects.toBe(reason);
  expect(begin).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

it('may hang on a signal as often as there is work', async () => {
  const warned = vi.spyOn(process, 'emitWarning');
  const stop = new AbortController();
  const working = Array.from({ length: 20 }, () =>
    withDeadline({ ms: 60_000, late, signals: [stop.signal] }, forEver),
  );
  stop.abort(new Error('gone'));
  await Promise.allSettled(working);
  expect(warned).not.toHaveBeenCalled();
});

it('gives what the work gives', async () => {
  vi.useFakeTimers();
  const { defaultMaxListeners } = EventEmitter;
  await expect(withDeadline({ ms: 50, late, signals: [] }, async () => 1)).resolves.toBe(1);
  expect(EventEmitter.defaultMaxListeners).toBe(defaultMaxListeners);
  expect(defaultMaxListeners).toBeGreaterThan(0);
  expect(vi.getTimerCount()).toBe(0);
});
