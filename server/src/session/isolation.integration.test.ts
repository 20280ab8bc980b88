import { afterEach, expect, test } from 'vitest';
import { SpeakerClient } from '../../../client/src/live/speaker-client.ts';
import { ViewerClient } from '../../../client/src/live/viewer-client.ts';
import type { SessionSummary } from '../../../shared/protocol.ts';
import { burstPackets } from '../audio/testing/opus-packets.ts';
import {
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { FakeTranslator, type FakeTranslatorOptions } from '../translation/fake/fake-translator.ts';

const PATIENCE = { timeout: 30_000 };
const SENTENCES = 6;
const ROOMS = ['first', 'second'];
const FRAMES = 100;
/** A second of tone and one of silence, so many times: one segment each. */
const SPEECH = burstPackets(SENTENCES * FRAMES, (frame) => frame % FRAMES < FRAMES / 2);
const ALL = Array.from({ length: SENTENCES }, (_, segment) => segment);

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: FakeTranslatorOptions) {
  const translator = new FakeTranslator(options);
  const app = await startScriptedApplication(
    { MAX_LIVE_SESSIONS: ROOMS.length },
    {
      translator,
      offers: (spoken) =>
        [spoken, 'es', 'ca'].map((language) => ({
          language,
          engine: 'fake',
          quality: language === spoken ? 'none' : 'basic',
          via: [],
        })),
    },
  );
  closers.push(() => app.close());
  return { app, translator };
}

/** Segments of the finals that a viewer got, in their order, by language. */
async function watch({ application }: ScriptedApplication, room: string, language: string) {
  const finals: Record<string, number[]> = { en: [], es: [], ca: [] };
  const notices: string[] = [];
  const viewer = new ViewerClient({ url: application.url, room, language });
  closers.push(() => viewer.close());
  viewer.on('entry', (entry) => {
    if (entry.type !== 'final') return;
    finals[entry.caption.language]?.push(entry.caption.segment);
    if (entry.caption.notice !== undefined) notices.push(entry.caption.notice);
  });
  await viewer.start();
  return { finals, notices };
}

/** Says everything; resolves when each final is stored and every frame acknowledged. */
async function speak({ application }: ScriptedApplication, room: string): Promise<SessionSummary> {
  const speaker = new SpeakerClient({
    url: application.url,
    room,
    language: 'en',
    offers: ['es', 'ca'],
    reads: ['es', 'ca'],
  });
  closers.push(() => speaker.close());
  await speaker.start();
  for (const packet of SPEECH) {
    await speaker.whenWritable();
    speaker.push(packet);
  }
  return await speaker.stop();
}

test('[INV5] a translator that does not answer delays no transcript and no other language', async () => {
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const partials = { waiting: 0, mostWaiting: 0 };
  const { app, translator } = await start({
    latency: async ({ to, kind, signal }) => {
      if (to !== 'es') return;
      if (kind === 'partial') {
        partials.waiting += 1;
        partials.mostWaiting = Math.max(partials.mostWaiting, partials.waiting);
        signal?.addEventListener('abort', () => {
          partials.waiting -= 1;
        });
      }
      await answered;
    },
  });
  const viewers = await Promise.all(
    ROOMS.map(async (room) => ({
      spanish: await watch(app, room, 'es'),
      catalan: await watch(app, room, 'ca'),
    })),
  );

  // The stop is answered although not one Spanish sentence was.
  const summaries = await Promise.all(ROOMS.map((room) => speak(app, room)));
  expect(summaries.map(({ segments }) => segments)).toEqual([SENTENCES, SENTENCES]);
  for (const { spanish, catalan } of viewers) {
    await expect.poll(() => catalan.finals, PATIENCE).toEqual({ en: ALL, es: [], ca: ALL });
    await expect.poll(() => spanish.finals, PATIENCE).toEqual({ en: ALL, es: [], ca: [] });
  }
  // [INV4] One sentence of a session and language at a time, and one partial, given up in the end.
  const asked = translator.requests.filter(({ to }) => to === 'es');
  expect(asked.filter(({ kind }) => kind === 'final')).toHaveLength(ROOMS.length);
  expect(partials.mostWaiting).toBeLessThanOrEqual(ROOMS.length);
  await expect.poll(() => partials.waiting, PATIENCE).toBe(0);

  // [INV3] What comes late comes whole and in order.
  answer();
  for (const { spanish } of viewers) {
    await expect.poll(() => spanish.finals, PATIENCE).toEqual({ en: ALL, es: ALL, ca: [] });
    expect(spanish.notices).toEqual([]);
  }
});

test('[INV5] a translator that fails leaves the original in its place, and the rest as it was', async () => {
  const { app } = await start({
    failure: ({ to }) => (to === 'es' ? new Error('Scripted.') : undefined),
  });
  const room = 'failing';
  const spanish = await watch(app, room, 'es');
  const catalan = await watch(app, room, 'ca');
  expect((await speak(app, room)).segments).toBe(SENTENCES);
  await expect.poll(() => catalan.finals, PATIENCE).toEqual({ en: ALL, es: [], ca: ALL });
  await expect.poll(() => spanish.finals, PATIENCE).toEqual({ en: ALL, es: ALL, ca: [] });
  expect(catalan.notices).toEqual([]);
  expect(spanish.notices).toEqual(ALL.map(() => 'untranslated'));
});

test('[INV5] a node whose translator never answers can be closed', async () => {
  const { app } = await start({ latency: () => new Promise(() => {}) });
  const spanish = await watch(app, 'closing', 'es');
  expect((await speak(app, 'closing')).segments).toBe(SENTENCES);
  await expect.poll(() => spanish.finals, PATIENCE).toEqual({ en: ALL, es: [], ca: [] });
  await app.close();
  expect(spanish.finals.es).toEqual([]);
});
