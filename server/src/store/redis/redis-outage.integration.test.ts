import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FinalCaption, PlacedEntry } from '../../../../shared/captions.ts';
import { AppError } from '../../../../shared/errors.ts';
import {
  entriesOf,
  expectRefusal,
  final,
  finalsOf,
  ROOM,
  segmentsIn,
  speak,
  take,
  translated,
} from '../contract/cluster.contract.ts';
import { type PrivateRedis, startPrivateRedis } from '../private-redis.ts';
import type { StoreLimits } from '../store-limits.ts';
import type { SessionKey, TranscriptStore } from '../transcript-store.ts';
import { closeConnection, connectionReady, openConnection } from './connections.ts';
import { createRedisTranscriptStore } from './redis-transcript-store.ts';

const WAIT = { timeout: 30_000, interval: 10 };

let folder: string;
let server: PrivateRedis;
let stores: TranscriptStore[];
let shiftMs: number;
let nodes = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-outage-'));
  server = await startPrivateRedis({ dataFolder: folder });
  stores = [];
  shiftMs = 0;
});

afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await server.close();
  await rm(folder, { recursive: true });
});

async function node(limits: Partial<StoreLimits> = {}): Promise<TranscriptStore> {
  nodes += 1;
  const store = await createRedisTranscriptStore({
    redis: server.options,
    nodeId: `node-${nodes}`,
    limits,
    clockShiftMs: () => shiftMs,
  });
  stores.push(store);
  return store;
}

function kill(signal: NodeJS.Signals): void {
  process.kill(server.pid ?? 0, signal);
}

/** What a session does: the same again until it is answered. */
async function insist(store: TranscriptStore, write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'store_unavailable') throw error;
      await vi.waitUntil(() => store.healthy(), WAIT);
    }
  }
}

async function storeAll(
  store: TranscriptStore,
  key: SessionKey,
  captions: readonly FinalCaption[],
): Promise<void> {
  for (const caption of captions) {
    await insist(store, () => store.storeFinal(key, caption, ['es']));
  }
}

function follow(store: TranscriptStore, after = '0-0'): AsyncIterator<PlacedEntry> {
  return store.follow(ROOM, after, new AbortController().signal)[Symbol.asyncIterator]();
}

function finals(session: string, from: number, to: number): FinalCaption[] {
  return Array.from({ length: to - from }, (_, index) => final(session, from + index));
}

/** Resolves once the record holds this segment in the spoken language. */
async function stored(store: TranscriptStore, segment: number): Promise<void> {
  const seen = () => segmentsIn(store, 'en').catch((): number[] => []);
  await vi.waitUntil(async () => (await seen()).length > segment, WAIT);
}

test('[INV1] [INV2] [INV3] a Redis killed in the midst of words loses and doubles none', async () => {
  const [writer, reader] = await Promise.all([node(), node()]);
  const { key, request } = await speak(writer);
  const captions = finals(key.session, 0, 60);
  const followed = take(follow(reader), 1 + 2 * captions.length);
  const writing = storeAll(writer, key, captions);
  const translating = (async () => {
    for (const source of captions) {
      await stored(reader, source.segment);
      await insist(reader, () => reader.storeTranslation(ROOM, translated(source, 'es')));
    }
  })();
  for (const segment of [5, 20, 40]) {
    await stored(reader, segment);
    kill('SIGKILL');
    await vi.waitUntil(() => !writer.healthy(), WAIT);
  }
  await Promise.all([writing, translating]);
  expect(await followed).toEqual(await entriesOf(reader));
  const order = captions.map(({ segment }) => segment);
  expect(await segmentsIn(writer, 'en')).toEqual(order);
  expect(await segmentsIn(writer, 'es')).toEqual(order);
  expect(await reader.takeSession(request)).toMatchObject({ ackedSeq: 6_000, nextSegment: 60 });
});

test('[INV2] after an outage the same epoch goes on, and so do followers and sessions', async () => {
  const [a, b] = await Promise.all([node(), node()]);
  const { key } = await speak(a);
  await a.storeFinal(key, final(key.session, 0), []);
  const iterator = follow(b);
  expect(await take(iterator, 2)).toHaveLength(2);
  const next = take(iterator, 1);
  await server.close();
  for (const store of [a, b]) {
    await vi.waitUntil(() => !store.healthy(), WAIT);
    await expectRefusal(store.storeFinal(key, final(key.session, 1), []), 'store_unavailable');
    await expectRefusal(store.history(ROOM, null, 1), 'store_unavailable');
    await expectRefusal(store.want(ROOM, ['es']), 'store_unavailable');
    await expectRefusal(store.reapSessions(0), 'store_unavailable');
  }
  server = await startPrivateRedis({ dataFolder: folder });
  await vi.waitUntil(() => a.healthy() && b.healthy(), WAIT);
  expect(await a.renewLease(key)).toBe(true);
  await a.storeFinal(key, final(key.session, 1), []);
  expect(await next).toMatchObject([{ caption: { segment: 1 } }]);
});

test('a follower that comes while Redis is away waits for it', async () => {
  const store = await node();
  const { key } = await speak(store);
  kill('SIGKILL');
  const iterator = follow(store);
  const entries = take(iterator, 2);
  await vi.waitUntil(() => store.healthy(), WAIT);
  await insist(store, () => store.storeFinal(key, final(key.session, 0), []));
  expect(await entries).toHaveLength(2);
});

test('[INV1] a Redis that hangs is given up, and what it had begun is not done twice', async () => {
  const [a, b] = await Promise.all([node(), node()]);
  const { key } = await speak(a);
  const iterator = follow(b);
  await take(iterator, 1);
  const next = take(iterator, 1);
  kill('SIGSTOP');
  await expectRefusal(a.storeFinal(key, final(key.session, 0), []), 'store_unavailable');
  await vi.waitUntil(() => !a.healthy() && !b.healthy(), WAIT);
  kill('SIGCONT');
  await insist(a, () => a.storeFinal(key, final(key.session, 0), []));
  expect(await next).toMatchObject([{ caption: { segment: 0 } }]);
  expect(await finalsOf(b)).toHaveLength(1);
});

test('after an outage owners come first: nothing is reaped for a whole grace time', async () => {
  const store = await node({ leaseMs: 1_000 });
  const { key } = await speak(store);
  shiftMs = 100_000;
  kill('SIGKILL');
  await vi.waitUntil(() => !store.healthy(), WAIT);
  await vi.waitUntil(() => store.healthy(), WAIT);
  expect(await store.reapSessions(60_000)).toEqual([]);
  expect(await store.renewLease(key)).toBe(true);
  shiftMs += 59_000;
  expect(await store.reapSessions(60_000)).toEqual([]);
  shiftMs += 3_000;
  expect(await store.reapSessions(60_000)).toHaveLength(1);
});

test('[INV1] what a node had claimed when it died is translated by another', async () => {
  const [dying, other] = await Promise.all([node(), node()]);
  const { key, request } = await speak(dying);
  await storeAll(dying, key, finals(key.session, 0, 3));
  await dying.close();
  const taken = await other.takeSession(request);
  await storeAll(other, taken.key, finals(key.session, 3, 5));
  for (const segment of [3, 4]) {
    await other.storeTranslation(ROOM, translated(final(key.session, segment), 'es'));
  }
  expect(await other.claimPending(ROOM, 10)).toEqual([]);
  shiftMs = 15_001;
  for (const { source, language } of await other.claimPending(ROOM, 10)) {
    await other.storeTranslation(ROOM, translated(source, language));
  }
  expect(await segmentsIn(other, 'es')).toEqual([0, 1, 2, 3, 4]);
});

test('a store closes while Redis is away and leaves nothing behind', async () => {
  const before = process.getActiveResourcesInfo().length;
  const store = await node();
  const iterator = follow(store);
  const waiting = iterator.next();
  await server.close();
  await vi.waitUntil(() => !store.healthy(), WAIT);
  await store.close();
  expect((await waiting).done).toBe(true);
  await vi.waitUntil(() => process.getActiveResourcesInfo().length < before, WAIT);
});

test('a first connection that does not come is refused by name, without the address', async () => {
  const redis = openConnection('redis://:hidden@127.0.0.1:1/0', 'commands');
  const error = await connectionReady(redis, 100).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'store_unavailable' });
  expect(String(error)).toContain('ECONNREFUSED');
  expect(String(error)).not.toContain('hidden');
  await closeConnection(redis);
});
