import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Glossary } from '../../../../shared/glossary.ts';
import {
  entriesOf,
  expectRefusal,
  final,
  finalsOf,
  OWNER_SECRET,
  ROOM,
  speak,
  take,
  translated,
} from '../contract/cluster.contract.ts';
import { type PrivateRedis, startPrivateRedis } from '../private-redis.ts';
import { MAX_REAPED_SESSIONS, type StoreLimits } from '../store-limits.ts';
import type { SessionKey, TranscriptStore } from '../transcript-store.ts';
import { closeConnection, connectionReady, openConnection } from './connections.ts';
import { RecordTail } from './record-tail.ts';
import { createRedisTranscriptStore } from './redis-transcript-store.ts';

const GLOSSARY: Glossary = [
  { language: 'en', term: 'Parlance', heardAs: [], translations: {}, keep: true },
];

let folder: string;
let server: PrivateRedis;
let redis: Redis;
let prefix: string;
let opened: TranscriptStore[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-keys-'));
  server = await startPrivateRedis({ dataFolder: folder });
  redis = openConnection(server.options, 'commands');
  await connectionReady(redis);
});

afterAll(async () => {
  await closeConnection(redis);
  await server.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  prefix = `test-${randomBytes(6).toString('hex')}:`;
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
});

async function openStore(
  limits: Partial<StoreLimits> = {},
  clockShiftMs = () => 0,
): Promise<TranscriptStore> {
  const store = await createRedisTranscriptStore({
    redis: server.options,
    nodeId: `node-${opened.length}`,
    keyPrefix: prefix,
    limits,
    clockShiftMs,
  });
  opened.push(store);
  return store;
}

async function roomKeysNow(): Promise<string[]> {
  return (await redis.keys(`${prefix}{*`)).map((key) => key.slice(key.indexOf('}') + 2)).sort();
}

test('[INV7] neither secrets nor instances are kept as they are', async () => {
  const store = await openStore();
  const { request, key } = await speak(store);
  const kept = JSON.stringify([
    await redis.hgetall(`${prefix}{${ROOM}}:session:${key.session}`),
    await redis.hgetall(`${prefix}{${ROOM}}:room`),
  ]);
  expect(kept).toContain('secretHash');
  for (const secret of [request.secret, request.instance, OWNER_SECRET]) {
    expect(kept).not.toContain(secret);
  }
});

test('[INV7] erasing leaves no key but the tombstone', async () => {
  const store = await openStore();
  const { key } = await speak(store);
  await store.setGlossary(ROOM, OWNER_SECRET, GLOSSARY);
  await store.want(ROOM, ['es']);
  await store.storeFinal(key, final(key.session, 0), ['es', 'ca']);
  await store.storeGap(key, { session: key.session, fromSeq: 100, toSeq: 110 });
  await store.storeTranslation(ROOM, translated(final(key.session, 0), 'es'));
  expect((await roomKeysNow()).length).toBeGreaterThan(8);
  await store.endRoom(ROOM, OWNER_SECRET, true);
  expect(await roomKeysNow()).toEqual(['record', 'room']);
  const left = Object.keys(await redis.hgetall(`${prefix}{${ROOM}}:room`));
  expect(left.sort()).toEqual(
    'comings createdAt ended endedAt erased finals ownerHash v'.split(' '),
  );
});

test('[INV4] every key of a room goes with it, whenever it was made', async () => {
  const store = await openStore({ roomTtlMs: 3_600_000 });
  const { key } = await speak(store);
  await store.want(ROOM, ['es']);
  await store.storeFinal(key, final(key.session, 0), ['es']);
  await store.requestTranslations(ROOM, 'ca');
  const iterator = store.follow(ROOM, '0-0', new AbortController().signal)[Symbol.asyncIterator]();
  await take(iterator, 2);
  const keys = await redis.keys(`${prefix}{*`);
  expect(keys.length).toBeGreaterThan(10);
  const lifetimes = await Promise.all(keys.map((name) => redis.pttl(name)));
  for (const [index, lifetime] of lifetimes.entries()) {
    expect(lifetime, keys[index]).toBeGreaterThan(0);
    expect(lifetime, keys[index]).toBeLessThanOrEqual(3_600_000);
  }
});

test('activity puts the end of a room off, for all of its keys', async () => {
  const store = await openStore({ roomTtlMs: 3_600_000 });
  const { key } = await speak(store);
  await speak(store);
  const names = await redis.keys(`${prefix}{*`);
  for (const name of names) await redis.pexpire(name, 1_000_000);
  await store.renewLease(key);
  for (const name of names) expect(await redis.pttl(name), name).toBeGreaterThan(3_000_000);
});

test('reading and an ended room’s late translations put nothing off', async () => {
  const store = await openStore({ roomTtlMs: 3_600_000 });
  const { key } = await speak(store);
  await store.storeFinal(key, final(key.session, 0), ['es']);
  await store.endRoom(ROOM, OWNER_SECRET, false);
  for (const name of await redis.keys(`${prefix}{*`)) await redis.pexpire(name, 1_000_000);
  await store.storeTranslation(ROOM, translated(final(key.session, 0), 'es'));
  await store.requestTranslations(ROOM, 'ca');
  await store.claimPending(ROOM, 5);
  await store.want(ROOM, ['es']);
  await entriesOf(store);
  for (const name of await redis.keys(`${prefix}{*`)) {
    const lifetime = await redis.pttl(name);
    expect(lifetime, name).toBeGreaterThan(0);
    expect(lifetime, name).toBeLessThanOrEqual(1_000_000);
  }
});

test('after its time to live a room’s name is free for anybody', async () => {
  const store = await openStore();
  const { key, request } = await speak(store);
  await store.storeFinal(key, final(key.session, 0), ['es']);
  const version = await store.setGlossary(ROOM, OWNER_SECRET, GLOSSARY);
  const glossary = await store.readGlossary(ROOM);
  await store.endRoom(ROOM, OWNER_SECRET, false);
  // The room expires; one key is left over, as by a clock that read a little differently.
  const [record = ''] = await redis.keys(`${prefix}{*}:record`);
  await redis.del((await redis.keys(`${prefix}{*`)).filter((name) => name !== record));
  const stranger = { room: ROOM, offers: ['en'], ownerSecret: 'another-secret-another' };
  expect(await store.openRoom(stranger)).toEqual({ created: true, owned: true });
  expect(await entriesOf(store)).toEqual([]);
  await expectRefusal(store.takeSession(request), 'session_not_found');
  expect(await store.readGlossary(ROOM, glossary)).toEqual({ version: 0, glossary: [] });
  // Who still knows the former room's glossary must not take the new one's for it.
  expect(await store.setGlossary(ROOM, stranger.ownerSecret, GLOSSARY)).toBeGreaterThan(version);
});

test('[INV4] nothing grows with what a room has trimmed', async () => {
  const store = await openStore({ maxFinalsPerRoom: 4, maxSessionsPerRoom: 3 });
  const late: SessionKey[] = [];
  for (let round = 0; round < 12; round += 1) {
    const { key } = await speak(store);
    for (let segment = 0; segment < 5; segment += 1) {
      const source = final(key.session, segment);
      await store.storeFinal(key, source, ['es', 'ca']);
      if (segment % 2 === 0) await store.storeTranslation(ROOM, translated(source, 'es'));
    }
    await store.storeGap(key, { session: key.session, fromSeq: 500, toSeq: 510 });
    if (round % 3 === 0) await store.endSession(key);
    else late.push(key);
    if (late.length > 1) await store.endSession(late.shift() ?? key);
  }
  const sizes = new Map<string, number>();
  for (const name of await redis.keys(`${prefix}{*`)) {
    const kind = name.slice(name.indexOf('}') + 2);
    const type = await redis.type(name);
    if (type === 'zset') sizes.set(kind, await redis.zcard(name));
    if (type === 'hash') sizes.set(kind, await redis.hlen(name));
    if (type === 'stream') sizes.set(kind, await redis.xlen(name));
  }
  expect(sizes.get('sources')).toBe(4);
  expect(sizes.get('record')).toBeLessThanOrEqual(4 * 8);
  expect(sizes.get('captions')).toBeLessThanOrEqual(4 * 8);
  expect(sizes.get('claims')).toBeLessThanOrEqual(4 * 2);
  expect(sizes.get('claimants')).toBe(sizes.get('claims'));
  expect(sizes.get('queue')).toBeLessThanOrEqual(4 * 2);
  // Sources kept, and a place to publish and to note, of the one session that has finals left.
  expect(sizes.get('tracks')).toBeLessThanOrEqual(5);
  expect(sizes.get('sessions')).toBe(3);
  expect([...sizes.keys()].filter((kind) => kind.startsWith('session:'))).toHaveLength(3);
});

test('an index that is behind ends no session that is alive, and is mended', async () => {
  let shiftMs = 0;
  const store = await openStore({ leaseMs: 10_000 }, () => shiftMs);
  const { key } = await speak(store);
  await redis.zadd(`${prefix}live-sessions`, '1', `${ROOM}/${key.session}`, '2', 'gone/gone');
  shiftMs = 5_000;
  expect(await store.reapSessions(1_000)).toEqual([]);
  expect(await redis.zrange(`${prefix}live-sessions`, 0, '-1')).toEqual([`${ROOM}/${key.session}`]);
  expect(await store.renewLease(key)).toBe(true);
  shiftMs = 60_000;
  expect(await store.reapSessions(1_000)).toHaveLength(1);
  expect(await redis.zcard(`${prefix}live-sessions`)).toBe(0);
});

test('[INV4] one sweep of the reaper looks at so many sessions, the next at the rest', async () => {
  let shiftMs = 0;
  const store = await openStore({}, () => shiftMs);
  const { key } = await speak(store);
  const stale = Array.from({ length: MAX_REAPED_SESSIONS }, (_, index) => `gone/${index}`);
  await redis.zadd(`${prefix}live-sessions`, ...stale.flatMap((member) => ['1', member]));
  shiftMs = 60_000;
  expect(await store.reapSessions(1_000)).toEqual([]);
  expect(await store.reapSessions(1_000)).toEqual([{ room: ROOM, session: key.session }]);
});

test('[INV3] a long record is read in pages without a seam', async () => {
  const store = await openStore({ maxFollowerEntries: 5_000 });
  const { key } = await speak(store);
  const record = `${prefix}{${ROOM}}:record`;
  const add = async (from: number, to: number) => {
    const batch = redis.pipeline();
    for (let segment = from; segment < to; segment += 1) {
      const entry = { type: 'final', caption: final(key.session, segment) };
      batch.xadd(record, '*', 'v', '1', 'k', '-', 'e', JSON.stringify(entry));
    }
    await batch.exec();
  };
  await add(0, 1_400);
  const history = await store.history(ROOM, null, 5_000);
  expect(history).toMatchObject({ truncated: false, cursor: history.entries.at(-1)?.cursor });
  const newest = await store.history(ROOM, null, 1_100);
  expect(newest).toEqual({ ...history, entries: history.entries.slice(-1_100), truncated: true });
  const iterator = store.follow(ROOM, '0-0', new AbortController().signal)[Symbol.asyncIterator]();
  expect(await take(iterator, 1_401)).toEqual(history.entries);
  const [followed] = await Promise.all([take(iterator, 350), add(1_400, 1_750)]);
  const segments = followed.map((entry) => (entry.type === 'final' ? entry.caption.segment : -1));
  expect(segments).toEqual(Array.from({ length: 350 }, (_, index) => 1_400 + index));
});

test('entries of a newer server are passed over', async () => {
  const store = await openStore();
  const { key } = await speak(store);
  const record = `${prefix}{${ROOM}}:record`;
  await redis.xadd(record, '*', 'v', '2', 'k', '-', 'e', '{"type":"final","caption":{}}');
  await redis.xadd(record, '*', 'v', '1', 'k', '-', 'e', '{"type":"applause"}');
  await store.storeFinal(key, final(key.session, 0), []);
  expect(await finalsOf(store)).toHaveLength(1);
  const iterator = store.follow(ROOM, '0-0', new AbortController().signal)[Symbol.asyncIterator]();
  expect((await take(iterator, 2)).map(({ type }) => type)).toEqual(['speaker', 'final']);
});

test('scripts that Redis has forgotten are sent again', async () => {
  const store = await openStore();
  const { key } = await speak(store);
  await redis.script('FLUSH');
  await store.storeFinal(key, final(key.session, 0), []);
  expect(await finalsOf(store)).toHaveLength(1);
});

test('[INV7] an error of Redis carries nothing that was said', async () => {
  const store = await openStore();
  const { key } = await speak(store);
  await redis.set(`${prefix}{${ROOM}}:captions`, 'not a hash');
  const spoken = final(key.session, 0, { text: 'a secret confided' });
  const error = await store.storeFinal(key, spoken, []).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'internal' });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('confided');
  expect((error as Error).cause).toBeUndefined();
});

test('[INV4] a Redis that is full refuses by name and keeps what it has', async () => {
  const store = await openStore();
  const { key } = await speak(store);
  await redis.config('SET', 'maxmemory', '1mb');
  try {
    await expectRefusal(store.storeFinal(key, final(key.session, 0), []), 'store_unavailable');
  } finally {
    await redis.config('SET', 'maxmemory', '1gb');
  }
  await store.storeFinal(key, final(key.session, 0), []);
  expect(await finalsOf(store)).toHaveLength(1);
});

test('a record that joins is read at once, though the shared read blocks for long', async () => {
  const blocking = openConnection(server.options, 'tail');
  await connectionReady(blocking);
  const tail = new RecordTail({
    commands: redis,
    blocking,
    wakeKey: `${prefix}wake`,
    maxFollowerEntries: 10,
    maxRooms: 10,
    blockMs: 50_000,
  });
  const stop = new AbortController();
  const add = (key: string) =>
    redis.xadd(key, '*', 'v', '1', 'k', '-', 'e', '{"type":"ended","erased":false}');
  const follow = (key: string) => tail.follow(key, '0-0', stop.signal)[Symbol.asyncIterator]();
  for (const name of ['one', 'two', 'three']) {
    const iterator = follow(prefix + name);
    const entry = iterator.next();
    await add(prefix + name);
    expect((await entry).done).toBe(false);
  }
  expect(await redis.pttl(`${prefix}wake`)).toBeGreaterThan(0);
  await tail.close();
  await closeConnection(blocking);
});
