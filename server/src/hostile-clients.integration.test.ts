import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeAudio } from '../../shared/audio-codec.ts';
import type { PlacedEntry } from '../../shared/captions.ts';
import type { WireError } from '../../shared/errors.ts';
import { MAX_SOCKET_MESSAGE_BYTES } from '../../shared/limits.ts';
import { PROTOCOL_VERSION, SPEAK_NAMESPACE, WATCH_NAMESPACE } from '../../shared/protocol.ts';
import { ACCESS_KEY_ID } from './access/identity.ts';
import { signRoomToken, tokenSecret } from './access/room-tokens.ts';
import { burstPackets } from './audio/testing/opus-packets.ts';
import { collectGarbage } from './limits/collect-garbage.ts';
import { MAX_HEADER_BYTES } from './limits/server-limits.ts';
import { type PrivateRedis, startPrivateRedis } from './store/private-redis.ts';
import { closeConnection, connectionReady, openConnection } from './store/redis/connections.ts';
import { accessKeys, DEFAULT_KEY_PREFIX } from './store/redis/keys.ts';
import { closed, disconnected, HostileClients } from './testing/hostile-clients.ts';
import {
  granted,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from './testing/scripted-application.ts';
import { BYTES_BURST, MESSAGE_BURST } from './transport/message-limits.ts';
import { MAX_INVALID_MESSAGES } from './transport/requests.ts';

/** A real server with small limits; after each attack somebody speaks and is heard. */

const KEY = 'the-key-of-an-honest-speaker';
const MAX_CONNECTIONS = 40;
const NEWCOMERS_UP_TO = 36;
const PER_ADDRESS = 30;
const RATE_PER_ADDRESS = 50;
const PATIENCE = { timeout: 10_000 };
/** What attacks may leave behind in this process, clients included. */
const MAX_GROWTH_MB = 48;

let folder: string;
let redis: PrivateRedis;
let app: ScriptedApplication;
let hostile: HostileClients;
let heapBefore: number;
let rooms = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-hostile-'));
  redis = await startPrivateRedis({ dataFolder: folder });
  app = await startScriptedApplication({
    REDIS_URL: `unix:${redis.options.path}`,
    ACCESS_KEY: KEY,
    TRUST_PROXY: ['loopback'],
    MAX_CONCURRENT_CONNECTIONS: MAX_CONNECTIONS,
    MAX_CONNECTIONS_PER_ADDRESS: PER_ADDRESS,
    MAX_CONCURRENT_REQUESTS: 20,
    RATE_LIMIT_PER_ADDRESS: RATE_PER_ADDRESS,
    REQUEST_TIMEOUT: 1,
    SLOT_WAIT_MS: 20_000,
  });
  hostile = new HostileClients(app.application.url);
  await speakAndBeHeard();
  heapBefore = heapMb();
});
afterAll(async () => {
  await app?.close();
  await redis?.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  hostile.leave();
  await speakAndBeHeard();
  // What clients in this very process had still to send goes with their sockets.
  await expect.poll(() => heapMb() - heapBefore, PATIENCE).toBeLessThan(MAX_GROWTH_MB);
});

function heapMb(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}

const newRoom = () => {
  rooms += 1;
  return `room-${rooms}`;
};

/** An honest speaker, from an address of its own. */
async function speakAndBeHeard(): Promise<void> {
  const socket = await hostile.client(SPEAK_NAMESPACE, KEY, '203.0.113.1');
  const texts: string[] = [];
  socket.on('record:entry', (entry: PlacedEntry) => {
    if (entry.type === 'final' && entry.caption.text !== '') texts.push(entry.caption.text);
  });
  const { epoch } = granted(await socket.emitWithAck('session:start', startRequest(newRoom())));
  const speech = burstPackets(200, (frame) => frame >= 50 && frame < 150);
  for (let seq = 0; seq < speech.length; seq += 50) {
    const frames = speech.slice(seq, seq + 50);
    socket.emit('session:audio', encodeAudio({ firstSeq: seq, epoch, frames }));
  }
  granted(await socket.emitWithAck('session:stop', { endSeq: speech.length }));
  await vi.waitUntil(() => texts.length === 1, { timeout: 20_000 });
  socket.disconnect();
}

/** Signs in the server's own name, as nobody outside can. */
async function signed(room: string, role: 'speak' | 'watch', exp: number, secret?: string) {
  const connection = openConnection(redis.options, 'commands');
  await connectionReady(connection);
  const [, , , , signing = ''] = accessKeys(DEFAULT_KEY_PREFIX).all;
  const own = (await connection.get(signing)) ?? '';
  await closeConnection(connection);
  const claims = { room, role, exp };
  return await signRoomToken(
    tokenSecret(secret ?? own, ACCESS_KEY_ID, KEY),
    ACCESS_KEY_ID,
    claims,
    false,
  );
}
const inAnHour = () => Math.floor(Date.now() / 1000) + 3_600;

const codeOf = (answer: object) =>
  'error' in answer ? (answer.error as WireError).code : 'let in';

describe('before anybody is asked who they are', () => {
  test('[INV4] handshakes that never come to an end are cut, whatever they wait with', async () => {
    const slow = [
      '',
      'GET /api/v1/info HT',
      'GET /api/v1/info HTTP/1.1\r\nHost: x\r\nX-Slow: ',
      `GET /socket/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n`,
      'POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    ];
    const sockets = await Promise.all(
      slow.flatMap((text) => Array.from({ length: 4 }, () => hostile.connection(text))),
    );
    await Promise.all(sockets.map(closed));
  });

  test('[INV4] headers and addresses that are too long are refused', async () => {
    const long = 'x'.repeat(MAX_HEADER_BYTES);
    for (const text of [
      `GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ${long}\r\n\r\n`,
      `GET /${long} HTTP/1.1\r\nHost: x\r\n\r\n`,
    ]) {
      const socket = await hostile.connection(text);
      expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1.1 431 /);
    }
  });

  test('what is no HTTP at all is cut', async () => {
    for (const text of [
      '\u0016\u0003\u0001',
      'SSH-2.0-hello\r\n',
      `${'\0'.repeat(1_000)}\r\n\r\n`,
    ]) {
      await closed(await hostile.connection(text));
    }
  });

  test('[INV4] one address gets so many connections, by name, and others their own', async () => {
    const flood = [];
    for (let count = 0; count < PER_ADDRESS; count += 1) {
      flood.push(await hostile.handshake('198.51.100.1'));
    }
    expect(flood.map(codeOf)).toEqual(flood.map(() => 'let in'));
    const beyond = await hostile.handshake('198.51.100.1');
    expect(beyond).toMatchObject({ status: 429, error: { code: 'rate_limited' } });
    expect(codeOf(await hostile.handshake('198.51.100.2'))).toBe('let in');
  });

  test('[INV4] a full server refuses newcomers by name, and takes who resumes', async () => {
    const room = newRoom();
    const first = await hostile.client(SPEAK_NAMESPACE, KEY, '203.0.113.7');
    const request = startRequest(room);
    const { session, secret } = granted(await first.emitWithAck('session:start', request));
    first.disconnect();
    const fill = async (upTo: number) => {
      const addresses = Array.from({ length: upTo }, (_, at) => `198.51.100.${10 + (at % 3)}`);
      for (const address of addresses) {
        const answer = await hostile.handshake(address);
        if ('status' in answer) return answer;
      }
      return null;
    };
    expect(await fill(NEWCOMERS_UP_TO)).toBeNull();
    const newcomer = await hostile.client(SPEAK_NAMESPACE, KEY, '203.0.113.8');
    expect(await newcomer.emitWithAck('session:start', startRequest(newRoom()))).toMatchObject({
      ok: false,
      error: { code: 'server_full', retryable: true, retryAfterMs: expect.any(Number) },
    });
    const viewer = await hostile.client(WATCH_NAMESPACE, KEY, '203.0.113.9');
    expect(await viewer.emitWithAck('room:join', { room, language: 'es' })).toMatchObject({
      error: { code: 'server_full' },
    });
    const back = await hostile.client(SPEAK_NAMESPACE, KEY, '203.0.113.7');
    const resume = { room, session, secret, instance: request.instance };
    granted(await back.emitWithAck('session:resume', resume));
    expect(await fill(MAX_CONNECTIONS)).toMatchObject({
      status: 503,
      retryAfter: '10',
      error: { code: 'server_full' },
    });
    hostile.leave();
    // Its places come back as the server hears of the ends.
    await expect.poll(async () => codeOf(await hostile.handshake('198.51.100.99'))).toBe('let in');
    await expect.poll(metric('parlance_connections')).toBeLessThan(5);
  });

  test('pages of other origins are refused, pages of this server and programs are not', async () => {
    const { host } = new URL(app.application.url);
    const from = async (origin: string) =>
      codeOf(await hostile.handshake('198.51.100.3', { Origin: origin }));
    expect(await from('https://evil.example')).toBe('origin_refused');
    expect(await from('null')).toBe('origin_refused');
    expect(await from(`http://${host}`)).toBe('let in');
    expect(codeOf(await hostile.handshake('198.51.100.3'))).toBe('let in');
  });
});

describe('over HTTP', () => {
  test('[INV4] a flood of requests is refused by name, health is told all the same', async () => {
    const headers = { 'X-Forwarded-For': '198.51.100.20' };
    const ask = (path: string) => fetch(app.application.url + path, { headers });
    const answers = [];
    for (let count = 0; count < RATE_PER_ADDRESS + 5; count += 1) {
      answers.push((await ask('/api/v1/info')).status);
    }
    expect(answers).toEqual(answers.map((_, at) => (at < RATE_PER_ADDRESS ? 200 : 429)));
    const refused = await ask('/api/v1/info');
    expect(refused.headers.get('ratelimit-policy')).toBe(`"address";q=${RATE_PER_ADDRESS};w=60`);
    expect(refused.headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: 'rate_limited' } });
    expect((await ask('/health')).status).toBe(200);
    const keyed = { ...headers, 'X-API-Key': KEY };
    expect((await fetch(`${app.application.url}/api/v1/info`, { headers: keyed })).status).toBe(
      200,
    );
  });

  test('[INV4] bodies that are too large, or grow when they are unpacked, are refused', async () => {
    const post = (body: Buffer | string, headers: Record<string, string> = {}) =>
      fetch(`${app.application.url}/api/v1/tokens`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-API-Key': KEY, ...headers },
        body: new Uint8Array(Buffer.from(body)),
      });
    const bomb = gzipSync(Buffer.alloc(50 * 2 ** 20, 32));
    expect((await post(bomb, { 'Content-Encoding': 'gzip' })).status).toBe(415);
    expect((await post(`"${'x'.repeat(100_000)}"`)).status).toBe(413);
    expect((await post('['.repeat(4_000))).status).toBe(400);
  });
});

describe('a client that is let in', () => {
  test('[INV4] sends a flood of messages: it is told why, and cut', async () => {
    const socket = await hostile.client(SPEAK_NAMESPACE, KEY, '198.51.100.30');
    const errors: WireError[] = [];
    socket.on('session:error', (error: WireError) => errors.push(error));
    const gone = disconnected(socket);
    for (let count = 0; count < 2 * MESSAGE_BURST; count += 1) socket.emit('nothing', {});
    await gone;
    expect(errors.at(-1)).toMatchObject({ code: 'rate_limited', retryable: true });
  });

  test('[INV4] sends a flood of bytes: it is cut', async () => {
    const socket = await hostile.client(WATCH_NAMESPACE, KEY, '198.51.100.31');
    const gone = disconnected(socket);
    const large = 'x'.repeat(MAX_SOCKET_MESSAGE_BYTES / 2);
    for (let sent = 0; sent < 2 * BYTES_BURST; sent += large.length) socket.emit('nothing', large);
    await gone;
  });

  test('[INV4] sends one message that is larger than any may be: it is cut', async () => {
    const socket = await hostile.client(SPEAK_NAMESPACE, KEY, '198.51.100.32');
    const gone = disconnected(socket);
    socket.emit('session:audio', Buffer.alloc(2 * MAX_SOCKET_MESSAGE_BYTES));
    await gone;
  });

  test.each([
    ['no packet', 'x'],
    ['an unfinished event', '2/speak,["session:start"'],
    ['a namespace that is not there', '0/nowhere,{}'],
    ['a namespace joined again', `0/speak,{"protocol":${PROTOCOL_VERSION}}`],
    [
      'an event with attachments that never come',
      '5999999-/speak,["session:audio",{"_placeholder":true,"num":0}]',
    ],
    ['attachments out of nowhere', '51-/speak,["session:audio",{"_placeholder":true,"num":99}]'],
    [
      'a structure that is very deep',
      `2/speak,["nothing",${'['.repeat(50_000)}${']'.repeat(50_000)}]`,
    ],
    ['reserved names', '2/speak,["disconnect","now"]'],
    [
      'names of an object’s own',
      '2/speak,1["session:start",{"__proto__":{"room":"x"},"constructor":1}]',
    ],
  ])('sends %s: it harms only itself', async (_name, packet) => {
    const socket = await hostile.client(SPEAK_NAMESPACE, KEY, '198.51.100.33');
    const { engine } = socket.io;
    engine.write(packet);
    // Whatever was made of it, the next is answered, or the connection is over.
    const outcome = await socket
      .timeout(10_000)
      .emitWithAck('session:start', { room: 'Nonsense' })
      .catch((error: unknown) => {
        if (socket.connected) throw error;
        return { error: { code: 'cut' } };
      });
    expect(['cut', 'invalid_message']).toContain(codeOf(outcome));
  });

  test.each([
    ['random bytes', Buffer.from(Array.from({ length: 500 }, (_, at) => (at * 7919) % 256))],
    // A final text frame that says it is compressed (RSV1), which nobody agreed to; masked.
    ['a compressed message', Buffer.from([0xc1, 0x85, 0, 0, 0, 0, 1, 2, 3, 4, 5])],
    ['a frame of 2^62 bytes', Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['a frame without a mask', Buffer.from([0x81, 0x01, 0x34])],
  ])('[INV4] speaks WebSocket wrongly, %s: it is cut', async (_name, bytes) => {
    const answer = await hostile.handshake('198.51.100.34');
    if (!('socket' in answer)) throw new Error('Expected an open WebSocket, got a refusal.');
    answer.socket.write(bytes);
    await closed(answer.socket);
  });

  test('[INV4] only asks for nonsense: each is refused by name, then it is cut', async () => {
    for (const [namespace, event] of [
      [SPEAK_NAMESPACE, 'session:start'],
      [WATCH_NAMESPACE, 'room:join'],
    ] as const) {
      const socket = await hostile.client(namespace, KEY, '198.51.100.35');
      const gone = disconnected(socket);
      const codes: string[] = [];
      for (let count = 0; count <= MAX_INVALID_MESSAGES + 5; count += 1) {
        socket.emit(event, { nonsense: count }, (reply: object) => codes.push(codeOf(reply)));
      }
      await gone;
      expect(codes.length).toBeGreaterThan(MAX_INVALID_MESSAGES);
      expect(new Set(codes)).toEqual(new Set(['invalid_message']));
    }
  });
});

describe('tokens', () => {
  const refusedWith = (connecting: Promise<unknown>) =>
    connecting.then(
      () => 'let in',
      (error: WireError) => error.code,
    );

  test('forged, expired, altered and empty ones let nobody in', async () => {
    const room = newRoom();
    const genuine = await signed(room, 'speak', inAnHour());
    const [header = '', claims = '', signature = ''] = genuine.split('.');
    const none = Buffer.from('{"alg":"none","kid":"access-key"}').toString('base64url');
    const forged = {
      'another secret': await signed(room, 'speak', inAnHour(), 'guessed'),
      'no algorithm': `${none}.${claims}.`,
      'no signature': `${header}.${claims}.`,
      'other claims': `${header}.${Buffer.from(`{"room":"${room}","role":"speak","exp":9999999999}`).toString('base64url')}.${signature}`,
      'a key that begins alike': KEY.slice(0, -1),
      nothing: '',
    };
    const codes = Object.fromEntries(
      await Promise.all(
        Object.entries(forged).map(async ([name, token]) => [
          name,
          await refusedWith(hostile.client(SPEAK_NAMESPACE, token, '198.51.100.40')),
        ]),
      ),
    );
    expect(codes).toEqual(
      Object.fromEntries(Object.keys(forged).map((name) => [name, 'unauthorized'])),
    );
    const speaker = await hostile.client(SPEAK_NAMESPACE, genuine, '198.51.100.40');
    granted(await speaker.emitWithAck('session:start', startRequest(room)));
    const expired = await signed(room, 'speak', 1_000_000_000);
    const late = await refusedWith(
      hostile
        .client(SPEAK_NAMESPACE, expired, '198.51.100.40')
        .then((socket) => socket.emitWithAck('session:start', startRequest(room)))
        .then((reply) => Promise.reject(reply.error)),
    );
    expect(late).toBe('token_expired');
  });

  test('a token of another room, or for reading, opens nothing else', async () => {
    const [own, other] = [newRoom(), newRoom()];
    const speaks = await signed(own, 'speak', inAnHour());
    const reads = await signed(own, 'watch', inAnHour());
    const start = async (token: string, room: string) =>
      await refusedWith(
        hostile
          .client(SPEAK_NAMESPACE, token, '198.51.100.41')
          .then((socket) => socket.emitWithAck('session:start', startRequest(room)))
          .then((reply) => (reply.ok ? reply : Promise.reject(reply.error))),
      );
    expect(['unauthorized', 'forbidden']).toContain(await start(speaks, other));
    expect(['unauthorized', 'forbidden']).toContain(await start(reads, own));
    expect(await start(speaks, own)).toBe('let in');
    const viewer = await hostile.client(WATCH_NAMESPACE, reads, '198.51.100.41');
    const join = await viewer.emitWithAck('room:join', { room: other, language: 'es' });
    expect(['unauthorized', 'forbidden']).toContain(codeOf(join));
    granted(await viewer.emitWithAck('room:join', { room: own, language: 'es' }));
  });
});

test('[INV4] a server without memory refuses newcomers by name, speakers and viewers', async () => {
  const poor = await startScriptedApplication({ MEMORY_LIMIT_MB: 1 });
  try {
    const speaker = await poor.speaker().emitWithAck('session:start', startRequest('poor'));
    const viewer = await poor.viewer().emitWithAck('room:join', { room: 'poor', language: 'es' });
    for (const reply of [speaker, viewer]) {
      expect(reply).toMatchObject({ ok: false, error: { code: 'server_full', retryable: true } });
    }
    expect((await fetch(`${poor.application.url}/health`)).status).toBe(200);
  } finally {
    await poor.close();
  }
});

/** Reads a gauge of the server. */
function metric(name: string): () => Promise<number> {
  return async () => {
    const headers = { 'X-API-Key': KEY };
    const text = await (await fetch(`${app.application.url}/metrics`, { headers })).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  };
}
