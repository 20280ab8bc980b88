import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RING_FRAMES, SEND_WINDOW_FRAMES, WARM_UP_FRAMES } from '../../../shared/limits.ts';
import type { SessionStarted } from '../../../shared/protocol.ts';
import { FrameRing } from './frame-ring.ts';
import {
  MAX_AWAY_MS,
  MIRROR_INTERVAL_MS,
  MIRROR_RETRY_MS,
  MIRROR_STALL_MS,
  restoreRing,
  SessionMirror,
  seqAfterAbsence,
} from './session-mirror.ts';
import { MemoryMirror } from './testing/memory-mirror.ts';
import { numberedFrame } from './testing/model-server.ts';

const STARTED: SessionStarted = {
  session: 'session-a',
  secret: 'a-secret-of-the-session',
  epoch: 3,
  recognizer: 'scripted',
  languages: [],
  glossary: [],
  keptForS: 60,
  frameWindow: SEND_WINDOW_FRAMES,
};

beforeEach(() => void vi.useFakeTimers());
let mirror: SessionMirror;
afterEach(async () => {
  await mirror.discard();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function mirrored(ring = new FrameRing()) {
  const store = new MemoryMirror();
  const told: boolean[] = [];
  const source = {
    get startSeq() {
      return ring.startSeq;
    },
    get nextSeq() {
      return ring.endSeq;
    },
    runFrom: (seq: number) => ring.runFrom(seq),
  };
  const identity = () => ({
    room: 'room',
    language: 'en',
    instance: 'an-instance-of-the-client',
    started: STARTED,
    epoch: 3,
  });
  mirror = new SessionMirror({ store, source, identity, onKept: (kept) => told.push(kept) });
  const speak = (frames: number) => {
    for (let at = 0; at < frames; at += 1) {
      ring.push(numberedFrame(ring.endSeq));
      mirror.captured();
    }
  };
  return { ring, store, told, speak };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('[R11] [INV4] what is new is written at most every 200 ms, and once', async () => {
  const { store, speak } = mirrored();
  for (let at = 0; at < 50; at += 1) {
    speak(1);
    await pass(20);
  }
  expect(store.changes.length).toBeLessThanOrEqual(1000 / MIRROR_INTERVAL_MS);
  await pass(MIRROR_INTERVAL_MS);
  expect(store.frames).toEqual(Array.from({ length: 50 }, (_, seq) => seq));
  const written = store.changes.flatMap(({ runs }) => runs.flatMap(({ frames }) => frames));
  expect(written).toHaveLength(50);
  const { length } = store.changes;
  await pass(10_000);
  expect(store.changes).toHaveLength(length);
});

test('[R11] [INV7] what is durable is deleted from the store', async () => {
  const { ring, store, speak } = mirrored();
  for (let at = 0; at < 20; at += 1) {
    speak(10);
    await pass(MIRROR_INTERVAL_MS);
  }
  ring.acknowledge(180);
  mirror.changed();
  await pass(MIRROR_INTERVAL_MS);
  expect(store.changes.at(-1)?.runs).toEqual([]);
  expect(store.frames[0]).toBeGreaterThan(180 - WARM_UP_FRAMES - 10);
  expect(store.frames[0]).toBeLessThanOrEqual(180 - WARM_UP_FRAMES);
});

test('[R11] [INV7] the end of the session removes all of it, and nothing is written after', async () => {
  const { store, speak } = mirrored();
  speak(10);
  await pass(MIRROR_INTERVAL_MS);
  speak(10);
  await mirror.discard();
  await mirror.discard();
  mirror.changed();
  mirror.flush();
  await pass(10_000);
  expect(store.removed).toEqual(['session-a']);
  expect(store.changes).toHaveLength(1);
  expect(store.kept).toBeNull();
});

test('[INV4] a store never holds more than the ring does', async () => {
  const { ring, store, speak } = mirrored(new FrameRing(40));
  for (let at = 0; at < 30; at += 1) {
    speak(10);
    await pass(MIRROR_INTERVAL_MS);
  }
  expect(store.frames).toHaveLength(40);
  expect(store.frames[0]).toBe(ring.startSeq);
  expect(RING_FRAMES).toBe(6000);
});

test('a store that refuses is told once, tried again after a pause, and then has everything', async () => {
  const { store, told, speak } = mirrored();
  speak(5);
  await pass(MIRROR_INTERVAL_MS);
  store.outcome = 'refused';
  for (let at = 0; at < 20; at += 1) {
    speak(10);
    await pass(MIRROR_INTERVAL_MS);
  }
  expect(told).toEqual([false]);
  expect(store.changes.length).toBeLessThanOrEqual(3);
  store.outcome = 'kept';
  await pass(MIRROR_RETRY_MS);
  expect(told).toEqual([false, true]);
  expect(store.frames).toEqual(Array.from({ length: 205 }, (_, seq) => seq));
});

test('[INV4] a store that hangs has one write to do, and is told of', async () => {
  const { store, told, speak } = mirrored();
  store.outcome = 'hang';
  for (let at = 0; at < 60; at += 1) {
    speak(5);
    await pass(MIRROR_INTERVAL_MS);
  }
  expect(60 * MIRROR_INTERVAL_MS).toBeGreaterThan(MIRROR_STALL_MS);
  expect(store.changes).toHaveLength(1);
  expect(told).toEqual([false]);
  store.outcome = 'kept';
  store.settle();
  await pass(MIRROR_RETRY_MS);
  expect(told).toEqual([false, true]);
  expect(store.frames).toHaveLength(300);
});

test('a page that may be about to go hands over what is new at once', async () => {
  const { store, speak } = mirrored();
  speak(7);
  mirror.flush();
  mirror.flush();
  expect(store.changes).toHaveLength(1);
  expect(store.changes[0]?.head).toMatchObject({ nextSeq: 7, stopping: false, epoch: 3 });
});

test('[R12] [INV1] the ring comes back as it was, absences and all', async () => {
  const { ring, store, speak } = mirrored();
  speak(100);
  await pass(MIRROR_INTERVAL_MS);
  ring.skip(5000);
  mirror.captured();
  speak(30);
  await pass(MIRROR_INTERVAL_MS);
  ring.skip(20);
  mirror.note({ source: 'file' });
  await pass(MIRROR_INTERVAL_MS);
  const { kept } = store;
  if (kept === null) throw new Error('Expected a kept session, got none.');
  expect(kept.head.about).toEqual({ source: 'file' });
  const restored = restoreRing(kept);
  expect([restored.startSeq, restored.endSeq]).toEqual([0, 5150]);
  expect(restored.read(0, 100)).toEqual(ring.read(0, 100));
  expect(restored.missing(100)).toEqual({ fromSeq: 100, toSeq: 5100 });
  expect(restored.read(5100, 100)).toEqual(ring.read(5100, 100));
  expect(restored.missing(5130)).toEqual({ fromSeq: 5130, toSeq: 5150 });
});

test('[R12] [INV1] the time a page was away is counted in frames, and never backwards', async () => {
  const { store, speak } = mirrored();
  speak(50);
  await pass(MIRROR_INTERVAL_MS);
  const head = store.kept?.head;
  if (head === undefined) throw new Error('Expected a kept session, got none.');
  expect(seqAfterAbsence(head, head.capturedAtMs + 3000)).toBe(200);
  expect(seqAfterAbsence(head, head.capturedAtMs - 3000)).toBe(50);
  expect(seqAfterAbsence(head, Number.MAX_SAFE_INTEGER)).toBe(50 + MAX_AWAY_MS / 20);
});
