import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  granted,
  refused,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { UNSEATED_LIMIT_MS } from './seat-limits.ts';
import { LATE_TRANSLATIONS_MS } from './speaker-phase.ts';

/** Real sockets; only what a node does again and again waits for the test. */

let app: ScriptedApplication;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  app = await startScriptedApplication();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await app.close();
});

const gone = (socket: ReturnType<ScriptedApplication['speaker']>) =>
  new Promise<string>((resolve) => socket.once('disconnect', resolve));

test('[INV4] a connection that begins nothing is closed, whoever has begun something stays', async () => {
  const [idle, reads, speaks] = [app.speaker(), app.viewer(), app.speaker()];
  granted(await reads.emitWithAck('room:join', { room: 'seated', language: 'en' }));
  granted(await speaks.emitWithAck('session:start', startRequest('seated')));
  await vi.waitUntil(() => idle.connected);
  const closed = gone(idle);
  vi.advanceTimersByTime(2 * UNSEATED_LIMIT_MS);
  expect(await closed).toBe('io server disconnect');
  expect([reads.connected, speaks.connected]).toEqual([true, true]);
});

test('[INV4] one whose session is over is closed, once nothing more comes of it', async () => {
  const socket = app.speaker();
  granted(await socket.emitWithAck('session:start', startRequest('over')));
  granted(await socket.emitWithAck('session:stop', { endSeq: 0 }));
  vi.advanceTimersByTime(2 * UNSEATED_LIMIT_MS);
  // Translations of its last words might still come.
  const stop = await socket.emitWithAck('session:stop', { endSeq: 0 });
  expect(refused(stop).code).toBe('session_required');
  const closed = gone(socket);
  const clock = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => clock() + LATE_TRANSLATIONS_MS);
  vi.advanceTimersByTime(2 * UNSEATED_LIMIT_MS);
  expect(await closed).toBe('io server disconnect');
});
