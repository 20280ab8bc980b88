import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { deferred } from '../../../client/src/live/deferred.ts';
import { Drain, GOODBYE_MS, MOVES_AT_ONCE, VIEWER_PAUSE_MS, VIEWERS_AT_ONCE } from './drain.ts';

const LIMIT_MS = 10_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

interface ScriptedSpeaker {
  readonly move: (signal: AbortSignal) => Promise<void>;
  readonly sendAway: () => void;
  /** Its finals are stored. */
  readonly letGo: () => void;
}

/** A node with speakers that let go when told to, and viewers that leave when they are asked. */
function scripted({ speakers = 0, viewers = 0, stubborn = false } = {}) {
  const told: string[] = [];
  const moving = { now: 0, most: 0 };
  const speakerSet = new Set<ScriptedSpeaker>();
  const viewerSet = new Set<{ sendAway: () => void }>();
  for (let at = 0; at < speakers; at += 1) {
    const done = deferred<void>();
    const speaker: ScriptedSpeaker = {
      move: async (signal) => {
        moving.now += 1;
        moving.most = Math.max(moving.most, moving.now);
        if (signal.aborted) done.resolve();
        signal.addEventListener('abort', () => done.resolve());
        await done.promise;
        moving.now -= 1;
        if (!stubborn) speakerSet.delete(speaker);
      },
      sendAway: () => told.push(`speaker ${at}`),
      letGo: () => done.resolve(),
    };
    speakerSet.add(speaker);
  }
  for (let at = 0; at < viewers; at += 1) {
    const viewer = {
      sendAway: () => {
        told.push(`viewer ${at}`);
        if (!stubborn) viewerSet.delete(viewer);
      },
    };
    viewerSet.add(viewer);
  }
  const translated = deferred<void>();
  const drain = new Drain({
    speakers: speakerSet,
    viewers: viewerSet,
    refuseNewcomers: () => told.push('closed to newcomers'),
    translated: () => translated.promise,
  });
  let isDone = false;
  const run = () => {
    const running = drain.run(LIMIT_MS);
    void running.then(() => {
      isDone = true;
    });
    return running;
  };
  const all = [...speakerSet];
  return { drain, run, told, moving, all, translated, isDone: () => isDone };
}

test('a node that serves admits; one that drains refuses by name', async () => {
  const { drain, run, told, translated } = scripted();
  expect(() => drain.admit()).not.toThrow();
  translated.resolve();
  const running = run();
  expect(drain.draining).toBe(true);
  expect(() => drain.admit()).toThrow(expect.objectContaining({ code: 'server_draining' }));
  expect(run()).toBe(running);
  await running;
  expect(told).toEqual(['closed to newcomers']);
});

test('[INV4] a few speakers move at a time, each when it lets go; translations are waited for', async () => {
  const { run, moving, all, translated, isDone } = scripted({ speakers: 2 * MOVES_AT_ONCE });
  const running = run();
  for (const speaker of all) {
    await vi.advanceTimersByTimeAsync(0);
    expect(moving.now).toBeLessThanOrEqual(MOVES_AT_ONCE);
    speaker.letGo();
  }
  await vi.advanceTimersByTimeAsync(0);
  expect(moving).toEqual({ now: 0, most: MOVES_AT_ONCE });
  expect(isDone()).toBe(false);
  translated.resolve();
  await running;
});

test('[INV4] viewers are sent away in batches', async () => {
  const { run, told, translated } = scripted({ viewers: 2 * VIEWERS_AT_ONCE + 1 });
  translated.resolve();
  const running = run();
  const viewersTold = () => told.filter((line) => line.startsWith('viewer')).length;
  await vi.advanceTimersByTimeAsync(0);
  expect(viewersTold()).toBe(VIEWERS_AT_ONCE);
  await vi.advanceTimersByTimeAsync(VIEWER_PAUSE_MS);
  expect(viewersTold()).toBe(2 * VIEWERS_AT_ONCE);
  await vi.advanceTimersByTimeAsync(VIEWER_PAUSE_MS);
  expect(viewersTold()).toBe(2 * VIEWERS_AT_ONCE + 1);
  await running;
});

test('[INV4] at the limit whoever is left is left to others', async () => {
  const { run, moving, isDone } = scripted({ speakers: 2 * MOVES_AT_ONCE, stubborn: true });
  const running = run();
  await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
  expect(moving.now).toBe(MOVES_AT_ONCE);
  expect(isDone()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await running;
});

test('clients that do not go by themselves are waited for a moment, and told once more', async () => {
  const { run, told, translated, all, isDone } = scripted({ speakers: 1, stubborn: true });
  translated.resolve();
  for (const speaker of all) speaker.letGo();
  const running = run();
  await vi.advanceTimersByTimeAsync(GOODBYE_MS / 2);
  expect(told).toEqual(['closed to newcomers', 'speaker 0']);
  expect(isDone()).toBe(false);
  await vi.advanceTimersByTimeAsync(GOODBYE_MS);
  await running;
});
