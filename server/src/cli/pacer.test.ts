import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pacer } from './pacer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new AbortController().signal;

/** When each frame goes out, if each takes `workMs` to prepare. */
async function goingOut(speed: number, frames: number, workMs: (index: number) => number) {
  const pacer = new Pacer(speed);
  const began = performance.now();
  const at: number[] = [];
  const run = (async () => {
    for (let index = 0; index < frames; index += 1) {
      await pacer.due(index, never);
      at.push(performance.now() - began);
      if (workMs(index) > 0) await new Promise((resolve) => setTimeout(resolve, workMs(index)));
    }
  })();
  await vi.advanceTimersByTimeAsync(60_000);
  await run;
  return at;
}

test('at speed 1 a frame goes out every 20 ms', async () => {
  expect(await goingOut(1, 5, () => 0)).toEqual([0, 20, 40, 60, 80]);
});

test('at another speed in proportion', async () => {
  expect(await goingOut(4, 5, () => 0)).toEqual([0, 5, 10, 15, 20]);
});

test('delays do not add up: what is late catches up', async () => {
  const at = await goingOut(1, 8, (index) => (index === 1 ? 70 : 3));
  expect(at).toEqual([0, 20, 90, 93, 96, 100, 120, 140]);
});

test('as fast as frames are taken means no waiting at all', async () => {
  expect(await goingOut(Number.POSITIVE_INFINITY, 4, () => 0)).toEqual([0, 0, 0, 0]);
});

test('an interruption ends the wait with its reason, and leaves no timer', async () => {
  const controller = new AbortController();
  const pacer = new Pacer(1);
  await pacer.due(0, controller.signal);
  const due = pacer.due(1000, controller.signal);
  controller.abort(new Error('Ctrl-C'));
  await expect(due).rejects.toThrow('Ctrl-C');
  await expect(pacer.due(0, controller.signal)).rejects.toThrow('Ctrl-C');
  expect(vi.getTimerCount()).toBe(0);
});
