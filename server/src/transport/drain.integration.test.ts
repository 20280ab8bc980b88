import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { encodeAudio } from '../../../shared/audio-codec.ts';
import type { PlacedEntry } from '../../../shared/captions.ts';
import { MAX_FRAMES_PER_MESSAGE } from '../../../shared/limits.ts';
import { SOCKET_PATH } from '../../../shared/protocol.ts';
import { burstPackets } from '../audio/testing/opus-packets.ts';
import { hypothesisOf, ScriptedRecognizer } from '../recognition/fake/scripted-recognizer.ts';
import { type PrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import {
  granted,
  refused,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';

const PATIENCE = { timeout: 30_000 };
/** A second of tone and one of silence: a segment; then another one that is still open at the end. */
const SPEECH = burstPackets(150, (frame) => frame < 50 || frame >= 100);

let folder = '';
let redis: PrivateRedis;
let redisUrl = '';
const closers: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-drain-'));
  redis = await startPrivateRedis({ dataFolder: folder });
  redisUrl = `unix:${redis.options.path}`;
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(async () => {
  await redis?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A node of the cluster that all tests here share. */
async function node(settings = {}) {
  const recognizer = new ScriptedRecognizer({ script: () => hypothesisOf('well said') });
  const app = await startScriptedApplication({ REDIS_URL: redisUrl, ...settings }, { recognizer });
  closers.push(() => app.close());
  return { app, recognizer };
}

type Socket = ReturnType<ScriptedApplication['speaker']>;

/** What a speaker's connection was told, by event. */
function heardBy(socket: Socket) {
  const finals: [number, number][] = [];
  const told: string[] = [];
  socket.on('record:entry', (entry: PlacedEntry) => {
    if (entry.type === 'final') finals.push([entry.caption.startSeq, entry.caption.endSeq]);
  });
  socket.on('session:acked', ({ seq }) => told.push(`acked ${seq}`));
  socket.on('server:draining', ({ code }) => told.push(`draining ${code}`));
  socket.on('session:ended', ({ error }) => told.push(`ended ${error?.code ?? 'well'}`));
  return { finals, told };
}

function send(socket: Socket, epoch: number, fromSeq: number, toSeq = SPEECH.length): void {
  for (let seq = fromSeq; seq < toSeq; seq += MAX_FRAMES_PER_MESSAGE) {
    const frames = SPEECH.slice(seq, Math.min(toSeq, seq + MAX_FRAMES_PER_MESSAGE));
    socket.emit('session:audio', encodeAudio({ firstSeq: seq, epoch, frames }));
  }
}

/** Sends all of it while nothing is recognised: one final is in work then, and a segment is open. */
async function sendHeld(
  { app, recognizer }: Awaited<ReturnType<typeof node>>,
  socket: Socket,
  epoch: number,
): Promise<() => void> {
  const release = recognizer.hold();
  const openSegments = async () => {
    const figures = await (await fetch(`${app.application.url}/metrics`)).text();
    return Number(/^parlance_open_segments (\d+)$/m.exec(figures)?.[1]);
  };
  send(socket, epoch, 0, 25);
  await expect.poll(openSegments, PATIENCE).toBe(1);
  send(socket, epoch, 25, 100);
  await expect.poll(openSegments, PATIENCE).toBe(0);
  send(socket, epoch, 100);
  await expect.poll(openSegments, PATIENCE).toBe(1);
  return release;
}

test('[INV1] [INV2] [INV9] a drained node stores its finals in work, and the next goes on with the same cuts', async () => {
  const undisturbed = await node();
  const reference = undisturbed.app.speaker();
  const expected = heardBy(reference);
  const whole = granted(await reference.emitWithAck('session:start', startRequest('whole')));
  send(reference, whole.epoch, 0);
  granted(await reference.emitWithAck('session:stop', { endSeq: SPEECH.length }));
  await expect.poll(() => expected.finals, PATIENCE).toHaveLength(2);

  const leaving = await node();
  const socket = leaving.app.speaker();
  const before = heardBy(socket);
  const request = startRequest('moved');
  const { epoch, session, secret } = granted(await socket.emitWithAck('session:start', request));
  const release = await sendHeld(leaving, socket, epoch);
  const drained = leaving.app.application.drain();
  expect(before.told).toEqual([]);
  release();
  await expect
    .poll(() => before.told, PATIENCE)
    .toEqual([
      `acked ${expected.finals[0]?.[1]}`,
      'draining server_draining',
      'ended server_draining',
    ]);
  socket.disconnect();
  await drained;

  const next = undisturbed.app.speaker();
  const after = heardBy(next);
  const { room, instance } = request;
  const resumed = granted(
    await next.emitWithAck('session:resume', { room, session, secret, instance, after: '0-0' }),
  );
  expect(resumed.ackedSeq).toBe(expected.finals[0]?.[1]);
  send(next, resumed.epoch, resumed.fromSeq);
  granted(await next.emitWithAck('session:stop', { endSeq: SPEECH.length }));
  await expect.poll(() => after.finals, PATIENCE).toEqual(expected.finals);
});

test('who is on a node that drains is told, and begins nothing new there', async () => {
  const { app } = await node();
  const viewer = app.viewer();
  const told: string[] = [];
  viewer.on('server:draining', ({ code }) => told.push(code));
  granted(await viewer.emitWithAck('room:join', { room: 'talk', language: 'en' }));
  const idle = app.speaker();
  idle.on('server:draining', ({ code }) => told.push(code));
  await expect.poll(() => idle.connected).toBe(true);
  const drained = app.application.drain();
  const answer = await idle.emitWithAck('session:start', startRequest('late'));
  expect(refused(answer)).toMatchObject({ code: 'server_draining', retryable: true });
  await drained;
  expect(told.slice(0, 2)).toEqual(['server_draining', 'server_draining']);
});

/** The status and body of an answer to a WebSocket handshake that is refused. */
function handshake(url: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}${SOCKET_PATH}/?EIO=4&transport=websocket`, {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      },
    });
    sent.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve({ status: 101, body: '' });
    });
    sent.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a node that drains refuses handshakes with 503 and is not ready, but lives', async () => {
  const { app } = await node();
  const { url } = app.application;
  expect(await handshake(url)).toMatchObject({ status: 101 });
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  await app.application.drain();
  const answer = await handshake(url);
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'server_draining' } });
  const ready = await fetch(`${url}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ ready: false, problems: ['This node is draining'] });
  const health = await fetch(`${url}/health`);
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ status: 'draining' });
});

test('[INV4] a recogniser that never answers keeps no node from leaving within DRAIN_TIMEOUT', async () => {
  const stuck = await node({ DRAIN_TIMEOUT: 1 });
  const { app } = stuck;
  const socket = app.speaker();
  const { told } = heardBy(socket);
  const { epoch } = granted(await socket.emitWithAck('session:start', startRequest('stuck')));
  closers.push(await sendHeld(stuck, socket, epoch));
  await app.application.drain();
  await expect.poll(() => told, PATIENCE).toContain('ended server_draining');
  // [INV1] What was not stored is not acknowledged.
  expect(told.filter((line) => line.startsWith('acked'))).toEqual([]);
});
