import type { Worker } from 'node:worker_threads';
import { findModel, type ModelFile } from '../../models/catalogue.ts';
import { startWorkerThread } from '../../worker-thread.ts';
import { checkModelFiles } from '../check-model-files.ts';
import type { Recognizer } from '../recognizer.ts';
import { createThreadedRecognizer } from '../threaded-recognizer.ts';
import { MAX_UTTERANCE_MS } from './utterance-limits.ts';

export const MOONSHINE_MODEL = 'moonshine-tiny-en';

export interface MoonshineOptions {
  /** Folder that holds encoder_model.ort, decoder_model_merged.ort and tokenizer.bin. */
  readonly modelFolder: string;
  /** Utterances read at the same time: worker threads, each with its own copy of the model. */
  readonly workers: number;
  /** Whether the files' contents are checked before they are loaded; their lengths always are. */
  readonly checksums?: boolean;
  /** For another make of the same model; by default as in the catalogue. */
  readonly files?: readonly ModelFile[];
  readonly startWorker?: (modelFolder: string) => Worker;
}

/**
 * Moonshine tiny for English on onnxruntime (Jeffries et al. 2024). Rejects with `model_missing`
 * or `model_damaged`.
 */
export async function createMoonshineRecognizer(options: MoonshineOptions): Promise<Recognizer> {
  const { modelFolder, workers, checksums = true, startWorker = startMoonshineWorker } = options;
  const files = options.files ?? findModel(MOONSHINE_MODEL).files;
  await checkModelFiles({ model: MOONSHINE_MODEL, folder: modelFolder, files, checksums });
  return await createThreadedRecognizer({
    name: MOONSHINE_MODEL,
    languages: ['en'],
    maxUtteranceMs: MAX_UTTERANCE_MS,
    drafts: true,
    wordTimes: true,
    workers,
    startWorker: () => startWorker(modelFolder),
  });
}

export function startMoonshineWorker(modelFolder: string): Worker {
  return startWorkerThread('moonshine-worker', import.meta.url, { workerData: { modelFolder } });
}
