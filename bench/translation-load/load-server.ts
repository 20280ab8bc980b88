import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import { createApplication } from '../../server/src/app.ts';
import { readSettings } from '../../server/src/config/settings.ts';
import { hypothesisOf } from '../../server/src/recognition/fake/scripted-recognizer.ts';
import type { Recognizer } from '../../server/src/recognition/recognizer.ts';
import { FakeDetector } from '../../server/src/segmentation/fake-detector.ts';
import { createBergamotTranslator } from '../../server/src/translation/bergamot/bergamot-translator.ts';
import { TranslatorRouter } from '../../server/src/translation/translator-router.ts';
import { CountedTranslator } from './counted-translator.ts';
import {
  LOAD_SERVER_MESSAGE,
  type LoadServerFigures,
  type LoadServerStart,
} from './load-server-messages.ts';
import { threadIds, threadSeconds } from './thread-cpu.ts';
import { heardTone, wordsSaid } from './tones.ts';
import { SENTENCE_MS } from './turn-plan.ts';

/**
 * The server's process: a whole node with real Redis, FFmpeg, gateways and Bergamot, whose
 * recogniser hears sentences in tones.
 */

const SPOKEN = 'en';
/** As many readings at a time as a real recogniser has threads; each takes no time here. */
const SLOTS = 2;
const FILE_THREADS = 4;
const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_SECOND = 1e6;

process.once('message', (message) => {
  start(LOAD_SERVER_MESSAGE.start.parse(message)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});
// Without the process that measures there is nothing to do.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

async function start({ settings: given, sentences, models }: LoadServerStart): Promise<void> {
  const settings = readSettings({ ...process.env, ...given });
  const before = await threadsBeforeTranslation();
  const bergamot = await createBergamotTranslator({
    folders: [models],
    workers: settings.TRANSLATION_WORKERS,
    memoryLimitMb: settings.TRANSLATION_MEMORY_MB,
    warmFrom: [SPOKEN],
  });
  const router = new TranslatorRouter([bergamot]);
  const translator = new CountedTranslator(router);
  const recognizer = recognizerOf(sentences);
  const detector = new FakeDetector();
  const application = await createApplication({
    settings,
    log: pino({ level: settings.LOG_LEVEL }, pino.destination(2)),
    pageFolder: null,
    startEngines: async (_settings, cleanUps) => {
      cleanUps.add(() => translator.close());
      cleanUps.add(() => recognizer.close());
      cleanUps.add(() => detector.close());
      return {
        recognizer,
        detector,
        translator,
        offers: (spoken) => [
          { language: spoken, engine: recognizer.name, quality: 'none', via: [] },
          ...router.offers(spoken),
        ],
        onOffersChanged: () => () => {},
        warnings: [],
      };
    },
  });
  const loopDelay = monitorEventLoopDelay({ resolution: 5 });
  loopDelay.enable();
  const look = async (): Promise<LoadServerFigures> => {
    const threads = before === null ? null : await newThreads(before);
    const { user, system } = process.cpuUsage();
    const ms = (nanoseconds: number) => nanoseconds / NANOSECONDS_PER_MS;
    const loopDelayMs = {
      p50: ms(loopDelay.percentile(50)),
      p99: ms(loopDelay.percentile(99)),
      max: ms(loopDelay.max),
    };
    loopDelay.reset();
    return {
      kind: 'figures',
      ...translator.take(),
      processSeconds: (user + system) / MICROSECONDS_PER_SECOND,
      translatorSeconds: threads === null ? null : await threadSeconds(threads),
      translatorThreads: threads?.length ?? null,
      translatorBytes: bergamot.stats.memoryBytes,
      rssBytes: process.memoryUsage.rss(),
      loopDelayMs,
    };
  };
  process.on('message', (message) => {
    if (LOAD_SERVER_MESSAGE.look.safeParse(message).success) {
      void look().then((figures) => process.send?.(figures));
    }
  });
  process.once('SIGTERM', () => void application.close().then(() => process.exit(0)));
  process.send?.({ kind: 'listening', url: application.url });
}

/** Hears in a tone as much of its sentence as was said so far. */
function recognizerOf(sentences: readonly string[]): Recognizer {
  return {
    name: 'scripted',
    capabilities: {
      languages: [SPOKEN],
      maxUtteranceMs: 30_000,
      concurrency: SLOTS,
      drafts: false,
      wordTimes: false,
    },
    recognize: async ({ samples }) => {
      const heard = heardTone(samples);
      const text = heard === null ? undefined : sentences[heard.sentence];
      if (heard === null || text === undefined) return hypothesisOf('');
      return hypothesisOf(wordsSaid(text, heard.loudMs, SENTENCE_MS));
    },
    close: async () => {},
  };
}

/** Threads that read files start when they are first used: here, so that they are not counted. */
async function threadsBeforeTranslation(): Promise<ReadonlySet<number> | null> {
  await Promise.all(Array.from({ length: FILE_THREADS }, () => readFile(process.execPath)));
  return await threadIds();
}

async function newThreads(before: ReadonlySet<number>): Promise<number[] | null> {
  const now = await threadIds();
  return now === null ? null : [...now].filter((id) => !before.has(id));
}
