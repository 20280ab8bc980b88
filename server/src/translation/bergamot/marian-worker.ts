import type { Worker } from 'node:worker_threads';
import { InferenceThread } from '../../inference/inference-thread.ts';
import { startWorkerThread } from '../../worker-thread.ts';
import type { MarianParts } from './marian-module.ts';
import type { ShelvedModel } from './model-shelf.ts';
import type { BergamotMessage, BergamotReply } from './worker-messages.ts';

const MEBIBYTE = 2 ** 20;
/** Measured: an instance without models. */
const EMPTY_INSTANCE_BYTES = 16 * MEBIBYTE;
/** Measured: what a model takes whatever its size, and for each byte of its files. */
const MODEL_BASE_BYTES = 160 * MEBIBYTE;
const MODEL_BYTES_PER_FILE_BYTE = 10;

interface LoadedModel {
  readonly bytes: number;
  /** Batches translated with it in this worker. */
  batches: number;
}

export function startBergamotWorker(parts: MarianParts): Worker {
  return startWorkerThread('bergamot-worker', import.meta.url, { workerData: parts });
}

/** What a model will take of a worker's memory. */
export function estimateModelBytes({ installed: { files } }: ShelvedModel): number {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return MODEL_BASE_BYTES + MODEL_BYTES_PER_FILE_BYTE * bytes;
}

/** One worker thread with an instance of Marian, and the models loaded in it, oldest use first. */
export class MarianWorker {
  readonly #worker: Worker;
  readonly #thread: InferenceThread;
  readonly #callTimeoutMs: number;
  readonly #loaded = new Map<string, LoadedModel>();
  #memoryBytes = 0;

  private constructor(worker: Worker, thread: InferenceThread, callTimeoutMs: number) {
    this.#worker = worker;
    this.#thread = thread;
    this.#callTimeoutMs = callTimeoutMs;
  }

  static async start(worker: Worker, callTimeoutMs: number): Promise<MarianWorker> {
    return new MarianWorker(worker, await InferenceThread.start(worker), callTimeoutMs);
  }

  get alive(): boolean {
    return this.#thread.alive;
  }

  /** Linear memory after the last call. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  get loadedKeys(): readonly string[] {
    return [...this.#loaded.keys()];
  }

  has(key: string): boolean {
    return this.#loaded.has(key);
  }

  /** Whether a model has worked in this worker: then it is hardly what ended it. */
  hasWorked(key: string): boolean {
    return (this.#loaded.get(key)?.batches ?? 0) > 0;
  }

  /**
   * Models to let go before another is loaded, those used longest ago first; `kept` stay whatever
   * they take.
   */
  modelsInTheWay(
    model: ShelvedModel,
    kept: ReadonlySet<string>,
    limits: { maxModels: number; maxBytes: number },
  ): string[] {
    let count = this.#loaded.size + 1;
    let bytes = EMPTY_INSTANCE_BYTES + estimateModelBytes(model);
    for (const loaded of this.#loaded.values()) bytes += loaded.bytes;
    const leaving: string[] = [];
    for (const [key, loaded] of this.#loaded) {
      if (count <= limits.maxModels && bytes <= limits.maxBytes) break;
      if (kept.has(key)) continue;
      leaving.push(key);
      count -= 1;
      bytes -= loaded.bytes;
    }
    return leaving;
  }

  /** Rejects with `model_damaged`, or with ThreadDied. */
  async load(model: ShelvedModel, unload: readonly string[]): Promise<void> {
    await this.#run({ kind: 'load', key: model.key, model: model.installed, unload });
    for (const key of unload) this.#loaded.delete(key);
    this.#loaded.set(model.key, { bytes: estimateModelBytes(model), batches: 0 });
  }

  /** Rejects with ThreadDied. */
  async translate(
    keys: readonly string[],
    sentences: readonly string[],
  ): Promise<readonly string[]> {
    const { translations } = await this.#run({ kind: 'translate', keys, sentences });
    for (const key of keys) this.#noteUse(key);
    return translations;
  }

  /** Ends the thread at once, whatever it does: it holds nothing but memory. */
  async end(): Promise<void> {
    await this.#worker.terminate();
    await this.#thread.close();
  }

  async #run(message: BergamotMessage): Promise<BergamotReply> {
    const limit = setTimeout(() => void this.#worker.terminate(), this.#callTimeoutMs);
    try {
      const reply = (await this.#thread.run({ message })) as BergamotReply;
      this.#memoryBytes = reply.memoryBytes;
      return reply;
    } finally {
      clearTimeout(limit);
    }
  }

  #noteUse(key: string): void {
    const loaded = this.#loaded.get(key);
    if (loaded === undefined) return;
    loaded.batches += 1;
    this.#loaded.delete(key);
    this.#loaded.set(key, loaded);
  }
}
