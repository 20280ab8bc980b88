import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CHANGE_INTERVAL_MS, PacedChanges } from './paced-changes.ts';

let changes: PacedChanges<string>;
let made: string[];
beforeEach(() => {
  vi.useFakeTimers();
  changes = new PacedChanges();
  made = [];
});
afterEach(() => {
  changes.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const make = (name: string) =>
  changes.make(async () => {
    made.push(name);
    return name;
  });

test('[INV4] of a thousand changes the first is made at once, and the last after a pause', async () => {
  const outcomes = Array.from({ length: 1_000 }, (_, at) => make(String(at)));
  expect(made).toEqual(['0']);
  await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS - 1);
  expect(made).toEqual(['0']);
  await vi.advanceTimersByTimeAsync(1);
  expect(made).toEqual(['0', '999']);
  expect((await Promise.all(outcomes)).filter((outcome) => outcome !== null)).toEqual(['0', '999']);
});

test('[INV4] a change that takes long is over before the next begins', async () => {
  let finish: (outcome: string) => void = () => {};
  const slow = changes.make(() => new Promise((resolve) => (finish = resolve)));
  const next = make('next');
  await vi.advanceTimersByTimeAsync(10 * CHANGE_INTERVAL_MS);
  expect(made).toEqual([]);
  finish('slow');
  await vi.advanceTimersByTimeAsync(0);
  expect(await Promise.all([slow, next])).toEqual(['slow', 'next']);
});

test('one that fails tells so, and the next is made', async () => {
  const failing = changes.make(() => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  const next = make('next');
  await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS);
  expect(await next).toBe('next');
});

test('after a pause nobody waits', async () => {
  await make('one');
  await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS);
  expect(await make('two')).toBe('two');
});

test('whoever waits when it is closed is told that nothing comes of it', async () => {
  const first = make('one');
  const waiting = make('two');
  changes.close();
  expect(await Promise.all([first, waiting, make('three')])).toEqual(['one', null, null]);
  expect(made).toEqual(['one']);
});
