import { afterEach, expect, test } from 'vitest';
import { SpeakerClient } from '../../../client/src/live/speaker-client.ts';
import { burstPackets } from '../audio/testing/opus-packets.ts';
import { hypothesisOf, ScriptedRecognizer } from '../recognition/fake/scripted-recognizer.ts';
import {
  granted,
  refused,
  startRequest,
  startScriptedApplication,
} from '../testing/scripted-application.ts';

const PATIENCE = { timeout: 30_000 };
const SENTENCES = 3;
const FRAMES = 100;
/** A second of tone and one of silence, so many times: one segment each. */
const SPEECH = burstPackets(SENTENCES * FRAMES, (frame) => frame % FRAMES < FRAMES / 2);

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test('[INV8] while finals wait too long newcomers are refused; who speaks loses nothing, and it passes', async () => {
  const recognizer = new ScriptedRecognizer({
    concurrency: 1,
    script: () => hypothesisOf('well said'),
  });
  const app = await startScriptedApplication(
    { MAX_LIVE_SESSIONS: 8, MAX_FINAL_WAIT_MS: 200 },
    { recognizer },
  );
  closers.push(() => app.close());
  const step = async () => {
    const text = await (await fetch(`${app.application.url}/metrics`)).text();
    return Number(/^parlance_load_step (\d)$/m.exec(text)?.[1]);
  };

  const release = recognizer.hold();
  const speakers = await Promise.all(
    ['one', 'two', 'three'].map(async (room) => {
      const speaker = new SpeakerClient({
        url: app.application.url,
        room,
        language: 'en',
        offers: [],
        reads: [],
      });
      closers.push(() => speaker.close());
      const heard: number[] = [];
      speaker.on('entry', (entry) => {
        if (entry.type === 'final') heard.push(entry.caption.segment);
      });
      await speaker.start();
      for (const packet of SPEECH) {
        await speaker.whenWritable();
        speaker.push(packet);
      }
      return { speaker, heard };
    }),
  );
  await expect.poll(step, PATIENCE).toBe(4);
  const newcomer = app.speaker();
  const answer = await newcomer.emitWithAck('session:start', startRequest('four'));
  expect(refused(answer)).toMatchObject({ code: 'server_busy', retryAfterMs: 5_000 });

  release();
  for (const { speaker, heard } of speakers) {
    const { segments } = await speaker.stop();
    expect(segments).toBe(SENTENCES);
    await expect.poll(() => heard, PATIENCE).toEqual([0, 1, 2]);
  }
  await expect.poll(step, PATIENCE).toBe(0);
  granted(await newcomer.emitWithAck('session:start', startRequest('four')));
});
