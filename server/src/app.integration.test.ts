import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeAudio } from '../../shared/audio-codec.ts';
import type { PlacedEntry } from '../../shared/captions.ts';
import { AppError } from '../../shared/errors.ts';
import { burstPackets } from './audio/testing/opus-packets.ts';
import { granted, startRequest, startScriptedApplication } from './testing/scripted-application.ts';

/** Processes started by this one, by name; zombies are over and do not count. */
function childProcesses(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [, name = '', state, parent] = /\((.*)\) (\S) (\d+)/.exec(stat) ?? [];
        return Number(parent) === process.pid && state !== 'Z' ? [name] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

const activeTimers = () =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

test('[INV4] an application that closes in mid-speech leaves no process and no timer', async () => {
  const before = { children: childProcesses(), timers: activeTimers() };
  const app = await startScriptedApplication({ MAX_LIVE_SESSIONS: 6 });
  expect(childProcesses()).toContain('redis-server');
  for (let at = 0; at < 3; at += 1) {
    const socket = app.speaker();
    const { epoch } = granted(await socket.emitWithAck('session:start', startRequest(`r-${at}`)));
    const frames = burstPackets(50, () => true);
    socket.emit('session:audio', encodeAudio({ firstSeq: 0, epoch, frames }));
  }
  granted(await app.viewer().emitWithAck('room:join', { room: 'r-0', language: 'es' }));
  expect(childProcesses().filter((name) => name === 'ffmpeg').length).toBeGreaterThanOrEqual(3);
  await app.close();
  await app.application.close();
  await expect.poll(childProcesses).toEqual(before.children);
  // The test runner's own timers come and go; ours would stay.
  await expect.poll(activeTimers).toBeLessThanOrEqual(before.timers + 1);
});

test('engines that can not start leave nothing of the store behind', async () => {
  const before = childProcesses();
  const failing = startScriptedApplication({}, {}, () =>
    Promise.reject(new AppError('model_missing', 'Expected a model, got none.')),
  );
  await expect(failing).rejects.toMatchObject({ code: 'model_missing' });
  expect(childProcesses()).toEqual(before);
});

test('a speaker who vanishes without a word is gone for viewers after the grace', async () => {
  const app = await startScriptedApplication({ SESSION_GRACE: 1 });
  try {
    const viewer = app.viewer();
    const entries: PlacedEntry[] = [];
    viewer.on('record:entry', (entry) => entries.push(entry));
    granted(await viewer.emitWithAck('room:join', { room: 'vanish', language: 'es' }));
    const speaker = app.speaker();
    granted(await speaker.emitWithAck('session:start', startRequest('vanish')));
    speaker.io.engine.close();
    const lives = () =>
      entries.flatMap((entry) => (entry.type === 'speaker' ? [entry.speaker.live] : []));
    await expect.poll(lives, { timeout: 30_000 }).toEqual([true, false]);
  } finally {
    await app.close();
  }
});

test('a taken port is named, and what was started before is undone', async () => {
  const app = await startScriptedApplication();
  const before = childProcesses().length;
  const second = startScriptedApplication({ PORT: app.application.port });
  await expect(second).rejects.toMatchObject({ code: 'port_in_use' });
  await expect.poll(() => childProcesses().length).toBeLessThanOrEqual(before);
  await app.close();
});
