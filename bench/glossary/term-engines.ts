import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../server/src/config/settings.ts';
import { translationModelsFolder } from '../../server/src/models/installed-models.ts';
import { installModel } from '../../server/src/testing/marian/install-model.ts';
import { makeCipherModel } from '../../server/src/testing/marian/make-model.ts';
import { createApertiumTranslator } from '../../server/src/translation/apertium/apertium-translator.ts';
import { createBergamotTranslator } from '../../server/src/translation/bergamot/bergamot-translator.ts';
import { createNoneTranslator } from '../../server/src/translation/none/none-translator.ts';
import type { Translator } from '../../server/src/translation/translator.ts';
import { AppError } from '../../shared/errors.ts';

const FROM = 'en';
const MADE_TO = 'es';
const MADE_MEMORY_MB = 1_000;

/** An engine to measure; `work` has it until it resolves. */
export interface TermEngine {
  /** Whether its translations mean something. */
  readonly genuine: boolean;
  use<T>(work: (translator: Translator) => Promise<T>): Promise<T>;
}

/** Those that are installed, and a made model; notes say what is missing and what that means. */
export function termEngines(notes: string[]): TermEngine[] {
  const settings = readSettings();
  const folder = settings.MODELS_DIR ?? translationModelsFolder(settings.PARLANCE_CACHE);
  return [
    {
      genuine: true,
      use: async (work) => {
        const translator = await createApertium(settings.APERTIUM_BIN, notes);
        return await closing(translator, work);
      },
    },
    {
      genuine: true,
      use: async (work) => {
        const translator = await createBergamotTranslator({
          folders: [folder],
          workers: settings.TRANSLATION_WORKERS,
          memoryLimitMb: settings.TRANSLATION_MEMORY_MB,
        });
        if (translator.targets(FROM).length === 0) {
          notes.push(
            `No neural model from ${FROM} in ${folder}: genuine ones were not measured. Set MODELS_DIR.`,
          );
        }
        return await closing(translator, work);
      },
    },
    {
      genuine: false,
      use: async (work) => {
        const made = await mkdtemp(join(tmpdir(), 'models-'));
        try {
          await installModel(made, makeCipherModel({ from: FROM, to: MADE_TO }));
          const options = { folders: [made], workers: 1, memoryLimitMb: MADE_MEMORY_MB };
          return await closing(await createBergamotTranslator(options), work);
        } finally {
          await rm(made, { recursive: true });
        }
      },
    },
  ];
}

async function createApertium(bin: string | undefined, notes: string[]): Promise<Translator> {
  try {
    return await createApertiumTranslator(bin === undefined ? {} : { apertiumBin: bin });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'program_missing') throw error;
    notes.push('Apertium is not installed.');
    return createNoneTranslator();
  }
}

async function closing<T>(
  translator: Translator,
  work: (translator: Translator) => Promise<T>,
): Promise<T> {
  try {
    return await work(translator);
  } finally {
    await translator.close();
  }
}
