import { join } from 'node:path';
import type { Logger } from 'pino';
import { readKey } from '../config/outside-settings.ts';
import { readProxySettings } from '../config/proxy-settings.ts';
import type { Settings } from '../config/settings.ts';
import { findModel } from '../models/catalogue.ts';
import { ModelStore } from '../models/model-store.ts';
import type { OutsideLimits } from '../outside/limits.ts';
import type { OutsideStatus } from '../outside/outside-calls.ts';
import { reportFault } from '../outside/report-fault.ts';
import { reportState } from '../outside/report-state.ts';
import { createMoonshineRecognizer } from './moonshine/moonshine-recognizer.ts';
import { createOpenaiRecognizer } from './openai/openai-recognizer.ts';
import type { Recognizer } from './recognizer.ts';
import { RecognizerChain } from './recognizer-chain.ts';

const SPEECH_MODEL = 'moonshine-tiny-en';
/** All tries of one utterance, for each millisecond that one may take. */
const TOTAL_SHARE = 1.5;

export interface StartedRecognizer {
  readonly recognizer: Recognizer;
  /** How one outside fares. */
  outside(): readonly OutsideStatus[];
}

export interface RecognizerSurroundings {
  readonly settings: Settings;
  readonly log?: Pick<Logger, 'warn' | 'info'> | undefined;
  /** Others than usual, for tests. */
  readonly limits?: Partial<OutsideLimits>;
}

/** Starts the recognisers that the settings name, in their order; `model_missing`, `model_damaged`. */
export async function startRecognizer(
  surroundings: RecognizerSurroundings,
): Promise<StartedRecognizer> {
  const outside: (() => OutsideStatus)[] = [];
  const started: Recognizer[] = [];
  try {
    for (const name of new Set(surroundings.settings.RECOGNIZER)) {
      started.push(await startOne(name, surroundings, outside));
    }
  } catch (error) {
    await Promise.all(started.map((recognizer) => recognizer.close()));
    throw error;
  }
  const [first, ...others] = started;
  if (first === undefined) throw new Error('Expected at least one recogniser, got none.');
  return {
    recognizer: others.length === 0 ? first : new RecognizerChain([first, ...others]),
    outside: () => outside.map((status) => status()),
  };
}

async function startOne(
  name: Settings['RECOGNIZER'][number],
  { settings, log, limits }: RecognizerSurroundings,
  outside: (() => OutsideStatus)[],
): Promise<Recognizer> {
  const workers = settings.AUDIO_CONVERTER_WORKERS;
  switch (name) {
    case 'moonshine':
      return await createMoonshineRecognizer({
        modelFolder: await speechModel(settings),
        workers,
        checksums: false,
      });
    case 'sherpa': {
      // Loaded only where it is chosen: it brings another native runtime of its own.
      const { createSherpaRecognizer } = await import('./sherpa/sherpa-recognizer.ts');
      return await createSherpaRecognizer({
        modelFolder: await speechModel(settings),
        workers,
        workFolder: join(settings.PARLANCE_CACHE, 'sherpa'),
      });
    }
    case 'openai': {
      const timeoutMs = settings.TRANSCRIPTION_TIMEOUT_MS;
      const recognizer = createOpenaiRecognizer({
        url: settings.TRANSCRIPTION_URL ?? '',
        apiKey: readKey(settings, 'TRANSCRIPTION_API_KEY'),
        model: settings.TRANSCRIPTION_MODEL ?? '',
        languages: settings.TRANSCRIPTION_LANGUAGES,
        partials: settings.TRANSCRIPTION_PARTIALS === 'on',
        format: settings.TRANSCRIPTION_FORMAT,
        limits: {
          concurrency: settings.OUTSIDE_CONCURRENCY,
          timeoutMs,
          totalMs: Math.round(TOTAL_SHARE * timeoutMs),
          ...limits,
        },
        proxies: readProxySettings(),
        onState: reportState('transcription', log),
        onFault: reportFault('transcription', log),
      });
      outside.push(() => ({ ...recognizer.status, name: 'transcription' }));
      return recognizer;
    }
  }
}

/** Checked here, contents and all, for whichever recogniser loads it. */
function speechModel(settings: Settings): Promise<string> {
  return new ModelStore(settings.PARLANCE_CACHE).require(findModel(SPEECH_MODEL));
}
