import type { Logger } from 'pino';
import { AppError } from '../../../shared/errors.ts';
import { readKey } from '../config/outside-settings.ts';
import { readProxySettings } from '../config/proxy-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { Droppable } from '../limits/droppable.ts';
import { translationModelsFolder } from '../models/installed-models.ts';
import type { OutsideLimits } from '../outside/limits.ts';
import type { OutsideStatus } from '../outside/outside-calls.ts';
import { OutsideError } from '../outside/outside-error.ts';
import { reportFault } from '../outside/report-fault.ts';
import { reportState } from '../outside/report-state.ts';
import { createApertiumTranslator } from './apertium/apertium-translator.ts';
import { createApyEngine } from './apertium-apy/apy-engine.ts';
import { createBergamotTranslator } from './bergamot/bergamot-translator.ts';
import { cacheFinals, type TranslationCache } from './cache/cache-finals.ts';
import { createLibreTranslateEngine } from './libretranslate/libretranslate-engine.ts';
import { createChatEngine } from './openai/chat-engine.ts';
import type { WatchTimes } from './remote/language-watch.ts';
import type { RemoteEngine } from './remote/remote-engine.ts';
import { createRemoteTranslator } from './remote/remote-translator.ts';
import { keepTerms } from './terms/keep-terms.ts';
import { type EngineSlots, type LoadTime, NO_SLOTS, type Translator } from './translator.ts';

export interface TranslatorSurroundings {
  readonly settings: Settings;
  /** Languages that may be spoken. */
  readonly spoken: readonly string[];
  readonly cache: TranslationCache;
  readonly warn: (message: string) => void;
  /** Told when a translator's languages may have changed. */
  readonly onChange: () => void;
  readonly log?: Pick<Logger, 'warn' | 'info'> | undefined;
  /** Others than usual, for tests. */
  readonly limits?: Partial<OutsideLimits>;
  readonly times?: Partial<WatchTimes>;
}

export interface StartedTranslators {
  readonly translators: readonly Translator[];
  /** Those that hold models or programs which they can start again. */
  readonly droppables: readonly Droppable[];
  /** How busy all of them are together. */
  slots(): EngineSlots;
  /** What models that were loaded meanwhile took. */
  loadTimes(): readonly LoadTime[];
  /** How those outside fare. */
  outside(): readonly OutsideStatus[];
}

/** Names of settings.TRANSLATORS that are services outside this server. */
export const OUTSIDE_TRANSLATORS = ['libretranslate', 'openai', 'apertium-apy'] as const;
type Name = Settings['TRANSLATORS'][number];
export type OutsideTranslatorName = (typeof OUTSIDE_TRANSLATORS)[number];

/** Starts the translators that the settings name, in their order, all at once; closes all when one fails. */
export async function startTranslators(
  surroundings: TranslatorSurroundings,
): Promise<StartedTranslators> {
  const outside: (() => OutsideStatus)[] = [];
  const names = [...new Set(surroundings.settings.TRANSLATORS)];
  const starting = names.map((name) => startTranslator(name, surroundings, outside));
  const started = await Promise.allSettled(starting);
  const translators = started.flatMap((result) =>
    result.status === 'fulfilled' && result.value !== null ? [result.value] : [],
  );
  const failure = started.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await Promise.all(translators.map((translator) => translator.close()));
    throw failure.reason;
  }
  return {
    // Each by itself: what stands for a term is a matter of the engine.
    translators: translators.map((translator) => keepTerms(translator)),
    droppables: translators.filter(isDroppable),
    outside: () => outside.map((status) => status()),
    loadTimes: () => translators.flatMap(({ loadTimes = [] }) => loadTimes),
    slots: () => {
      const { OUTSIDE_CONCURRENCY: total } = surroundings.settings;
      return sumOf([
        ...translators.map(({ slots = NO_SLOTS }) => slots),
        ...outside.map((status) => {
          const { running, waiting } = status();
          return { total, inUse: running, waiting };
        }),
      ]);
    },
  };
}

function sumOf(all: readonly EngineSlots[]): EngineSlots {
  return all.reduce(
    (sum, each) => ({
      total: sum.total + each.total,
      inUse: sum.inUse + each.inUse,
      waiting: sum.waiting + each.waiting,
    }),
    NO_SLOTS,
  );
}

function isDroppable(translator: Translator): translator is Translator & Droppable {
  return 'drop' in translator;
}

/** Null, with a warning, where the translator can not be had: captions then go on untranslated. */
async function startTranslator(
  name: Name,
  surroundings: TranslatorSurroundings,
  outside: (() => OutsideStatus)[],
): Promise<Translator | null> {
  const { settings, spoken, warn, onChange, log } = surroundings;
  switch (name) {
    case 'none':
      return null;
    case 'bergamot': {
      const installed = translationModelsFolder(settings.PARLANCE_CACHE);
      return await createBergamotTranslator({
        folders: settings.MODELS_DIR === undefined ? [installed] : [settings.MODELS_DIR, installed],
        workers: settings.TRANSLATION_WORKERS,
        memoryLimitMb: settings.TRANSLATION_MEMORY_MB,
        warmFrom: spoken,
        onProblem: (problem) => log?.warn({ code: problem.code }, problem.message),
        onChange,
      });
    }
    case 'apertium':
      try {
        return await createApertiumTranslator(
          settings.APERTIUM_BIN === undefined ? {} : { apertiumBin: settings.APERTIUM_BIN },
        );
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'program_missing') throw error;
        warn(error.message);
        return null;
      }
    default:
      return await startOutside(name, surroundings, outside);
  }
}

async function startOutside(
  name: OutsideTranslatorName,
  { settings, spoken, cache, warn, onChange, log, limits, times }: TranslatorSurroundings,
  outside: (() => OutsideStatus)[],
): Promise<Translator> {
  const engine = outsideEngine(name, settings, spoken);
  const { OUTSIDE_TIMEOUT_MS: timeoutMs, OUTSIDE_CONCURRENCY: concurrency } = settings;
  let silent: string | null = null;
  const translator = await createRemoteTranslator(engine, {
    limits: { concurrency, timeoutMs, totalMs: Math.round(timeoutMs * 1.5), ...limits },
    ...(times === undefined ? {} : { times }),
    onChange,
    finalsOnly: settings.OUTSIDE_PARTIALS === 'off',
    onState: reportState(name, log),
    onFault: reportFault(name, log),
    onProblem: (error) => {
      silent = problemOf(error);
      log?.warn({ engine: name, reason: silent }, 'an outside engine does not tell its languages');
    },
  });
  outside.push(() => translator.status);
  if (translator.targets(spoken[0] ?? 'en').length === 0) {
    warn(
      `${name} does not answer as it should yet (${silent ?? 'no answer in time'}). It is asked again, ` +
        'and its languages are offered as soon as it answers. See parlance doctor.',
    );
  }
  if (settings.TRANSLATION_CACHE === 0 || name === 'apertium-apy') return translator;
  return cacheFinals(translator, cache, variantOf(name, settings));
}

/** Throws `invalid_setting` for a key that cannot be read. */
export function outsideEngine(
  name: OutsideTranslatorName,
  settings: Settings,
  spoken: readonly string[],
): RemoteEngine {
  const shared = { concurrency: settings.OUTSIDE_CONCURRENCY, proxies: readProxySettings() };
  switch (name) {
    case 'libretranslate':
      return createLibreTranslateEngine({
        ...shared,
        url: addressOf(settings.LIBRETRANSLATE_URL),
        apiKey: readKey(settings, 'LIBRETRANSLATE_API_KEY'),
      });
    case 'apertium-apy':
      return createApyEngine({ ...shared, url: addressOf(settings.APERTIUM_APY_URL) });
    case 'openai':
      return createChatEngine({
        ...shared,
        url: addressOf(settings.OPENAI_URL),
        apiKey: readKey(settings, 'OPENAI_API_KEY'),
        model: settings.OPENAI_MODEL ?? '',
        languages: settings.OPENAI_LANGUAGES,
        spoken,
      });
  }
}

/** What tells one service's answers from another's in the cache that nodes share. */
function variantOf(name: OutsideTranslatorName, settings: Settings): string {
  return name === 'openai'
    ? `${settings.OPENAI_URL} ${settings.OPENAI_MODEL}`
    : `${settings.LIBRETRANSLATE_URL}`;
}

/** Settings are checked for it when they are read. */
function addressOf(url: string | undefined): string {
  if (url === undefined) throw new AppError('invalid_setting', 'Expected an address, got none.');
  return url;
}

function problemOf(error: unknown): string {
  if (error instanceof OutsideError) return error.message;
  return error instanceof Error ? error.name : 'unknown';
}
