import type { Logger } from 'pino';
import type { TranslationQuality } from '../../shared/captions.ts';
import type { LanguageOffer } from '../../shared/protocol.ts';
import type { CleanUps } from './clean-ups.ts';
import type { Settings } from './config/settings.ts';
import type { Droppable } from './limits/droppable.ts';
import type { OutsideEngines } from './outside/outside-engines.ts';
import type { Recognizer } from './recognition/recognizer.ts';
import { startRecognizer } from './recognition/start-recognizer.ts';
import { createSileroDetector } from './segmentation/silero/silero-detector.ts';
import type { SpeechDetector } from './segmentation/speech-detector.ts';
import { TranslationCache } from './translation/cache/cache-finals.ts';
import { startTranslators } from './translation/start-translators.ts';
import type { EngineSlots, LoadTime, Translator } from './translation/translator.ts';
import { TranslatorRouter } from './translation/translator-router.ts';

/** The engines at work on a node. */
export interface Engines {
  readonly recognizer: Recognizer;
  readonly detector: SpeechDetector;
  readonly translator: Translator;
  /** Languages that a reader of this spoken language may choose, the spoken one first. */
  offers(spoken: string): readonly LanguageOffer[];
  /** The listener hears when they may be others than before; returns "stop listening". */
  onOffersChanged(listener: () => void): () => void;
  readonly warnings: readonly string[];
  /** How busy the translators are; absent where they have no bounds of their own. */
  readonly translationSlots?: () => EngineSlots;
  /** What they keep and could get again; absent where that is nothing. */
  readonly droppables?: readonly Droppable[];
  /** How long each took to load, and the models that came later; absent where that says nothing. */
  readonly loadTimes?: () => readonly LoadTime[];
  /** Those outside this server; absent where all are inside. */
  readonly outside?: OutsideEngines;
}

/** Starts them all; `model_missing`, `model_damaged` say what to do. */
export async function startEngines(
  settings: Settings,
  cleanUps: CleanUps,
  log?: Pick<Logger, 'warn' | 'info'>,
): Promise<Engines> {
  const warnings: string[] = [];
  const clock = new LoadClock();
  const heard = await startRecognizer({ settings, log });
  const { recognizer } = heard;
  clock.loaded(recognizer.name);
  cleanUps.add(() => recognizer.close());
  const detector = await createSileroDetector();
  clock.loaded('silero');
  cleanUps.add(() => detector.close());
  const listeners = new Set<() => void>();
  const cache = new TranslationCache();
  const translated = await startTranslators({
    settings,
    spoken: recognizer.capabilities.languages,
    cache,
    warn: (message) => warnings.push(message),
    onChange: () => {
      for (const listener of listeners) listener();
    },
    log,
  });
  const translator = new TranslatorRouter(translated.translators);
  clock.loaded(translator.name);
  cleanUps.add(() => translator.close());
  const outside = () => [...heard.outside(), ...translated.outside()];
  return {
    recognizer,
    detector,
    translator,
    offers: (spoken) => [spokenOffer(spoken, recognizer.name), ...translator.offers(spoken)],
    onOffersChanged: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    warnings,
    translationSlots: () => translated.slots(),
    droppables: translated.droppables,
    loadTimes: () => [...clock.times, ...translated.loadTimes()],
    ...(outside().length === 0 ? {} : { outside: { cache, status: outside } }),
  };
}

/** Times what is loaded one after the other. */
class LoadClock {
  readonly times: LoadTime[] = [];
  #fromMs = performance.now();

  loaded(engine: string): void {
    const now = performance.now();
    this.times.push({ engine, model: '', seconds: (now - this.#fromMs) / 1000 });
    this.#fromMs = now;
  }
}

function spokenOffer(language: string, engine: string): LanguageOffer {
  const quality: TranslationQuality = 'none';
  return { language, engine, quality, via: [] };
}
