import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MirrorChange, MirroredSession } from '../live/session-mirror.ts';
import { MAX_SHELF_AGE_MS, SessionShelf } from './session-shelf.ts';

let now = 1_790_000_000_000;
let shelf: SessionShelf;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  shelf = await SessionShelf.open(() => now);
});
afterEach(() => shelf.close());

function head(session: string, room: string, nextSeq: number): MirroredSession {
  const secret = `a-secret-of-${session}`;
  return {
    room,
    language: 'en',
    instance: 'an-instance-of-the-client',
    started: {
      ...{ session, secret, epoch: 1, recognizer: 'scripted', languages: [], glossary: [] },
      ...{ keptForS: 60, frameWindow: 250 },
    },
    epoch: 1,
    startSeq: 0,
    nextSeq,
    capturedAtMs: now,
    startedAtMs: now,
    stopping: false,
    about: {},
  };
}

const frames = (firstSeq: number, count: number) =>
  Array.from({ length: count }, (_, at) => new Uint8Array([1, 2, firstSeq + at]).subarray(at % 2));

function change(session: string, firstSeq: number, count: number, forgetBefore = 0): MirrorChange {
  return {
    head: head(session, `room-${opened}`, firstSeq + count),
    runs: count === 0 ? [] : [{ firstSeq, frames: frames(firstSeq, count) }],
    forgetBefore,
  };
}

test('[INV1] frames come back as they were written, packets of any length', async () => {
  await shelf.write(change('session-a', 0, 10));
  await shelf.write(change('session-a', 10, 4));
  shelf.close();
  const kept = await shelf.load('session-a');
  expect(kept?.head.nextSeq).toBe(14);
  expect(kept?.runs).toEqual([
    { firstSeq: 0, frames: frames(0, 10) },
    { firstSeq: 10, frames: frames(10, 4) },
  ]);
});

test('[INV7] durable frames are deleted, and only those of their session', async () => {
  await shelf.write(change('session-b', 0, 10));
  await shelf.write(change('session-c', 0, 10));
  await shelf.write(change('session-c', 10, 10, 10));
  expect((await shelf.load('session-c'))?.runs.map(({ firstSeq }) => firstSeq)).toEqual([10]);
  await shelf.write(change('session-c', 20, 0, 19));
  expect((await shelf.load('session-c'))?.runs.map(({ firstSeq }) => firstSeq)).toEqual([10]);
  expect((await shelf.load('session-b'))?.runs).toHaveLength(1);
});

test('[INV7] a session that is removed leaves nothing', async () => {
  await shelf.write(change('session-d', 0, 10));
  await shelf.remove('session-d');
  expect(await shelf.load('session-d')).toBeNull();
  expect(await shelf.inRoom(`room-${opened}`)).toEqual([]);
  await shelf.write(change('session-d', 10, 1));
  expect((await shelf.load('session-d'))?.runs).toHaveLength(1);
});

test("a room's sessions, the latest first", async () => {
  await shelf.write(change('session-e', 0, 1));
  now += 1000;
  await shelf.write(change('session-f', 0, 1));
  const found = await shelf.inRoom(`room-${opened}`);
  expect(found.map(({ started }) => started.session)).toEqual(['session-f', 'session-e']);
  expect(await shelf.inRoom('elsewhere')).toEqual([]);
});

test('[INV4] [INV7] what nobody came back to is swept after an hour', async () => {
  await shelf.write(change('session-g', 0, 10));
  now += MAX_SHELF_AGE_MS;
  await shelf.write(change('session-h', 0, 10));
  await shelf.sweep();
  expect(await shelf.load('session-g')).not.toBeNull();
  now += 1;
  await shelf.sweep();
  expect(await shelf.load('session-g')).toBeNull();
  expect(await shelf.load('session-h')).not.toBeNull();
});

test('two pages of one browser write side by side', async () => {
  const other = await SessionShelf.open(() => now);
  await Promise.all([
    shelf.write(change('session-i', 0, 5)),
    other.write(change('session-j', 0, 5)),
  ]);
  expect((await other.load('session-i'))?.runs).toHaveLength(1);
  expect((await shelf.load('session-j'))?.runs).toHaveLength(1);
  other.close();
});
