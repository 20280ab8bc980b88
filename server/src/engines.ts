import { join } from 'node:path';
import type { Logger } from 'pino';
import type { TranslationQuality } from '../../shared/captions.ts';
import { AppError } from '../../shared/errors.ts';
import type { LanguageOffer } from '../../shared/protocol.ts';
import type { CleanUps } from './clean-ups.ts';
import type { Settings } from './config/settings.ts';
import { findModel } from './models/catalogue.ts';
import { translationModelsFolder } from './models/installed-models.ts';
import { ModelStore } from './models/model-store.ts';
import { createMoonshineRecognizer } from './recognition/moonshine/moonshine-recognizer.ts';
import type { Recognizer } from './recognition/recognizer.ts';
import { createSileroDetector } from './segmentation/silero/silero-detector.ts';
import type { SpeechDetector } from './segmentation/speech-detector.ts';
import { createApertiumTranslator } from './translation/apertium/apertium-translator.ts';
import { createBergamotTranslator } from './translation/bergamot/bergamot-translator.ts';
import { keepTerms } from './translation/terms/keep-terms.ts';
import type { Translator } from './translation/translator.ts';
import { TranslatorRouter } from './translation/translator-router.ts';

const SPEECH_MODEL = 'moonshine-tiny-en';

/** The engines at work on a node, chosen by name here and nowhere else. */
export interface Engines {
  readonly recognizer: Recognizer;
  readonly detector: SpeechDetector;
  readonly translator: Translator;
  /** Languages that a reader of this spoken language may choose, the spoken one first. */
  offers(spoken: string): readonly LanguageOffer[];
  /** The listener hears when they may be others than before; returns "stop listening". */
  onOffersChanged(listener: () => void): () => void;
  readonly warnings: readonly string[];
}

/** Starts them all; `model_missing`, `model_damaged` say what to do. */
export async function startEngines(
  settings: Settings,
  cleanUps: CleanUps,
  log?: Pick<Logger, 'warn'>,
): Promise<Engines> {
  const warnings: string[] = [];
  const recognizer = await startRecognizer(settings);
  cleanUps.add(() => recognizer.close());
  const detector = await createSileroDetector();
  cleanUps.add(() => detector.close());
  const translators: Translator[] = [];
  const listeners = new Set<() => void>();
  for (const name of settings.TRANSLATORS) {
    const translator = await startTranslator(name, {
      settings,
      spoken: recognizer.capabilities.languages,
      warn: (message) => warnings.push(message),
      onChange: () => {
        for (const listener of listeners) listener();
      },
      log,
    });
    if (translator === null) continue;
    // Each by itself: what stands for a term is a matter of the engine.
    translators.push(keepTerms(translator));
    cleanUps.add(() => translator.close());
  }
  const translator = new TranslatorRouter(translators);
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
  };
}

async function startRecognizer(settings: Settings): Promise<Recognizer> {
  const models = new ModelStore(settings.PARLANCE_CACHE);
  // Checked here, contents and all, for whichever recogniser loads it.
  const modelFolder = await models.require(findModel(SPEECH_MODEL));
  const workers = settings.AUDIO_CONVERTER_WORKERS;
  switch (settings.RECOGNIZER) {
    case 'moonshine':
      return await createMoonshineRecognizer({ modelFolder, workers, checksums: false });
    case 'sherpa': {
      // Loaded only where it is chosen: it brings another native runtime of its own.
      const { createSherpaRecognizer } = await import('./recognition/sherpa/sherpa-recognizer.ts');
      return await createSherpaRecognizer({
        modelFolder,
        workers,
        workFolder: join(settings.PARLANCE_CACHE, 'sherpa'),
      });
    }
  }
}

interface TranslatorSurroundings {
  readonly settings: Settings;
  /** Languages that may be spoken. */
  readonly spoken: readonly string[];
  readonly warn: (message: string) => void;
  /** Told when a translator's languages may have changed. */
  readonly onChange: () => void;
  readonly log: Pick<Logger, 'warn'> | undefined;
}

/** Null, with a warning, where the translator can not be had: captions then go on untranslated. */
async function startTranslator(
  name: Settings['TRANSLATORS'][number],
  { settings, spoken, warn, onChange, log }: TranslatorSurroundings,
): Promise<Translator | null> {
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
  }
}

function spokenOffer(language: string, engine: string): LanguageOffer {
  const quality: TranslationQuality = 'none';
  return { language, engine, quality, via: [] };
}
