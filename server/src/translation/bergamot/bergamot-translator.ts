import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import type { Worker } from 'node:worker_threads';
import { AppError } from '../../../../shared/errors.ts';
import { mapConcurrently } from '../../async/map-concurrently.ts';
import type { Droppable } from '../../limits/droppable.ts';
import type { PlaceholderStyle } from '../terms/placeholders.ts';
import type {
  EngineSlots,
  LoadTime,
  Translation,
  TranslationRequest,
  TranslationRoute,
  Translator,
} from '../translator.ts';
import { BERGAMOT_LIMITS, type BergamotLimits } from './limits.ts';
import { type MarianParts, readMarianParts } from './marian-module.ts';
import { startBergamotWorker } from './marian-worker.ts';
import { type ModelRoute, ModelShelf } from './model-shelf.ts';
import { placeholderStylesOf } from './placeholder-styles.ts';
import { hasLetters, splitSentences } from './sentences.ts';
import { WorkerCrew } from './worker-crew.ts';

export interface BergamotOptions {
  /** Folders of installed models; the first that has a pair wins. */
  readonly folders: readonly string[];
  /** Threads that translate. */
  readonly workers: number;
  /** Memory for models, all workers together. */
  readonly memoryLimitMb: number;
  /** Languages that are spoken: models from them are loaded before anybody asks. */
  readonly warmFrom?: readonly string[];
  /** Told once for each model that can not be used, in words for who runs the server. */
  readonly onProblem?: (problem: AppError) => void;
  /** Told whenever models came, went or were put aside: routes may be others than before. */
  readonly onChange?: () => void;
  readonly limits?: Partial<BergamotLimits>;
  readonly startWorker?: (parts: MarianParts) => Worker;
}

export interface BergamotStats {
  readonly workers: number;
  readonly waiting: number;
  readonly replaced: number;
  readonly memoryBytes: number;
  /** Pairs in memory, by worker. */
  readonly loaded: readonly (readonly string[])[];
}

export interface BergamotTranslator extends Translator, Droppable {
  readonly slots: EngineSlots;
  readonly stats: BergamotStats;
  /** Models that are there but not used, and why. */
  readonly problems: readonly AppError[];
  /** Looks at the folders now instead of in a moment. */
  refresh(): Promise<void>;
}

const NAME = 'bergamot';
const BYTES_PER_MB = 2 ** 20;
/** An instance can not have more than 2 GiB; what it works with needs the rest. */
const MAX_WORKER_BYTES = 1_700 * BYTES_PER_MB;

/**
 * Firefox's neural models in WebAssembly, in worker threads of their own. Models may come and go
 * while it runs; without any it starts no thread.
 */
export async function createBergamotTranslator(
  options: BergamotOptions,
): Promise<BergamotTranslator> {
  if (!Number.isInteger(options.workers) || options.workers < 1) {
    throw new RangeError(`Expected at least one worker, got ${options.workers}.`);
  }
  const shelf = new ModelShelf(options.folders);
  await shelf.refresh();
  return new Bergamot(shelf, options);
}

class Bergamot implements BergamotTranslator {
  readonly name = NAME;
  readonly quality = 'neural';
  readonly #shelf: ModelShelf;
  readonly #crew: WorkerCrew;
  readonly #limits: BergamotLimits;
  readonly #workers: number;
  /** How long the last loading of a model took, by its key. */
  readonly #loadMs = new Map<string, number>();
  readonly #warmFrom: readonly string[];
  readonly #onChange: () => void;
  readonly #rescan: NodeJS.Timeout;
  #refreshing: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(shelf: ModelShelf, options: BergamotOptions) {
    const { workers, memoryLimitMb, warmFrom = [], onProblem, onChange = () => {} } = options;
    const { startWorker = startBergamotWorker } = options;
    this.#shelf = shelf;
    this.#workers = workers;
    this.#limits = { ...BERGAMOT_LIMITS, ...options.limits };
    this.#warmFrom = warmFrom;
    this.#onChange = onChange;
    let parts: Promise<MarianParts> | null = null;
    this.#crew = new WorkerCrew({
      workers,
      maxWorkerBytes: Math.min((memoryLimitMb * BYTES_PER_MB) / workers, MAX_WORKER_BYTES),
      limits: this.#limits,
      startWorker: async () => {
        parts ??= readMarianParts();
        return startWorker(await parts);
      },
      onLoaded: ({ key }, tookMs) => this.#loadMs.set(key, tookMs),
      onDamaged: ({ key }, problem) => {
        shelf.putAside(key, problem);
        onProblem?.(problem);
        onChange();
      },
      now: () => performance.now(),
    });
    this.#rescan = setInterval(() => void this.refresh(), this.#limits.rescanMs);
    this.#rescan.unref();
    this.#warm();
  }

  /** Without a model no thread would ever have anything to do. */
  get slots(): EngineSlots {
    const { busy, waiting } = this.#crew;
    return { total: this.#shelf.models.length === 0 ? 0 : this.#workers, inUse: busy, waiting };
  }

  get loadTimes(): readonly LoadTime[] {
    return this.#shelf.models.flatMap(({ key, installed: { pair } }) => {
      const tookMs = this.#loadMs.get(key);
      return tookMs === undefined ? [] : [{ engine: NAME, model: pair, seconds: tookMs / 1000 }];
    });
  }

  get stats(): BergamotStats {
    const { running, waiting, replaced, memoryBytes, loaded } = this.#crew;
    const pairs = new Map(this.#shelf.models.map(({ key, installed }) => [key, installed.pair]));
    return {
      workers: running,
      waiting,
      replaced,
      memoryBytes,
      loaded: loaded.map((keys) => keys.map((key) => pairs.get(key) ?? 'removed')),
    };
  }

  get problems(): readonly AppError[] {
    return this.#shelf.problems;
  }

  route(from: string, to: string): TranslationRoute | null {
    const route = this.#shelf.route(from, to);
    return route === null ? null : { via: route.via };
  }

  targets(from: string): readonly string[] {
    return this.#shelf.targets(from);
  }

  placeholderStyles(_from: string, to: string): readonly PlaceholderStyle[] {
    return placeholderStylesOf(to);
  }

  async translate(request: TranslationRequest): Promise<Translation> {
    const { from, to, signal } = request;
    const { maxTextChars } = this.#limits;
    if (this.#closing !== null) throw new AppError('shutting_down', 'The translator is closed.');
    const route = this.#shelf.route(from, to);
    if (route === null) throw this.#unsupported(from, to);
    signal?.throwIfAborted();
    // A caller may share one signal between all its requests.
    if (signal !== undefined) setMaxListeners(0, signal);
    const text = request.text.trim();
    if (text.length > maxTextChars) {
      throw new AppError(
        'translator_failed',
        `Expected a text of at most ${maxTextChars} characters, got ${text.length}.`,
      );
    }
    const translated = await this.#translateText(text, request, route);
    return { text: translated, engine: this.name, quality: this.quality };
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** Lets models go that nobody needs just now; the next sentence loads them again. */
  drop(): void {
    if (this.#closing === null) this.#crew.dropIdle();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#rescan);
    await Promise.all([this.#crew.close(), this.#refreshing]);
  }

  /** A folder that can not be read just now leaves everything as it was. */
  async #refresh(): Promise<void> {
    const changed = await this.#shelf.refresh().catch(() => false);
    if (!changed || this.#closing !== null) return;
    this.#crew.forget((key) => this.#shelf.has(key));
    for (const key of this.#loadMs.keys()) if (!this.#shelf.has(key)) this.#loadMs.delete(key);
    this.#warm();
    this.#onChange();
  }

  #warm(): void {
    const likely = this.#shelf.models.filter(({ installed }) =>
      this.#warmFrom.includes(installed.from),
    );
    this.#crew.warm(likely.slice(0, this.#limits.maxWarmModels));
  }

  /** Where one sentence fails all others are dropped. */
  async #translateText(
    text: string,
    { from, kind, signal }: TranslationRequest,
    route: ModelRoute,
  ): Promise<string> {
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    setMaxListeners(0, stop.signal);
    try {
      const translated = await mapConcurrently(
        splitSentences(text, from, this.#limits.maxSentenceChars),
        this.#limits.maxSentencesPerText,
        async ({ text: sentence, separator }) => {
          if (!hasLetters(sentence)) return sentence + separator;
          const job = { text: sentence, kind, route, signal: stop.signal };
          return (await this.#crew.translate(job)).trim() + separator;
        },
      );
      return translated.join('');
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #unsupported(from: string, to: string): AppError {
    return (
      this.#shelf.problemOf(from, to) ??
      new AppError(
        'language_unsupported',
        `Expected a pair of languages with an installed model, got ${from} to ${to}. ` +
          `Get one with: parlance models add ${from}-${to}`,
      )
    );
  }
}
