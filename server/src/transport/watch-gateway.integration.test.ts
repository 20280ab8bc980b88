import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeAudio } from '../../../shared/audio-codec.ts';
import type { PlacedEntry } from '../../../shared/captions.ts';
import { burstPackets } from '../audio/testing/opus-packets.ts';
import {
  granted,
  refused,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';

const KEY = 'a-key-that-is-long-enough';
let app: ScriptedApplication;
let locked: ScriptedApplication;
beforeAll(async () => {
  [app, locked] = await Promise.all([
    startScriptedApplication({ MAX_VIEWERS_PER_ROOM: 3 }),
    startScriptedApplication({ ACCESS_KEY: KEY }),
  ]);
});
afterAll(() => Promise.all([app.close(), locked.close()]));

/** One second of tone and one of silence: one segment. */
const sentence = burstPackets(100, (frame) => frame < 50);

async function speaking(room: string) {
  const socket = app.speaker();
  const { epoch } = granted(await socket.emitWithAck('session:start', startRequest(room)));
  let seq = 0;
  return {
    socket,
    say: async (): Promise<void> => {
      for (let at = 0; at < sentence.length; at += 50) {
        const frames = sentence.slice(at, at + 50);
        socket.emit('session:audio', encodeAudio({ firstSeq: seq, epoch, frames }));
        seq += frames.length;
        await new Promise<void>((resolve) => {
          const onReceived = (ack: { seq: number }): void => {
            if (ack.seq < seq) return;
            socket.off('session:received', onReceived);
            resolve();
          };
          socket.on('session:received', onReceived);
        });
      }
    },
    stop: async () => granted(await socket.emitWithAck('session:stop', { endSeq: seq })),
  };
}

const shown = (entries: readonly PlacedEntry[], language: string) =>
  entries.flatMap((entry) =>
    entry.type === 'final' && entry.caption.language === language && entry.caption.text !== ''
      ? [`${entry.caption.segment}: ${entry.caption.text.slice(0, 4)}`]
      : [],
  );

test('[INV3] a late viewer reads what was said before, translated, and then what is said now', async () => {
  const speaker = await speaking('late');
  await speaker.say();
  await speaker.say();
  const viewer = app.viewer();
  const entries: PlacedEntry[] = [];
  viewer.on('record:entry', (entry) => entries.push(entry));
  const joined = granted(await viewer.emitWithAck('room:join', { room: 'late', language: 'es' }));
  entries.unshift(...joined.history);
  expect(joined.languages.map((offer) => offer.language)).toEqual(['en', 'es']);
  await speaker.say();
  await speaker.stop();
  await expect.poll(() => shown(entries, 'es')).toEqual(['0: [es]', '1: [es]', '2: [es]']);
  expect(shown(entries, 'en')).toEqual(['0: word', '1: word', '2: word']);
});

test('[INV3] a viewer that returns with its cursor misses nothing and gets nothing twice', async () => {
  const speaker = await speaking('return');
  const first = app.viewer();
  const before: PlacedEntry[] = [];
  first.on('record:entry', (entry) => before.push(entry));
  const join = { room: 'return', language: 'es' };
  before.push(...granted(await first.emitWithAck('room:join', join)).history);
  await speaker.say();
  await expect.poll(() => shown(before, 'es')).toHaveLength(1);
  first.disconnect();
  await speaker.say();
  await speaker.stop();
  const second = app.viewer();
  const after: PlacedEntry[] = [];
  second.on('record:entry', (entry) => after.push(entry));
  const cursor = before.at(-1)?.cursor ?? '0-0';
  const { history } = granted(await second.emitWithAck('room:join', { ...join, after: cursor }));
  after.unshift(...history);
  await expect.poll(() => shown([...before, ...after], 'es')).toEqual(['0: [es]', '1: [es]']);
  const cursors = [...before, ...after].map((entry) => entry.cursor);
  expect(new Set(cursors).size).toBe(cursors.length);
});

test('a viewer changes its language in mid-room', async () => {
  const speaker = await speaking('change');
  const viewer = app.viewer();
  const entries: PlacedEntry[] = [];
  viewer.on('record:entry', (entry) => entries.push(entry));
  granted(await viewer.emitWithAck('room:join', { room: 'change', language: 'en' }));
  await speaker.say();
  granted(await viewer.emitWithAck('room:language', { language: 'es' }));
  await speaker.stop();
  await expect.poll(() => shown(entries, 'es')).toEqual(['0: [es]']);
  const unknown = await viewer.emitWithAck('room:language', { language: 'xx' });
  expect(refused(unknown).code).toBe('language_unsupported');
});

test('joining a room that nobody has spoken in yet, and then hearing of its speaker', async () => {
  const viewer = app.viewer();
  const entries: PlacedEntry[] = [];
  viewer.on('record:entry', (entry) => entries.push(entry));
  const joined = granted(await viewer.emitWithAck('room:join', { room: 'early', language: 'es' }));
  expect(joined.speakers).toEqual([]);
  const speaker = await speaking('early');
  await speaker.say();
  await speaker.stop();
  await expect.poll(() => shown(entries, 'es')).toEqual(['0: [es]']);
  expect(entries.some((entry) => entry.type === 'speaker' && entry.speaker.live)).toBe(true);
});

test('[INV4] more viewers than a room may have', async () => {
  const join = { room: 'crowded', language: 'es' };
  for (let at = 0; at < 3; at += 1) granted(await app.viewer().emitWithAck('room:join', join));
  expect(refused(await app.viewer().emitWithAck('room:join', join)).code).toBe('room_full');
});

test.each([
  ['no object', 7],
  ['a cursor that is none', { room: 'r', language: 'es', after: 'yesterday' }],
  ['an unknown field', { room: 'r', language: 'es', role: 'owner' }],
])('a join with %s is refused by name', async (_name, message) => {
  const reply = await app.viewer().emitWithAck('room:join', message as never);
  expect(refused(reply).code).toBe('invalid_message');
});

test('a locked server: the key speaks, the watch token watches its own room, and nothing else', async () => {
  for (const stranger of [locked.speaker(), locked.viewer()]) {
    const code = await new Promise((resolve) => {
      stranger.on('connect_error', (error) =>
        resolve((error as Error & { data: { code: string } }).data.code),
      );
    });
    expect(code).toBe('unauthorized');
  }
  const speaker = locked.speaker({ protocol: 1, token: KEY });
  const { watchToken } = granted(
    await speaker.emitWithAck('session:start', startRequest('locked')),
  );
  const watch = (token: string | undefined, room: string) =>
    locked.viewer({ protocol: 1, token }).emitWithAck('room:join', { room, language: 'es' });
  expect((await watch(watchToken, 'locked')).ok).toBe(true);
  expect(refused(await watch(watchToken, 'other')).code).toBe('forbidden');
});

test('health, readiness, info and languages over HTTP', async () => {
  const get = async (path: string) => {
    const response = await fetch(app.application.url + path);
    return { status: response.status, body: await response.json() };
  };
  expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect((await get('/ready')).status).toBe(200);
  expect((await get('/api/v1/info')).body).toMatchObject({ name: 'parlance', keyRequired: false });
  expect((await get('/api/v1/languages?from=en')).body).toMatchObject({ from: 'en' });
  expect(await get('/api/v1/languages')).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_message' } },
  });
  expect(await get('/api/v1/languages?from=de')).toMatchObject({ status: 404 });
  expect((await get('/nothing')).status).toBe(404);
});
