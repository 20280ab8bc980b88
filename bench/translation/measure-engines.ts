import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../server/src/config/settings.ts';
import { installModel } from '../../server/src/testing/marian/install-model.ts';
import { makeRealSizeModel } from '../../server/src/testing/marian/make-model.ts';
import { createApertiumTranslator } from '../../server/src/translation/apertium/apertium-translator.ts';
import { createBergamotTranslator } from '../../server/src/translation/bergamot/bergamot-translator.ts';
import { AppError } from '../../shared/errors.ts';
import { measureSpeed, type SpeedMeasurement } from './measure-speed.ts';

const BYTES_PER_MB = 2 ** 20;
const MEMORY_MB_PER_WORKER = 1_000;
/** An instance before it has a model, as it starts. */
const EMPTY_INSTANCE_MB = 16;

/** Bergamot with a model that is made here: 6+2 layers, 256 wide, 32,000 pieces, a shortlist. */
export async function measureMadeModel(
  sentences: readonly string[],
  workers: number,
  signal: AbortSignal,
): Promise<SpeedMeasurement> {
  const folder = await mkdtemp(join(tmpdir(), 'models-'));
  try {
    const model = makeRealSizeModel({ from: 'en', to: 'es' }, sentences.join(' '));
    await installModel(folder, model);
    const translator = await createBergamotTranslator({
      folders: [folder],
      workers,
      memoryLimitMb: MEMORY_MB_PER_WORKER * workers,
    });
    try {
      const speed = await measureSpeed(translator, sentences, signal);
      const memoryMb = translator.stats.memoryBytes / BYTES_PER_MB;
      return {
        engine: `bergamot, ${workers} worker${workers === 1 ? '' : 's'}`,
        workers,
        ...speed,
        memoryMb,
        modelMb: memoryMb / translator.stats.workers - EMPTY_INSTANCE_MB,
      };
    } finally {
      await translator.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Null where Apertium is not installed, or lacks the pair. */
export async function measureApertium(
  sentences: readonly string[],
  signal: AbortSignal,
): Promise<SpeedMeasurement | null> {
  const { APERTIUM_BIN } = readSettings();
  try {
    const translator = await createApertiumTranslator(
      APERTIUM_BIN === undefined ? {} : { apertiumBin: APERTIUM_BIN },
    );
    try {
      if (translator.route('en', 'es') === null) return null;
      const speed = await measureSpeed(translator, sentences, signal);
      return {
        engine: 'apertium',
        workers: 1,
        ...speed,
        // Its programs are processes of their own.
        cpuMsPerSentence: null,
        cpuMsPerWord: null,
        memoryMb: null,
        modelMb: null,
      };
    } finally {
      await translator.close();
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'program_missing') return null;
    throw error;
  }
}
