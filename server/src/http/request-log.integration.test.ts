import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { roomId } from '../log/room-id.ts';
import {
  granted,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';

const ACCESS_KEY = 'a-key-that-no-line-holds';
const ROOM = 'room-that-no-line-names';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

let text = '';
let node: ScriptedApplication;

beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = pino({ level: 'debug' }, sink);
  node = await startScriptedApplication({ ACCESS_KEY }, {}, undefined, { log });
});
afterAll(() => node.close());

const lines = (message: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ msg }) => msg === message);

test('each request is one line, with its id and the pattern of its route', async () => {
  const url = node.application.url;
  const answer = await fetch(`${url}/status?cluster=1`, { headers: { 'X-API-Key': ACCESS_KEY } });
  await answer.text();
  const requestId = answer.headers.get('x-request-id');
  const found = () => lines('request').find((line) => line.requestId === requestId);
  await expect
    .poll(found)
    .toMatchObject({ method: 'GET', route: '/status', status: 200, level: 20 });
  expect(Number(found()?.ms)).toBeGreaterThanOrEqual(0);

  const refused = await fetch(`${url}/status`);
  await refused.text();
  const id = refused.headers.get('x-request-id');
  await expect
    .poll(() => lines('request').find((line) => line.requestId === id))
    .toMatchObject({ status: 401, code: 'unauthorized', level: 30 });
});

test('a session is told of by ids, from its start to its end', async () => {
  const socket = node.speaker({ protocol: 1, token: ACCESS_KEY });
  const started = granted(await socket.emitWithAck('session:start', startRequest(ROOM)));
  const viewer = node.viewer({ protocol: 1, token: ACCESS_KEY });
  granted(await viewer.emitWithAck('room:join', { room: ROOM, language: 'en' }));
  viewer.disconnect();
  granted(await socket.emitWithAck('session:stop', { endSeq: 0 }));
  socket.disconnect();
  const ids = { room: roomId(ROOM), session: started.session };
  await expect.poll(() => lines('session over')).toMatchObject([{ ...ids, code: null }]);
  expect(lines('session started')).toMatchObject([{ ...ids, epoch: 1, level: 30 }]);
  await expect.poll(() => lines('viewer left')).toMatchObject([{ room: ids.room, level: 20 }]);
});

test('a refused request says why, at debug', async () => {
  const socket = node.speaker({ protocol: 1, token: ACCESS_KEY });
  await socket.emitWithAck('session:stop', { endSeq: 0 });
  await expect
    .poll(() => lines('request refused'))
    .toMatchObject([{ code: 'session_required', level: 20 }]);
  socket.disconnect();
});

test('[INV7] no line holds a key, a secret, or the name of a room', () => {
  expect(text).not.toContain(ACCESS_KEY);
  expect(text).not.toContain(ROOM);
  expect(text).not.toContain('cluster=1');
});
