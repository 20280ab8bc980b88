import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeAudio } from '../../../../shared/audio-codec.ts';
import type { LanguageOffer } from '../../../../shared/protocol.ts';
import { burstPackets } from '../../audio/testing/opus-packets.ts';
import { readSettings, type Settings } from '../../config/settings.ts';
import { encipher, makeCipherModel } from '../../testing/marian/make-model.ts';
import {
  granted,
  type ScriptedApplication,
  startRequest,
  startScriptedApplication,
} from '../../testing/scripted-application.ts';
import { createBergamotTranslator } from '../../translation/bergamot/bergamot-translator.ts';
import { FakeTranslator } from '../../translation/fake/fake-translator.ts';
import { TranslatorRouter } from '../../translation/translator-router.ts';
import { createModelDemand, MAX_TOLD } from './model-demand.ts';
import {
  type ModelSite,
  makeModel,
  packModel,
  registryOf,
  serveSite,
} from './testing/model-site.ts';
import { TranslationFolder } from './translation-folder.ts';

/** Of Marian's own format: Bergamot really loads it. */
const made = packModel('en-es', makeCipherModel({ from: 'en', to: 'es' }).files);
const modelFile = made.offer.files.find(({ role }) => role === 'model');
const modelPath = `translation/newest/${modelFile?.path}`;

const french = makeModel('en-fr');

let cache = '';
let site: ModelSite;
let folder = new TranslationFolder('');

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parlance-demand-'));
  folder = new TranslationFolder(cache);
  site = await serveSite(
    new Map([
      ['translation/newest/db/models.json', Buffer.from(registryOf([made, french]))],
      ...[...made.packed, ...french.packed].map(
        ([path, file]) => [`translation/newest/${path}`, file] as const,
      ),
    ]),
  );
});

afterEach(async () => {
  await site.close();
  await rm(cache, { recursive: true });
});

const settingsFor = (auto: 'on' | 'off') => ({
  PARLANCE_CACHE: cache,
  MODELS_AUTO: auto,
  MODEL_REGISTRY: 'newest' as const,
  MODEL_MIRROR: site.origin,
});

/** A demand whose log the test reads. */
function listening(
  auto: 'on' | 'off',
  spanish: LanguageOffer['quality'] = 'basic',
  translators: Settings['TRANSLATORS'] = ['bergamot', 'apertium'],
) {
  const lines: Record<string, unknown>[] = [];
  const watchers = new Set<() => void>();
  const log = pino(
    { level: 'info' },
    {
      write: (line: string) => {
        lines.push(JSON.parse(line));
        for (const watcher of watchers) watcher();
      },
    },
  );
  const demand = createModelDemand({
    settings: { ...readSettings({}), ...settingsFor(auto), TRANSLATORS: translators },
    log,
    offers: () => [
      { language: 'es', engine: 'apertium', quality: spanish, via: [] },
      { language: 'fr', engine: 'apertium', quality: 'basic', via: [] },
    ],
  });
  const logged = (text: string) =>
    new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (lines.some(({ msg }) => msg === text)) resolve();
      };
      watchers.add(watcher);
      watcher();
    });
  return { demand, lines, logged };
}

test('without MODELS_AUTO the log says once what to do, and nothing is fetched', async () => {
  const { demand, lines } = listening('off');
  for (let times = 0; times < 3; times += 1) demand.wanted('en', ['en', 'es', 'eo']);
  await demand.close();
  expect(lines.map(({ msg }) => msg)).toEqual([
    'Spanish: basic; `npx parlance models add en-es` makes it neural (14.7 MB)',
  ]);
  expect(site.requests).toEqual([]);
});

test('the advice for the start names what would be better, and how', async () => {
  const advised = (auto: 'on' | 'off', spanish?: LanguageOffer['quality']) =>
    listening(auto, spanish).demand.advice(['en']);
  expect(advised('off')).toMatch(
    /^neural models for es, fr: npx parlance models add en-es en-fr \(\d+\.\d MB\)$/,
  );
  expect(advised('off', 'neural')).toMatch(/^neural models for fr: npx parlance models add en-fr/);
  expect(advised('on')).toBe(
    'neural models for es, fr, fetched when somebody reads them (MODELS_AUTO)',
  );
  const { demand } = listening('on', 'basic', ['apertium']);
  expect(demand.advice(['en'])).toBeNull();
  demand.wanted('en', ['es']);
  await demand.close();
  expect(site.requests).toEqual([]);
});

test('more translations than the bound are not told of', async () => {
  const { demand, lines } = listening('off');
  const many = Array.from({ length: MAX_TOLD }, (_, index) => `x${index}`);
  demand.wanted('en', [...many, 'es']);
  await demand.close();
  expect(lines).toEqual([]);
});

test('what is neural already is neither told nor fetched', async () => {
  const silent = listening('off', 'neural');
  silent.demand.wanted('en', ['es', 'fr']);
  await silent.demand.close();
  expect(silent.lines.map(({ to }) => to)).toEqual(['fr']);

  const { demand, lines, logged } = listening('on', 'neural');
  // One at a time: Spanish has been looked at when French is there.
  demand.wanted('en', ['es', 'fr']);
  await logged('translation model installed');
  await demand.close();
  expect(lines.map(({ pair }) => pair)).toEqual(['en-fr', 'en-fr']);
  expect(await folder.pairs()).toEqual(['en-fr']);
});

test('with MODELS_AUTO the model is fetched, and the log tells', async () => {
  const { demand, lines, logged } = listening('on');
  demand.wanted('en', ['es']);
  await logged('translation model installed');
  expect(lines).toContainEqual(
    expect.objectContaining({ pair: 'en-es', msg: 'fetching a translation model' }),
  );
  expect((await folder.inspect('en-es'))?.kind).toBe('intact');
  await demand.close();
});

test('what fails is told with the reason and when it is tried again', async () => {
  const { demand, lines, logged } = listening('on');
  site.fail(modelPath, (_request, response) => response.writeHead(404).end());
  demand.wanted('en', ['es']);
  await logged('translation model not fetched');
  const told = lines.find(({ msg }) => msg === 'translation model not fetched');
  expect(told).toMatchObject({ pair: 'en-es', retryMs: 30_000 });
  expect(JSON.stringify(told)).toContain('got status 404');
  await demand.close();
  expect(await folder.pairs()).toEqual([]);
});

test('readers get the fallback while the model comes, then Bergamot, and the fallback again', async () => {
  const bergamot = await createBergamotTranslator({
    folders: [folder.root],
    workers: 1,
    memoryLimitMb: 1_000,
    limits: { rescanMs: 100 },
  });
  const router = new TranslatorRouter([
    bergamot,
    new FakeTranslator({ name: 'rules', quality: 'basic' }),
  ]);
  const spoken: LanguageOffer = { language: 'en', engine: 'scripted', quality: 'none', via: [] };
  // The model is held back until somebody has read the fallback.
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const content = made.packed.get(modelFile?.path ?? '') ?? Buffer.alloc(0);
  site.fail(
    modelPath,
    (_request, response) =>
      response.writeHead(206, { 'content-range': `bytes 0-0/${content.length}` }).end('x'),
    (_request, response) => {
      response.writeHead(200, { 'content-length': content.length }).flushHeaders();
      void released.then(() => response.end(content));
    },
  );
  const app = await startScriptedApplication(settingsFor('on'), {
    translator: router,
    offers: (from) => [spoken, ...router.offers(from)],
  });
  try {
    expect(await readSpanish(app, 'before')).toMatchObject({ engine: 'rules', quality: 'basic' });
    release();
    await expect.poll(() => router.offers('en')[0]?.engine, { timeout: 20_000 }).toBe('bergamot');
    const neural = await readSpanish(app, 'with');
    expect(neural).toMatchObject({ engine: 'bergamot', quality: 'neural' });
    expect(neural.text).toBe(encipher(neural.original, 'en', 'es'));

    expect(await folder.remove('en-es')).toBe(true);
    await expect.poll(() => bergamot.route('en', 'es'), { timeout: 20_000 }).toBeNull();
    expect(await readSpanish(app, 'after')).toMatchObject({ engine: 'rules', quality: 'basic' });
  } finally {
    await app.close();
    await router.close();
  }
});

/** Says something in a room of its own and waits for its Spanish. */
async function readSpanish(app: ScriptedApplication, room: string) {
  const socket = app.speaker();
  const finals: { language: string; text: string; engine: string; quality: string }[] = [];
  socket.on('record:entry', (entry) => {
    if (entry.type === 'final') finals.push(entry.caption);
  });
  const request = startRequest(room, { reads: ['es'] });
  const { epoch } = granted(await socket.emitWithAck('session:start', request));
  const packets = burstPackets(200, (frame) => frame >= 50 && frame < 150);
  for (let seq = 0; seq < packets.length; seq += 50) {
    const frames = packets.slice(seq, seq + 50);
    socket.emit('session:audio', encodeAudio({ firstSeq: seq, epoch, frames }));
  }
  granted(await socket.emitWithAck('session:stop', { endSeq: packets.length }));
  const find = (language: string) => finals.find((caption) => caption.language === language);
  await expect.poll(() => find('es')?.text ?? '', { timeout: 20_000 }).not.toBe('');
  const caption = find('es');
  if (caption === undefined) throw new Error('Expected a caption in Spanish, got none.');
  return { ...caption, original: find('en')?.text ?? '' };
}
