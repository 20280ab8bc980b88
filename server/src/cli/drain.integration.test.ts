import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SpeakerClient } from '../../../client/src/live/speaker-client.ts';
import { burstPackets } from '../audio/testing/opus-packets.ts';
import { type PrivateRedis, startPrivateRedis } from '../store/private-redis.ts';
import { type RunningCommand, startCommand } from './testing/run-command.ts';

let folder = '';
let redis: PrivateRedis;
let server: RunningCommand | undefined;
let speaker: SpeakerClient | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-leaving-'));
  redis = await startPrivateRedis({ dataFolder: join(folder, 'redis') });
});
afterEach(async () => {
  speaker?.close();
  server?.child.kill('SIGKILL');
  await server?.done;
  await redis?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A server with its engines, and somebody who speaks; resolves once speech has arrived. */
async function serveAndSpeak(env: Record<string, string>): Promise<RunningCommand> {
  const command = startCommand(['serve', '--port', '0', '--json'], {
    DATA_DIR: folder,
    REDIS_URL: `unix:${redis.options.path}`,
    LOG_LEVEL: 'silent',
    ...env,
  });
  server = command;
  await command.shows('"listening"');
  const url = String(command.said()[0]?.url);
  const client = new SpeakerClient({ url, room: 'talk', language: 'en', offers: [], reads: [] });
  speaker = client;
  await client.start();
  for (const packet of burstPackets(100, () => true)) client.push(packet);
  await expect.poll(() => client.receivedSeq).toBeGreaterThan(0);
  return command;
}

function signalRedis(signal: NodeJS.Signals): void {
  if (redis.pid === null) throw new Error('Expected a running Redis, got none.');
  process.kill(redis.pid, signal);
}

test('SIGTERM in mid-speech: the speaker is sent on, and the exit code is 0', async () => {
  const { child, done } = await serveAndSpeak({});
  const states: (string | undefined)[] = [];
  speaker?.on('state', (state) => {
    if (state.kind === 'reconnecting') states.push(state.error?.code);
  });
  child.kill('SIGTERM');
  expect((await done).exitCode).toBe(0);
  expect(states[0]).toBe('server_draining');
});

test('[INV4] a Redis that hangs keeps no server from leaving with exit code 0 at DRAIN_TIMEOUT', async () => {
  const { child, done } = await serveAndSpeak({ DRAIN_TIMEOUT: '2' });
  signalRedis('SIGSTOP');
  try {
    child.kill('SIGTERM');
    expect((await done).exitCode).toBe(0);
  } finally {
    signalRedis('SIGCONT');
  }
});
