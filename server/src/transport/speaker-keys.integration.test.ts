import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '../../../shared/protocol.ts';
import { formatApiKey, hashKeySecret, newApiKey } from '../access/api-key.ts';
import type { KeyStore } from '../access/key-store.ts';
import { createRedisKeyStore } from '../access/redis-key-store.ts';
import {
  granted,
  refused,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';

/** A node with a single slot: whoever asked for a decoder beside a session would be told server_busy. */

let own: TestRedis;
let redis: Redis;
let keys: KeyStore;
let app: ScriptedApplication;

beforeAll(async () => {
  own = await startTestRedis();
  ({ redis } = own);
  keys = createRedisKeyStore({ redis });
  app = await startScriptedApplication({
    REDIS_URL: `unix:${own.server.options.path}`,
    MAX_LIVE_SESSIONS: 1,
  });
});
afterAll(async () => {
  await app?.close();
  await own.close();
});

let names = 0;
async function makeKey(): Promise<{ id: string; key: string }> {
  names += 1;
  const made = newApiKey();
  await keys.create({
    id: made.id,
    secretHash: hashKeySecret(made.secret),
    name: `key-${names}`,
    scopes: ['speak'],
    limits: { maxSessions: 1 },
    createdAtMs: Date.now(),
    expiresAtMs: null,
  });
  return { id: made.id, key: formatApiKey(made) };
}

const speaker = (key: string) => app.speaker({ protocol: PROTOCOL_VERSION, token: key });
const told = (socket: ReturnType<typeof speaker>, event: 'disconnect' | 'session:ended') =>
  new Promise<unknown>((resolve) => socket.once(event as never, resolve as never));

test('[INV4] a key with as many sessions as it may have is told so before it takes a decoder', async () => {
  const [first, second] = [await makeKey(), await makeKey()];
  const socket = speaker(first.key);
  granted(await socket.emitWithAck('session:start', startRequest('one')));
  const again = await speaker(first.key).emitWithAck('session:start', startRequest('one'));
  expect(refused(again).code).toBe('too_many_sessions');
  // One that gets no decoder does not count: its key may begin another as soon as there is room.
  const other = speaker(second.key);
  const busy = await other.emitWithAck('session:start', startRequest('two'));
  expect(refused(busy).code).toBe('server_busy');
  granted(await socket.emitWithAck('session:stop', { endSeq: 0 }));
  granted(await other.emitWithAck('session:start', startRequest('two')));
  granted(await other.emitWithAck('session:stop', { endSeq: 0 }));
});

test('a revoked key ends the sessions that began with it, and lets go of those of other keys', async () => {
  const [begins, resumes, later] = [await makeKey(), await makeKey(), await makeKey()];
  const first = speaker(begins.key);
  const request = startRequest('handed-on');
  const { session, secret } = granted(await first.emitWithAck('session:start', request));
  const resume = { room: request.room, session, secret, instance: request.instance };
  first.disconnect();
  const second = speaker(resumes.key);
  await expect.poll(async () => (await second.emitWithAck('session:resume', resume)).ok).toBe(true);
  let ended = false;
  second.on('session:ended', () => {
    ended = true;
  });
  const dropped = told(second, 'disconnect');
  await keys.revoke(resumes.id, Date.now(), false);
  await dropped;
  expect(ended).toBe(false);
  const third = speaker(later.key);
  await expect.poll(async () => (await third.emitWithAck('session:resume', resume)).ok).toBe(true);
  const over = told(third, 'session:ended');
  await keys.revoke(begins.id, Date.now(), false);
  expect(await over).toMatchObject({ session, error: { code: 'key_revoked' } });
});
