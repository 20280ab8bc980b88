import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { findModel, type ModelFile } from '../../models/catalogue.ts';
import { startWorkerThread } from '../../worker-thread.ts';
import { checkModelFiles } from '../check-model-files.ts';
import { MODEL_FILES } from '../moonshine/model-files.ts';
import type { Recognizer } from '../recognizer.ts';
import { createThreadedRecognizer } from '../threaded-recognizer.ts';
import { writeTokens } from './write-tokens.ts';

const MODEL = 'moonshine-tiny-en';
/** sherpa-onnx 1.13 gives the decoder too short a mask: beyond 9.2 s it answers nothing. */
export const SHERPA_MAX_UTTERANCE_MS = 9000;

export interface SherpaOptions {
  /** Folder that holds encoder_model.ort, decoder_model_merged.ort and tokenizer.bin. */
  readonly modelFolder: string;
  /** Utterances read at the same time: worker threads, each with its own copy of the model. */
  readonly workers: number;
  /** Where the vocabulary is written in sherpa-onnx's own form; made where it is not there. */
  readonly workFolder: string;
  /** Whether the files' contents are checked before they are loaded; their lengths always are. */
  readonly checksums?: boolean;
  /** For another make of the same model; by default as in the catalogue. */
  readonly files?: readonly ModelFile[];
  readonly startWorker?: (data: SherpaWorkerData) => Worker;
}

export interface SherpaWorkerData {
  readonly modelFolder: string;
  /** Path of tokens.txt. */
  readonly tokens: string;
}

/**
 * The same Moonshine model on sherpa-onnx: slower, without drafts and probabilities, for utterances
 * of up to nine seconds. Rejects with `model_missing` or `model_damaged`.
 */
export async function createSherpaRecognizer(options: SherpaOptions): Promise<Recognizer> {
  const { modelFolder, workers, checksums = true, startWorker = startSherpaWorker } = options;
  const files = options.files ?? findModel(MODEL).files;
  // sherpa-onnx ends the whole process over a file that it cannot read: it must not get one.
  await checkModelFiles({ model: MODEL, folder: modelFolder, files, checksums });
  const tokens = await writeTokens(join(modelFolder, MODEL_FILES.tokenizer), options.workFolder);
  return await createThreadedRecognizer({
    name: 'sherpa-moonshine-tiny-en',
    languages: ['en'],
    maxUtteranceMs: SHERPA_MAX_UTTERANCE_MS,
    drafts: false,
    wordTimes: false,
    workers,
    startWorker: () => startWorker({ modelFolder, tokens }),
  });
}

export function startSherpaWorker(data: SherpaWorkerData): Worker {
  return startWorkerThread('sherpa-worker', import.meta.url, { workerData: data });
}
