import { Writable } from 'node:stream';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRoomLink } from '../../../client/src/live/room-link.ts';
import type { WireError } from '../../../shared/errors.ts';
import { PROTOCOL_VERSION, type ServerInfo } from '../../../shared/protocol.ts';
import type { RoomTokenAnswer } from '../../../shared/room-tokens.ts';
import { accessKeys, DEFAULT_KEY_PREFIX } from '../store/redis/keys.ts';
import {
  granted,
  refused,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { startTestRedis, type TestRedis } from '../testing/test-redis.ts';
import { formatApiKey, hashKeySecret, newApiKey } from './api-key.ts';
import type { KeyLimits, Scope, TokenRole } from './identity.ts';
import type { KeyStore } from './key-store.ts';
import { createRedisKeyStore } from './redis-key-store.ts';
import { signRoomToken, tokenSecret } from './room-tokens.ts';

/** Two nodes with real sockets on one real Redis; keys are made as the command makes them. */

let own: TestRedis;
let redis: Redis;
let store: KeyStore;
let a: ScriptedApplication;
let b: ScriptedApplication;
let logged = '';
/** What must be in no log and no metric. */
const secrets: string[] = [];

beforeAll(async () => {
  own = await startTestRedis();
  ({ redis } = own);
  store = createRedisKeyStore({ redis });
  const out = new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  });
  const settings = { REDIS_URL: `unix:${own.server.options.path}`, MAX_LIVE_SESSIONS: 8 };
  const node = () =>
    startScriptedApplication(settings, {}, undefined, { log: pino({ level: 'trace' }, out) });
  [a, b] = await Promise.all([node(), node()]);
});

afterAll(async () => {
  await Promise.all([a?.close(), b?.close()]);
  await own.close();
});

let names = 0;
const newName = (): string => {
  names += 1;
  return `name-${names}`;
};

async function makeKey(
  scopes: readonly Scope[] = ['speak', 'watch', 'tokens'],
  limits: KeyLimits = {},
): Promise<{ id: string; key: string }> {
  const made = newApiKey();
  const secretHash = hashKeySecret(made.secret);
  const name = newName();
  const times = { createdAtMs: Date.now(), expiresAtMs: null };
  await store.create({ id: made.id, secretHash, name, scopes, limits, ...times });
  secrets.push(made.secret, secretHash);
  return { id: made.id, key: formatApiKey(made) };
}

const auth = (token?: string) => ({
  protocol: PROTOCOL_VERSION,
  ...(token === undefined ? {} : { token }),
});

/** Asks over HTTP for a token, and returns status and body. */
async function askToken(
  node: ScriptedApplication,
  headers: Record<string, string>,
  body: unknown,
): Promise<{ status: number; headers: Headers; body: RoomTokenAnswer & { error?: WireError } }> {
  const answer = await fetch(`${node.application.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const told = (await answer.json()) as RoomTokenAnswer & { error?: WireError };
  return { status: answer.status, headers: answer.headers, body: told };
}

async function roomToken(key: string, room: string, role: TokenRole): Promise<string> {
  const { status, body } = await askToken(a, { 'x-api-key': key }, { room, role, seconds: 60 });
  expect(status).toBe(201);
  secrets.push(body.token);
  return body.token;
}

/** A token whose time was over a minute ago. */
async function oldToken(id: string, room: string, role: TokenRole): Promise<string> {
  const { signingSecret = '' } = (await store.read(null)) ?? {};
  const exp = Math.floor(Date.now() / 1000) - 60;
  return await signRoomToken(tokenSecret(signingSecret, id), id, { room, role, exp }, true);
}

type Socket = ReturnType<ScriptedApplication['speaker'] | ScriptedApplication['viewer']>;

/** Null where the handshake is let through, else the error that it was refused with. */
async function handshake(socket: Socket): Promise<WireError | null> {
  const refusal = told<Error & { data?: WireError }>(socket, 'connect_error');
  return await Promise.race([
    told(socket, 'connect').then(() => null),
    refusal.then(({ data }) => data ?? null),
  ]);
}

async function speaking(node: ScriptedApplication, room: string, token: string) {
  const socket = node.speaker(auth(token));
  const request = startRequest(room);
  const session = granted(await socket.emitWithAck('session:start', request));
  const resume = {
    ...{ room, session: session.session, secret: session.secret },
    instance: request.instance,
  };
  return { socket, session, resume };
}

const told = <T>(socket: Socket, event: string): Promise<T> =>
  new Promise((resolve) => {
    (socket as { once(event: string, listener: (payload: T) => void): void }).once(event, resolve);
  });

test('on loopback everybody may speak, until the first key is made: then on every node at once', async () => {
  const before = a.speaker(auth());
  granted(await before.emitWithAck('session:start', startRequest(newName())));
  const info = async (node: ScriptedApplication) => {
    const answer = await fetch(`${node.application.url}/api/v1/info`);
    return ((await answer.json()) as ServerInfo).keyRequired;
  };
  expect(await info(b)).toBe(false);
  const open = await askToken(a, {}, { room: newName(), role: 'watch', seconds: 60 });
  expect(open.body.error?.code).toBe('keys_required');
  await makeKey();
  for (const node of [a, b]) {
    await expect.poll(() => info(node)).toBe(true);
    expect((await handshake(node.speaker(auth())))?.code).toBe('unauthorized');
  }
  // Who spoke already goes on.
  granted(await before.emitWithAck('session:languages', { offers: [], reads: [] }));
  before.disconnect();
});

test('a server that others would reach does not start without a key', async () => {
  const starting = startScriptedApplication({ HOST: '0.0.0.0' });
  await expect(starting).rejects.toMatchObject({ code: 'keys_required' });
});

describe('a token for a browser', () => {
  test('speaks, and brings a link that watches and nothing else', async () => {
    const { key } = await makeKey();
    const room = newName();
    const asked = await askToken(
      b,
      { authorization: `Bearer ${key}` },
      {
        ...{ room, role: 'speak' },
        seconds: 600,
      },
    );
    expect(asked.status).toBe(201);
    expect(asked.headers.get('cache-control')).toBe('no-store');
    const link = parseRoomLink(a.application.url + asked.body.link);
    expect(link).toEqual({ kind: 'speak', url: a.application.url, room, token: asked.body.token });
    const { session } = await speaking(a, room, asked.body.token);
    const watch = session.watchToken ?? '';
    secrets.push(asked.body.token, watch);
    const viewer = b.viewer(auth(watch));
    const joined = granted(await viewer.emitWithAck('room:join', { room, language: 'en' }));
    expect(joined.speakers).toHaveLength(1);
    expect((await handshake(b.speaker(auth(watch))))?.code).toBe('forbidden');
    const other = b.viewer(auth(watch));
    const elsewhere = await other.emitWithAck('room:join', { room: newName(), language: 'en' });
    expect(refused(elsewhere).code).toBe('forbidden');
  });

  test('is for its room and its role, whoever shows it', async () => {
    const { key } = await makeKey();
    const [room, other] = [newName(), newName()];
    const token = await roomToken(key, room, 'speak');
    const socket = a.speaker(auth(token));
    const start = await socket.emitWithAck('session:start', startRequest(other));
    expect(refused(start).code).toBe('forbidden');
    const watching = await roomToken(key, room, 'watch');
    expect((await handshake(a.speaker(auth(watching))))?.code).toBe('forbidden');
    const viewer = a.viewer(auth(watching));
    const joined = granted(await viewer.emitWithAck('room:join', { room, language: 'en' }));
    secrets.push(joined.returnToken ?? '');
    const back = b.viewer(auth(joined.returnToken));
    const again = granted(await back.emitWithAck('room:join', { room, language: 'en' }));
    expect(again.returnToken).toBeUndefined();
  });

  test.each([
    ['no room', { role: 'watch', seconds: 60 }],
    ['a room that is a path', { room: '../x', role: 'watch', seconds: 60 }],
    ['another role', { room: 'r', role: 'operate', seconds: 60 }],
    ['too short a time', { room: 'r', role: 'watch', seconds: 9 }],
    ['too long a time', { room: 'r', role: 'watch', seconds: 86_401 }],
    ['half a second', { room: 'r', role: 'watch', seconds: 60.5 }],
    ['more than was asked for', { room: 'r', role: 'watch', seconds: 60, key: 'secretive' }],
    ['no JSON', '{"room": "secretive'],
    ['too much of it', JSON.stringify({ room: 'r'.repeat(5_000) })],
    ['a list', []],
  ])('is not made for a request with %s', async (_name, body) => {
    const { key } = await makeKey();
    const answer = await askToken(a, { 'x-api-key': key }, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body.error?.code).toBe('invalid_message');
    expect(JSON.stringify(answer.body)).not.toContain('secretive');
  });

  test('is made for nobody without a key for it, and the answer says what is missing', async () => {
    const body = { room: newName(), role: 'watch', seconds: 60 };
    const without = await askToken(a, {}, body);
    expect(without.status).toBe(401);
    expect(without.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(without.body.error?.code).toBe('unauthorized');
    const { key } = await makeKey(['speak', 'operate']);
    const other = await askToken(b, { 'x-api-key': key }, body);
    expect(other.status).toBe(403);
    expect(other.body.error?.code).toBe('forbidden');
    const long = await askToken(b, { 'x-api-key': 'k'.repeat(5_000) }, body);
    expect(long.status).toBe(401);
  });

  test('that has run out begins nothing, but resumes what runs, and may end its room', async () => {
    const { key, id } = await makeKey();
    const room = newName();
    const { socket, session, resume } = await speaking(
      a,
      room,
      await roomToken(key, room, 'speak'),
    );
    socket.disconnect();
    const token = await oldToken(id, room, 'speak');
    const later = b.speaker(auth(token));
    const anew = await later.emitWithAck('session:start', startRequest(room));
    expect(refused(anew).code).toBe('token_expired');
    const terms = { room, ownerSecret: session.ownerSecret ?? '', glossary: [] };
    expect(refused(await later.emitWithAck('room:glossary', terms)).code).toBe('token_expired');
    granted(await later.emitWithAck('session:resume', resume));
    granted(await later.emitWithAck('room:glossary', terms));
    const elsewhere = b.speaker(auth(await oldToken(id, newName(), 'speak')));
    expect(refused(await elsewhere.emitWithAck('session:resume', resume)).code).toBe(
      'token_expired',
    );
    const viewer = b.viewer(auth(await oldToken(id, room, 'watch')));
    const join = await viewer.emitWithAck('room:join', { room, language: 'en' });
    expect(refused(join).code).toBe('token_expired');
    const ending = a.speaker(auth(token));
    const { ownerSecret } = terms;
    granted(await ending.emitWithAck('room:end', { room, ownerSecret, erase: true }));
  });
});

describe('a revoked key', () => {
  test.each([
    ['by the news of it', (id: string) => store.revoke(id, Date.now(), false)],
    [
      'where the news of it was lost',
      async (id: string) => {
        const [, revoked = '', , version = ''] = accessKeys(DEFAULT_KEY_PREFIX).all;
        await redis.multi().hset(revoked, id, Date.now()).incr(version).exec();
      },
    ],
  ])('ends its sessions and sends its viewers away on every node, %s', async (_name, revoke) => {
    const { key, id } = await makeKey();
    const room = newName();
    const speaker = await speaking(a, room, await roomToken(key, room, 'speak'));
    const direct = await speaking(b, newName(), key);
    const idle = b.speaker(auth(key));
    await handshake(idle);
    const viewer = b.viewer(auth(await roomToken(key, room, 'watch')));
    granted(await viewer.emitWithAck('room:join', { room, language: 'en' }));
    const bystander = await speaking(b, newName(), (await makeKey()).key);
    const ends = [speaker, direct].map(({ socket }) =>
      told<{ error?: WireError }>(socket, 'session:ended'),
    );
    const gone = [speaker, direct].map(({ socket }) => told(socket, 'disconnect'));
    const sentAway = told<WireError>(viewer, 'viewer:closed');
    const dropped = [told(idle, 'disconnect'), told(viewer, 'disconnect')];
    await revoke(id);
    for (const { error } of await Promise.all(ends)) {
      expect(error).toMatchObject({ code: 'key_revoked', retryable: false });
    }
    expect(await sentAway).toMatchObject({ code: 'key_revoked', retryable: false });
    await Promise.all([...gone, ...dropped]);
    expect((await handshake(b.speaker(auth(key))))?.code).toBe('key_revoked');
    // It does not come back by its own secret either.
    const { key: another } = await makeKey();
    const again = b.speaker(auth(another));
    const back = await again.emitWithAck('session:resume', speaker.resume);
    expect(refused(back).code).toBe('session_ended');
    granted(await bystander.socket.emitWithAck('session:languages', { offers: [], reads: [] }));
    bystander.socket.disconnect();
  });

  test('ends a session whose client was away just then, when it comes back', async () => {
    const { key, id } = await makeKey();
    const { socket, resume } = await speaking(a, newName(), key);
    socket.disconnect();
    await store.revoke(id, Date.now(), true);
    const again = b.speaker(auth((await makeKey()).key));
    const first = await again.emitWithAck('session:resume', resume);
    expect(refused(first).code).toBe('key_revoked');
    const second = await again.emitWithAck('session:resume', resume);
    expect(refused(second).code).toBe('session_ended');
  });
});

test('[INV4] a key has at most so many sessions in the cluster; what runs may always resume', async () => {
  const { key } = await makeKey(['speak', 'tokens'], { maxSessions: 1 });
  const room = newName();
  const { socket, resume } = await speaking(a, room, key);
  const second = b.speaker(auth(await roomToken(key, room, 'speak')));
  const refusal = refused(await second.emitWithAck('session:start', startRequest(room)));
  expect(refusal).toMatchObject({ code: 'too_many_sessions', retryable: true });
  expect(refusal).toHaveProperty('retryAfterMs');
  socket.disconnect();
  // It was left, not ended: its place is kept for it.
  const third = await second.emitWithAck('session:start', startRequest(room));
  expect(refused(third).code).toBe('too_many_sessions');
  const again = b.speaker(auth(key));
  granted(await again.emitWithAck('session:resume', resume));
  granted(await again.emitWithAck('session:stop', { endSeq: 0 }));
  await expect
    .poll(async () => (await second.emitWithAck('session:start', startRequest(room))).ok)
    .toBe(true);
  second.disconnect();
});

test('[INV7] no key, token or hash of one is in a log or a metric', async () => {
  const { key, id } = await makeKey();
  const forged = `parlance_${id}_${'x'.repeat(43)}`;
  secrets.push('x'.repeat(43), 'bad.token.here');
  for (const token of [key, forged, 'bad.token.here']) {
    await handshake(a.speaker(auth(token)));
    await askToken(a, { authorization: `Bearer ${token}` }, { room: 'r', role: 'watch' });
  }
  const metrics = await (
    await fetch(`${a.application.url}/metrics`, { headers: { 'x-api-key': key } })
  ).text();
  expect(logged).toContain('request');
  expect(secrets.length).toBeGreaterThan(20);
  for (const secret of secrets) {
    expect(logged).not.toContain(secret);
    expect(metrics).not.toContain(secret);
  }
});
