import type { Worker } from 'node:worker_threads';
import { AppError } from '../../../../shared/errors.ts';
import { ThreadDied } from '../../inference/inference-thread.ts';
import type { BergamotLimits } from './limits.ts';
import { MarianWorker } from './marian-worker.ts';
import { modelDamaged } from './model-problem.ts';
import type { ModelRoute, ShelvedModel } from './model-shelf.ts';
import { type QueuedSentence, type SentenceJob, SentenceQueue } from './sentence-queue.ts';

export interface WorkerCrewOptions {
  readonly workers: number;
  /** For the models of one worker; one model is loaded whatever it takes. */
  readonly maxWorkerBytes: number;
  readonly limits: BergamotLimits;
  readonly startWorker: () => Promise<Worker>;
  /** A worker has this model now, and took so long for it. */
  readonly onLoaded: (model: ShelvedModel, tookMs: number) => void;
  /** A model that can not be used, until it changes on disk. */
  readonly onDamaged: (model: ShelvedModel, problem: AppError) => void;
  readonly now: () => number;
}

type Slot =
  | { kind: 'empty' }
  | { kind: 'starting' }
  | { kind: 'idle'; worker: MarianWorker }
  | { kind: 'busy'; worker: MarianWorker; loading: ShelvedModel | null }
  | { kind: 'ending' };

type Task =
  | { kind: 'translate'; batch: readonly SentenceJob[]; route: ModelRoute }
  | { kind: 'load'; model: ShelvedModel; unload: readonly string[] };

/**
 * Worker threads that share one queue of sentences. Each begins with none and is started when work
 * waits; a sentence goes to a worker that has its models, which are loaded where nobody has them.
 */
export class WorkerCrew {
  readonly #options: WorkerCrewOptions;
  readonly #queue: SentenceQueue;
  readonly #slots: Slot[];
  /** Starts, loads, batches and ends under way; close() waits for them. */
  readonly #tasks = new Set<Promise<void>>();
  readonly #kills = new Map<string, number>();
  #wanted: readonly ShelvedModel[] = [];
  #brokenUntil = 0;
  #replaced = 0;
  #closed = false;

  constructor(options: WorkerCrewOptions) {
    this.#options = options;
    this.#queue = new SentenceQueue(options.limits, options.now);
    this.#slots = Array.from({ length: options.workers }, () => ({ kind: 'empty' }));
  }

  get waiting(): number {
    return this.#queue.size;
  }

  /** Threads that run or start just now. */
  get running(): number {
    return this.#slots.filter(({ kind }) => kind !== 'empty').length;
  }

  /** Threads that translate, load or unload just now. */
  get busy(): number {
    return this.#slots.filter(({ kind }) => kind === 'busy').length;
  }

  /** Workers that died and were given up, since the start. */
  get replaced(): number {
    return this.#replaced;
  }

  /** Linear memory of all workers. */
  get memoryBytes(): number {
    return this.#workers().reduce((sum, worker) => sum + worker.memoryBytes, 0);
  }

  /** Models in memory, by worker. */
  get loaded(): readonly (readonly string[])[] {
    return this.#workers().map((worker) => worker.loadedKeys);
  }

  /** Rejects with the signal's reason, `server_busy`, `translator_failed` or `model_damaged`. */
  translate(sentence: QueuedSentence): Promise<string> {
    const { now, limits } = this.#options;
    if (this.#closed) return Promise.reject(closed());
    if (now() < this.#brokenUntil) return Promise.reject(failed('can not start', limits));
    const answer = this.#queue.add(sentence);
    this.#assign();
    return answer;
  }

  /** Loads these models as far as there is room, before anybody asks for them. */
  warm(models: readonly ShelvedModel[]): void {
    this.#wanted = models;
    this.#assign();
  }

  /** Ends idle workers that hold nothing but models which are not there any more. */
  forget(isThere: (key: string) => boolean): void {
    this.#wanted = this.#wanted.filter(({ key }) => isThere(key));
    for (const key of this.#kills.keys()) if (!isThere(key)) this.#kills.delete(key);
    for (const [index, slot] of this.#slots.entries()) {
      if (slot.kind !== 'idle') continue;
      const keys = slot.worker.loadedKeys;
      if (keys.length > 0 && !keys.some(isThere)) this.#track(this.#end(index, slot.worker));
    }
  }

  /** Ends workers that have nothing to do, and with them the models that they hold; others stay. */
  dropIdle(): void {
    // Or the first look for work would load them again.
    this.#wanted = [];
    if (this.#queue.size > 0) return;
    for (const [index, slot] of this.#slots.entries()) {
      if (slot.kind === 'idle') this.#track(this.#end(index, slot.worker));
    }
  }

  /** Refuses what waits and what is under way; resolves when every thread has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.rejectAll(closed());
    for (const worker of this.#workers()) this.#track(worker.end());
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    this.#slots.fill({ kind: 'empty' });
  }

  #assign(): void {
    if (this.#closed) return;
    this.#queue.dropStale();
    for (const [index, slot] of this.#slots.entries()) {
      if (slot.kind !== 'idle') continue;
      if (!slot.worker.alive) {
        this.#replaced += 1;
        this.#slots[index] = { kind: 'empty' };
        continue;
      }
      const task = this.#nextTask(slot.worker);
      if (task !== null) this.#track(this.#work(index, slot.worker, task));
    }
    const started = this.#slots.filter(({ kind }) => kind !== 'empty').length;
    const empty = this.#slots.findIndex(({ kind }) => kind === 'empty');
    const work = this.#queue.size + (started === 0 ? this.#wanted.length : 0);
    if (empty !== -1 && work > started * this.#options.limits.sentencesPerWorker) {
      this.#track(this.#start(empty));
    }
  }

  #nextTask(worker: MarianWorker): Task | null {
    const { limits, now } = this.#options;
    const head = this.#queue.find();
    if (head === undefined) return this.#warmTask(worker);
    const absent = head.route.models.find(({ key }) => !worker.has(key));
    const first = this.#queue.find(({ models }) => models.every(({ key }) => worker.has(key)));
    if (absent !== undefined && !this.#isServed(head.route)) {
      // Others may go before it for a while, but partials never before a final.
      const passedOver =
        now() - head.queuedAt > limits.maxPassedOverMs || first?.kind !== head.kind;
      if (passedOver) return this.#loadTask(worker, absent, head.route);
    }
    if (first !== undefined) {
      const batch = this.#queue.takeBatch(first, limits);
      return { kind: 'translate', batch, route: first.route };
    }
    if (absent === undefined) return null;
    const task = this.#loadTask(worker, absent, head.route);
    if (!this.#isServed(head.route)) return task;
    // Another worker has it: a copy only pays where much waits and nothing has to leave for it.
    return task.unload.length === 0 && this.#queue.size > limits.sentencesPerWorker ? task : null;
  }

  #warmTask(worker: MarianWorker): Task | null {
    for (const model of this.#wanted) {
      if (worker.has(model.key) || this.#isServed({ id: '', via: [], models: [model] })) continue;
      const task = this.#loadTask(worker, model);
      if (task.unload.length === 0) return task;
    }
    return null;
  }

  #loadTask(worker: MarianWorker, model: ShelvedModel, route?: ModelRoute) {
    const kept = new Set((route?.models ?? []).map(({ key }) => key));
    const unload = worker.modelsInTheWay(model, kept, {
      maxModels: this.#options.limits.maxModelsPerWorker,
      maxBytes: this.#options.maxWorkerBytes,
    });
    return { kind: 'load' as const, model, unload };
  }

  /** Whether a worker has all models of a route, or will when it has loaded the one it loads. */
  #isServed({ models }: ModelRoute): boolean {
    return this.#slots.some((slot) => {
      if (slot.kind !== 'idle' && slot.kind !== 'busy') return false;
      const loading = slot.kind === 'busy' ? slot.loading?.key : undefined;
      const has = (key: string) => slot.worker.has(key) || loading === key;
      // A worker that loads the first of two models goes on with the second.
      return loading === undefined
        ? models.every(({ key }) => has(key))
        : models.some(({ key }) => key === loading);
    });
  }

  async #work(index: number, worker: MarianWorker, task: Task): Promise<void> {
    const loading = task.kind === 'load' ? task.model : null;
    this.#slots[index] = { kind: 'busy', worker, loading };
    if (task.kind === 'load') await this.#load(worker, task);
    else await this.#translateBatch(worker, task);
    if (this.#closed) return;
    if (worker.alive) this.#slots[index] = { kind: 'idle', worker };
    else {
      this.#replaced += 1;
      this.#slots[index] = { kind: 'empty' };
    }
    this.#assign();
  }

  async #load(worker: MarianWorker, { model, unload }: Task & { kind: 'load' }): Promise<void> {
    const { now, onLoaded } = this.#options;
    const beganAt = now();
    try {
      await worker.load(model, unload);
      onLoaded(model, now() - beganAt);
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof ThreadDied) this.#noteKill(model);
      else if (error instanceof AppError) this.#giveUp(model, error);
      else
        this.#giveUp(model, modelDamaged(model.installed, 'its files', 'Expected to read them.'));
    }
  }

  async #translateBatch(
    worker: MarianWorker,
    { batch, route }: Task & { kind: 'translate' },
  ): Promise<void> {
    try {
      const translations = await worker.translate(
        route.models.map(({ key }) => key),
        batch.map(({ text }) => text),
      );
      for (const { key } of route.models) this.#kills.delete(key);
      for (const [at, job] of batch.entries()) job.resolve(translations[at] ?? '');
    } catch (error) {
      this.#lose(batch, error);
      if (this.#closed || !(error instanceof ThreadDied)) return;
      for (const model of route.models) {
        if (!worker.hasWorked(model.key)) this.#noteKill(model);
      }
    }
  }

  /** Sentences that were in a worker when it ended go back, or fail when that was their last try. */
  #lose(batch: readonly SentenceJob[], error: unknown): void {
    const again: SentenceJob[] = [];
    for (const job of batch) {
      if (job.settled) continue;
      job.tries += 1;
      if (this.#closed) job.reject(closed());
      else if (error instanceof ThreadDied && job.tries < this.#options.limits.maxTries) {
        again.push(job);
      } else {
        job.reject(
          new AppError('translator_failed', `Bergamot failed ${job.tries} times on one sentence.`, {
            cause: error,
          }),
        );
      }
    }
    this.#queue.putBack(again);
  }

  #noteKill(model: ShelvedModel): void {
    const kills = (this.#kills.get(model.key) ?? 0) + 1;
    this.#kills.set(model.key, kills);
    if (kills < this.#options.limits.maxKills) return;
    const file = model.installed.files.find(({ role }) => role === 'model')?.name ?? 'its files';
    this.#giveUp(
      model,
      modelDamaged(
        model.installed,
        file,
        `Expected Marian to run it, but it failed ${kills} times.`,
      ),
    );
  }

  #giveUp(model: ShelvedModel, problem: AppError): void {
    this.#wanted = this.#wanted.filter(({ key }) => key !== model.key);
    this.#kills.delete(model.key);
    this.#options.onDamaged(model, problem);
    this.#queue.rejectAll(problem, ({ models }) => models.some(({ key }) => key === model.key));
  }

  async #start(index: number): Promise<void> {
    const { limits, now, startWorker } = this.#options;
    this.#slots[index] = { kind: 'starting' };
    try {
      const worker = await MarianWorker.start(await startWorker(), limits.callTimeoutMs);
      if (this.#closed) {
        await worker.end();
        return;
      }
      this.#slots[index] = { kind: 'idle', worker };
    } catch (error) {
      this.#slots[index] = { kind: 'empty' };
      if (this.#closed || this.#workers().length > 0) return;
      this.#brokenUntil = now() + limits.brokenPauseMs;
      this.#wanted = [];
      this.#queue.rejectAll(failed('can not start', limits, error));
      return;
    }
    this.#assign();
  }

  async #end(index: number, worker: MarianWorker): Promise<void> {
    this.#slots[index] = { kind: 'ending' };
    await worker.end();
    this.#slots[index] = { kind: 'empty' };
    this.#assign();
  }

  #workers(): MarianWorker[] {
    return this.#slots.flatMap((slot) =>
      slot.kind === 'idle' || slot.kind === 'busy' ? [slot.worker] : [],
    );
  }

  #track(task: Promise<void>): void {
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }
}

function closed(): AppError {
  return new AppError('shutting_down', 'The translator is closed.');
}

function failed(what: string, { brokenPauseMs }: BergamotLimits, cause?: unknown): AppError {
  return new AppError('translator_failed', `Bergamot ${what}.`, {
    cause,
    retryAfterMs: brokenPauseMs,
  });
}
