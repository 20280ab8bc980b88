import { afterEach, beforeEach, expect, test } from 'vitest';
import { SpeakerClient } from '../../../client/src/live/speaker-client.ts';
import { ViewerClient } from '../../../client/src/live/viewer-client.ts';
import type { FinalCaption } from '../../../shared/captions.ts';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import { burstPackets } from '../audio/testing/opus-packets.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import type { Engines } from '../engines.ts';
import { ScriptedRecognizer } from '../recognition/fake/scripted-recognizer.ts';
import { OutsideServer } from '../testing/outside-server.ts';
import { libreTranslate, requestsTo } from '../testing/outside-services.ts';
import {
  type ScriptedApplication,
  startScriptedApplication,
} from '../testing/scripted-application.ts';
import { TranslationCache } from '../translation/cache/cache-finals.ts';
import { startTranslators } from '../translation/start-translators.ts';
import { TranslatorRouter } from '../translation/translator-router.ts';
import type { ServiceState } from './outside-calls.ts';

const PATIENCE = { timeout: 30_000 };
const KEY = 'secret-0123456789';
const FRAMES = 100;
/** A second of tone and one of silence: one segment. */
const SENTENCE = burstPackets(FRAMES, (frame) => frame < FRAMES / 2);

const closers: (() => Promise<void> | void)[] = [];
let service: OutsideServer;

beforeEach(async () => {
  service = await OutsideServer.start(libreTranslate());
  closers.push(() => service.die());
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Stage {
  readonly app: ScriptedApplication;
  /** Every line that was logged of engines outside. */
  readonly logged: string[];
  readonly states: ServiceState[];
}

/** A node with real translators, LibreTranslate before Apertium, that hears a new sentence each time. */
async function start(more: Partial<Settings> = {}): Promise<Stage> {
  const settings: Settings = {
    ...readSettings({
      TRANSLATORS: 'libretranslate,apertium',
      LIBRETRANSLATE_URL: service.url,
      LIBRETRANSLATE_API_KEY: KEY,
    }),
    ...more,
  };
  const logged: string[] = [];
  const states: ServiceState[] = [];
  const log = (fields: { state?: ServiceState }, message: string) => {
    logged.push(JSON.stringify(fields) + message);
    if (fields.state !== undefined) states.push(fields.state);
  };
  const cache = new TranslationCache();
  const listeners = new Set<() => void>();
  const started = await startTranslators({
    settings,
    spoken: ['en'],
    cache,
    warn: (message) => logged.push(message),
    onChange: () => {
      for (const listener of listeners) listener();
    },
    log: { warn: log, info: log } as never,
    limits: { minRetryMs: 1, maxRetryMs: 2, minRestMs: 20, maxRestMs: 50 },
    times: { startWaitMs: 200, minRetryMs: 20, maxRetryMs: 20 },
  });
  const translator = new TranslatorRouter(started.translators);
  let heard = 0;
  const recognizer = new ScriptedRecognizer({
    script: () => {
      heard += 1;
      return `We saw the house ${1000 + heard}.`;
    },
    extraReadings: 'none',
  });
  const offers = (spoken: string): LanguageOffer[] => [
    { language: spoken, engine: 'scripted', quality: 'none', via: [] },
    ...translator.offers(spoken),
  ];
  const engines: Partial<Engines> = {
    recognizer,
    translator,
    offers,
    onOffersChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    outside: { cache, status: started.outside },
  };
  const app = await startScriptedApplication(more, engines);
  closers.push(
    () => translator.close(),
    () => app.close(),
  );
  return { app, logged, states };
}

/** What a viewer of Spanish got: the source by segment, and translations in their order. */
async function watch({ app }: Stage, room: string) {
  const sources = new Map<number, string>();
  const translations: FinalCaption[] = [];
  const viewer = new ViewerClient({ url: app.application.url, room, language: 'es' });
  closers.push(() => viewer.close());
  viewer.on('entry', (entry) => {
    if (entry.type !== 'final') return;
    const { caption } = entry;
    if (caption.language === 'en') sources.set(caption.segment, caption.text);
    else translations.push(caption);
  });
  await viewer.start();
  return { sources, translations };
}

async function speaker({ app }: Stage, room: string) {
  const client = new SpeakerClient({
    url: app.application.url,
    room,
    language: 'en',
    offers: ['es'],
    reads: ['es'],
  });
  closers.push(() => client.close());
  await client.start();
  const say = async (sentences: number) => {
    for (const packet of Array.from({ length: sentences }, () => SENTENCE).flat()) {
      await client.whenWritable();
      client.push(packet);
    }
  };
  return { say, stop: () => client.stop() };
}

const numberIn = (text: string | undefined) => /\d+/.exec(text ?? '')?.[0];

test('[INV3] [INV6] an engine that dies in mid-room leaves captions to the next one, and takes them back', async () => {
  const stage = await start();
  const { sources, translations } = await watch(stage, 'room');
  const { say, stop } = await speaker(stage, 'room');
  const engines = () => translations.map(({ engine }) => engine);

  await say(2);
  await expect.poll(() => engines().length, PATIENCE).toBeGreaterThanOrEqual(1);
  expect(new Set(engines())).toEqual(new Set(['libretranslate']));

  await service.die();
  await say(3);
  await expect.poll(engines, PATIENCE).toContain('apertium');
  expect(stage.states).toContain('resting');

  await service.revive();
  // Each sentence may set off a probe; the one after the probe that succeeds goes outside again.
  for (let more = 0; more < 20 && engines().at(-1) !== 'libretranslate'; more += 1) {
    const before = translations.length;
    await say(1);
    await expect.poll(() => translations.length, PATIENCE).toBeGreaterThan(before);
  }
  expect(engines().at(-1)).toBe('libretranslate');
  const { segments } = await stop();
  await expect.poll(() => translations.length, PATIENCE).toBe(segments);

  // Each once, in order, each the translation of its own source, and each says who made it.
  expect(translations.map(({ segment }) => segment)).toEqual(
    Array.from({ length: segments }, (_, segment) => segment),
  );
  for (const { segment, text, engine, quality, notice } of translations) {
    expect(numberIn(text)).toBe(numberIn(sources.get(segment)));
    expect(text).toContain('casa');
    expect(notice).toBeUndefined();
    expect(quality).toBe(engine === 'apertium' ? 'basic' : 'remote');
  }
  expect(stage.states.filter((state) => state === 'up')).toHaveLength(1);

  const metrics = await (await fetch(`${stage.app.application.url}/metrics`)).text();
  expect(metrics).toContain('parlance_outside_state{engine="libretranslate",state="up"} 1');
  expect(metrics).toContain('parlance_outside_state{engine="libretranslate",state="resting"} 0');
  expect(metrics).toContain(
    'parlance_outside_in_flight{engine="libretranslate",phase="waiting"} 0',
  );
  expect(metrics).toMatch(
    /parlance_outside_requests_total\{engine="libretranslate",outcome="unreachable"\} [1-9]/,
  );
  expect(stage.logged.join('\n')).toContain(
    '"engine":"libretranslate","fault":"unreachable","reason":"libretranslate: expected a connection',
  );
  // [INV7] Nothing of it was told to anybody else.
  for (const told of [metrics, ...stage.logged]) {
    for (const secret of [KEY, 'house', 'casa']) expect(told).not.toContain(secret);
  }
}, 90_000);

test('[INV5] an engine that hangs holds up no transcript, and its captions come from the next one', async () => {
  const stage = await start({ OUTSIDE_TIMEOUT_MS: 200 });
  service.answer = libreTranslate({ translate: () => ({ kind: 'hang' }) });
  const { translations } = await watch(stage, 'room');
  const { say, stop } = await speaker(stage, 'room');
  await say(3);
  const { segments } = await stop();
  await expect.poll(() => translations.length, PATIENCE).toBe(segments);
  expect(new Set(translations.map(({ engine }) => engine))).toEqual(new Set(['apertium']));
  expect(translations.map(({ notice }) => notice)).toEqual(translations.map(() => undefined));
  // One try each until it was left alone, and no probe that anybody waited for.
  expect(requestsTo(service.requests, '/translate').length).toBeLessThanOrEqual(segments + 3);
});

test('languages that come while a page is open are offered there', async () => {
  await service.die();
  const stage = await start({ TRANSLATORS: ['libretranslate'] });
  const viewer = new ViewerClient({ url: stage.app.application.url, room: 'room', language: 'en' });
  closers.push(() => viewer.close());
  let offered: readonly LanguageOffer[] = [];
  viewer.on('languages', (languages) => {
    offered = languages;
  });
  await viewer.start();
  expect(stage.logged.join('\n')).toContain('libretranslate does not answer as it should yet');
  await service.revive();
  await expect
    .poll(() => offered.map(({ language, engine }) => `${language} ${engine}`), PATIENCE)
    .toEqual(['en scripted', 'fr libretranslate', 'es libretranslate']);
});
