import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { encodeAudio } from '../../shared/audio-codec.ts';
import type { PlacedEntry } from '../../shared/captions.ts';
import type { WireError } from '../../shared/errors.ts';
import {
  PROTOCOL_VERSION,
  type Reply,
  SPEAK_NAMESPACE,
  WATCH_NAMESPACE,
} from '../../shared/protocol.ts';
import { burstPackets } from './audio/testing/opus-packets.ts';
import { disconnected, HostileClients } from './testing/hostile-clients.ts';
import {
  granted,
  refused,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from './testing/scripted-application.ts';
import { MAX_CONNECTS } from './transport/connect-limits.ts';
import { MAX_INVALID_MESSAGES } from './transport/requests.ts';

/** What clients do with a socket once they have one: a real server with small limits. */

const KEY = 'the-key-of-an-honest-speaker';
const MAX_CONNECTIONS = 20;
const MAX_VIEWERS = 3;
const PATIENCE = { timeout: 10_000 };
/** Of hundreds of changes at once, on a slow machine too. */
const FEW = 10;
const greeting = (token: string) => JSON.stringify({ protocol: PROTOCOL_VERSION, token });

let app: ScriptedApplication;
let hostile: HostileClients;
let rooms = 0;

beforeAll(async () => {
  app = await startScriptedApplication({
    ACCESS_KEY: KEY,
    TRUST_PROXY: ['loopback'],
    MAX_CONCURRENT_CONNECTIONS: MAX_CONNECTIONS,
    MAX_VIEWERS_PER_ROOM: MAX_VIEWERS,
    MAX_LIVE_SESSIONS: 1,
  });
  hostile = new HostileClients(app.application.url);
});
afterAll(() => app?.close());
afterEach(async () => {
  hostile.leave();
  // No place is lost to what was tried.
  await expect.poll(() => figure('connections'), PATIENCE).toBe(0);
  await slotFree();
});

const newRoom = () => {
  rooms += 1;
  return `room-${rooms}`;
};

async function figure(name: string): Promise<number> {
  const headers = { 'X-API-Key': KEY };
  const text = await (await fetch(`${app.application.url}/metrics`, { headers })).text();
  return Number(new RegExp(`^parlance_${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

const slotFree = () =>
  expect.poll(() => figure('slots_used\\{kind="decoding"\\}'), PATIENCE).toBe(0);

const speaker = () => hostile.client(SPEAK_NAMESPACE, KEY, '203.0.113.1');
const viewer = () => hostile.client(WATCH_NAMESPACE, KEY, '203.0.113.2');

/** An honest session. */
async function speaking(room: string) {
  const socket = await speaker();
  const request = startRequest(room);
  const begun = granted(await socket.emitWithAck('session:start', request));
  const { epoch, session, secret } = begun as { epoch: number; session: string; secret: string };
  let seq = 0;
  return {
    socket,
    resume: { room, session, secret, instance: request.instance },
    /** A second of tone and one of silence. */
    say: (): void => {
      const frames = burstPackets(100, (frame) => frame < 50);
      for (let at = 0; at < frames.length; at += 50) {
        const part = frames.slice(at, at + 50);
        socket.emit('session:audio', encodeAudio({ firstSeq: seq + at, epoch, frames: part }));
      }
      seq += frames.length;
    },
    stop: async () => granted(await socket.emitWithAck('session:stop', { endSeq: seq })),
  };
}

describe('a connection that is nowhere', () => {
  test('[INV4] joins the namespace that Socket.IO always has: it is refused by name, and closed', async () => {
    const talker = await hostile.talker('198.51.100.1');
    talker.say('0');
    await talker.over;
    expect(talker.heard).toEqual([expect.stringMatching(/^4\{.*invalid_message/)]);
  });

  test('[INV4] leaves the namespace that it has joined: it is closed', async () => {
    for (const namespace of [WATCH_NAMESPACE, SPEAK_NAMESPACE]) {
      const talker = await hostile.talker('198.51.100.2');
      talker.say(`0${namespace},${greeting(KEY)}`);
      await expect.poll(() => talker.heard[0], PATIENCE).toMatch(new RegExp(`^0${namespace},`));
      talker.say(`1${namespace},`);
      await talker.over;
    }
  });

  test.each([
    [WATCH_NAMESPACE, SPEAK_NAMESPACE],
    [WATCH_NAMESPACE, WATCH_NAMESPACE],
  ])('[INV4] joins %s and %s at once: one connection is one socket', async (one, other) => {
    const talker = await hostile.talker('198.51.100.5');
    talker.say(`0${one},${greeting(KEY)}`);
    talker.say(`0${other},${greeting(KEY)}`);
    await talker.over;
  });

  test('[INV4] guesses at tokens: it has a few guesses', async () => {
    const talker = await hostile.talker('198.51.100.3');
    const guesses = 200;
    for (let guess = 0; guess < guesses; guess += 1) {
      talker.say(`0${SPEAK_NAMESPACE},${greeting(`guess-${guess}`)}`);
    }
    await talker.over;
    const unauthorized = talker.heard.filter((packet) => packet.includes('"unauthorized"'));
    expect(unauthorized).toHaveLength(MAX_CONNECTS);
    expect(talker.heard.some((packet) => packet.includes('"rate_limited"'))).toBe(true);
  });
});

test('[INV4] whoever is told that the server is full gives its place back', async () => {
  const upTo = Math.floor(MAX_CONNECTIONS * 0.9);
  await Promise.all(Array.from({ length: upTo }, () => hostile.talker('198.51.100.4')));
  for (const [socket, event, request] of [
    [await speaker(), 'session:start', startRequest(newRoom())],
    [await viewer(), 'room:join', { room: newRoom(), language: 'es' }],
  ] as const) {
    const gone = disconnected(socket);
    expect(refused(await socket.emitWithAck(event, request)).code).toBe('server_full');
    expect(await gone).toBe('io server disconnect');
  }
});

describe('a speaker', () => {
  test('[INV4] resumes sessions that it has made up: no decoder is spent on it, then it is cut', async () => {
    // The only slot is taken: whoever asked for one would be told server_busy.
    const honest = await speaking(newRoom());
    const socket = await speaker();
    const gone = disconnected(socket);
    const codes: string[] = [];
    for (let guess = 0; guess <= MAX_INVALID_MESSAGES; guess += 1) {
      const resume = { ...honest.resume, secret: `guessed-secret-number-${guess}` };
      socket.emit('session:resume', resume, (reply: Reply<object>) =>
        codes.push(refused(reply).code),
      );
      await expect.poll(() => codes.length, PATIENCE).toBe(guess + 1);
    }
    await gone;
    expect(new Set(codes)).toEqual(new Set(['session_not_found']));
    honest.say();
    await honest.stop();
  });

  test('[INV4] begins sessions in a room that is over: no decoder is spent on it', async () => {
    const room = newRoom();
    const owner = await speaker();
    const { ownerSecret } = granted(await owner.emitWithAck('session:start', startRequest(room)));
    granted(await owner.emitWithAck('room:end', { room, ownerSecret, erase: false }));
    await slotFree();
    const other = await speaking(newRoom());
    const start = await (await speaker()).emitWithAck('session:start', startRequest(room));
    expect(refused(start).code).toBe('room_ended');
    await other.stop();
  });

  test('[INV4] guesses at the secret of a room: it is cut', async () => {
    const room = newRoom();
    await speaking(room);
    const socket = await speaker();
    const gone = disconnected(socket);
    for (let guess = 0; guess <= MAX_INVALID_MESSAGES; guess += 1) {
      socket.emit(
        'room:end',
        { room, ownerSecret: 'guessed-guessed-guessed', erase: true },
        () => {},
      );
    }
    await gone;
  });

  test('[INV4] changes languages again and again: all is answered, viewers hear it now and then', async () => {
    const room = newRoom();
    const { socket } = await speaking(room);
    const reader = await viewer();
    granted(await reader.emitWithAck('room:join', { room, language: 'en' }));
    const told: string[][] = [];
    reader.on('room:languages', (offers: { language: string }[]) =>
      told.push(offers.map(({ language }) => language)),
    );
    const changes = 300;
    const answers = await Promise.all(
      Array.from({ length: changes }, (_, at) => {
        const offers = at === changes - 1 ? ['ca'] : ['es'];
        return socket.emitWithAck('session:languages', { offers, reads: [] });
      }),
    );
    expect(answers.every((answer) => answer.ok)).toBe(true);
    // The newest holds, whatever came before.
    await expect.poll(() => told.at(-1), PATIENCE).toEqual(['en', 'ca']);
    expect(told.length).toBeLessThan(FEW);
    const late = granted(await (await viewer()).emitWithAck('room:join', { room, language: 'ca' }));
    expect(late.languages.map(({ language }: { language: string }) => language)).toEqual([
      'en',
      'ca',
    ]);
  });
});

describe('a viewer', () => {
  test('[INV4] changes its language again and again: one change at a time, the newest wins', async () => {
    const room = newRoom();
    const honest = await speaking(room);
    honest.say();
    await honest.stop();
    const socket = await viewer();
    granted(await socket.emitWithAck('room:join', { room, language: 'en' }));
    const changes = 500;
    const answers = await Promise.all(
      Array.from({ length: changes }, (_, at) =>
        socket.emitWithAck('room:language', { language: at % 2 === 0 ? 'en' : 'es' }),
      ),
    );
    const made = answers.flatMap((answer, at) => (answer.ok ? [at] : []));
    expect([made[0], made.at(-1)]).toEqual([0, changes - 1]);
    expect(made.length).toBeLessThan(FEW);
    const codes = answers.flatMap((answer) =>
      answer.ok ? [] : [(answer.error as WireError).code],
    );
    expect(new Set(codes)).toEqual(new Set(['rate_limited']));
    expect(socket.connected).toBe(true);
  });

  test('[INV4] joins and changes its language at once: no seat is left behind', async () => {
    const room = newRoom();
    for (let turn = 0; turn < 2 * MAX_VIEWERS; turn += 1) {
      const socket = await viewer();
      const joining = socket.emitWithAck('room:join', { room, language: 'xx' });
      const changing = socket.emitWithAck('room:language', { language: 'es' });
      expect(refused(await joining).code).toBe('language_unsupported');
      expect(refused(await changing).code).toBe('invalid_message');
      socket.disconnect();
    }
    for (let count = 0; count < MAX_VIEWERS; count += 1) {
      granted(await (await viewer()).emitWithAck('room:join', { room, language: 'es' }));
    }
  });

  test('leaves while it joins: no seat is left behind', async () => {
    const room = newRoom();
    for (let turn = 0; turn < 2 * MAX_VIEWERS; turn += 1) {
      const socket = await viewer();
      socket.emit('room:join', { room, language: 'es' }, () => {});
      socket.io.engine.close();
    }
    await expect.poll(() => figure('viewers'), PATIENCE).toBe(0);
    for (let count = 0; count < MAX_VIEWERS; count += 1) {
      granted(await (await viewer()).emitWithAck('room:join', { room, language: 'es' }));
    }
  });

  test('[INV3] that asked for a language nobody offers goes on reading its own', async () => {
    const room = newRoom();
    const honest = await speaking(room);
    const socket = await viewer();
    const texts: string[] = [];
    socket.on('record:entry', (entry: PlacedEntry) => {
      if (entry.type === 'final' && entry.caption.language === 'es') texts.push(entry.caption.text);
    });
    granted(await socket.emitWithAck('room:join', { room, language: 'es' }));
    const unknown = await socket.emitWithAck('room:language', { language: 'xx' });
    expect(refused(unknown).code).toBe('language_unsupported');
    honest.say();
    await honest.stop();
    await expect.poll(() => texts.filter((text) => text !== ''), PATIENCE).toHaveLength(1);
  });
});
