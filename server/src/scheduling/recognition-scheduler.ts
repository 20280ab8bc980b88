import { AppError } from '../../../shared/errors.ts';
import type {
  Hypothesis,
  RecognitionRequest,
  Recognizer,
  RecognizerCapabilities,
} from '../recognition/recognizer.ts';
import { FairQueue } from './fair-queue.ts';
import { type LoadStep, nextLoadStep } from './load-step.ts';
import { PartialRhythm, type ReadingKind } from './partial-rhythm.ts';
import { type PlaceKind, ReadingPlaces } from './reading-places.ts';

/** Finals one session may have waiting; its pipeline stops reading audio beyond that (INV4). */
export const MAX_WAITING_FINALS_PER_SESSION = 4;
/** How often the load is looked at. */
export const LOAD_INTERVAL_MS = 500;
/** What is left of a wait when it is looked at the next time: half of it after two seconds. */
const WAIT_DECAY = 0.84;

/** Called when the work begins, so that a partial reads the newest audio; null: no longer wanted. */
export type LateRequest = () => RecognitionRequest | null;

export type PartialKind = Exclude<ReadingKind, 'final'>;

/** Early: a final that is read before it is sure to be one. */
type JobKind = ReadingKind | 'early';
const RANK: Readonly<Record<JobKind, number>> = { final: 0, early: 1, first: 2, later: 3 };

interface Job {
  readonly turn: Turn;
  readonly kind: JobKind;
  readonly request: LateRequest;
  /** When it was asked for, or for a partial when it was due, on the scheduler's clock. */
  readonly sinceMs: number;
  readonly resolve: (hypothesis: Hypothesis | null) => void;
  readonly reject: (error: unknown) => void;
}

/** What one session may ask of the scheduler. */
export interface Turn {
  /**
   * Recognises a whole segment. Finals go first: rooms in turn, in a room in the order they came.
   * The very request that {@link early} was asked for last is not read again.
   */
  final(request: RecognitionRequest): Promise<Hypothesis>;
  /**
   * Reads what is probably a segment's final, behind finals and before first words. It overtakes a
   * partial that waits; null when it was overtaken itself, or while the load leaves no time.
   */
  early(request: RecognitionRequest): Promise<Hypothesis | null>;
  /**
   * Reads the open segment, for its first words or for more of them. First words go first, then
   * what was due first. At most one partial of a session waits or runs, and overtakes an early
   * final that waits; null when there is one already, when a final or the end of the session
   * overtook it, or while the load leaves no time for partials.
   */
  partial(request: LateRequest, kind: PartialKind, dueAtMs: number): Promise<Hypothesis | null>;
  /** Says whether a segment is open, whose partials need time. */
  follow(open: boolean): void;
  close(): void;
}

export interface SchedulerStats {
  readonly slots: number;
  readonly running: number;
  readonly finalsWaiting: number;
  readonly partialsWaiting: number;
  readonly openSegments: number;
  /** Share that finals take of the time of their slots. */
  readonly finalShare: number;
  readonly intervalMs: number;
  readonly step: LoadStep;
}

export interface SchedulerOptions {
  /** How often an open segment is read again while there is time. */
  readonly partialIntervalMs: number;
  /** Newcomers are refused while finals have waited longer for a slot. */
  readonly maxFinalWaitMs: number;
  /** Milliseconds on a clock that never steps back. */
  readonly now?: () => number;
}

/**
 * Shares the recogniser's places between the sessions of a node: finals before partials, and among
 * partials the most overdue, so that no session starves another (INV5). How often segments are read
 * again follows the load, and so does what is given up (INV8).
 */
export class RecognitionScheduler {
  readonly #recognizer: Recognizer;
  readonly #now: () => number;
  readonly #baseIntervalMs: number;
  readonly #maxFinalWaitMs: number;
  readonly #places: ReadingPlaces;
  readonly #rhythm: PartialRhythm;
  readonly #timer: NodeJS.Timeout;
  readonly #finals = new FairQueue<Job>();
  readonly #partials = new Map<Turn, Job>();
  readonly #runningPartials = new Set<Turn>();
  readonly #following = new Set<Turn>();
  readonly #idle: (() => void)[] = [];
  /** The longest wait of late, which is forgotten by and by. */
  #finalWaitMs = 0;
  #step: LoadStep = 'full';
  #closed = false;

  constructor(recognizer: Recognizer, options: SchedulerOptions) {
    const { partialIntervalMs, maxFinalWaitMs, now = () => performance.now() } = options;
    this.#recognizer = recognizer;
    this.#now = now;
    this.#baseIntervalMs = partialIntervalMs;
    this.#maxFinalWaitMs = maxFinalWaitMs;
    this.#places = new ReadingPlaces(recognizer);
    this.#rhythm = new PartialRhythm(this.#places.counts, partialIntervalMs, this.#now());
    this.#timer = setInterval(() => this.#look(), LOAD_INTERVAL_MS);
    this.#timer.unref();
  }

  get stats(): SchedulerStats {
    return {
      slots: this.#places.all,
      running: this.#places.taken,
      finalsWaiting: this.#finals.length,
      partialsWaiting: this.#partials.size,
      openSegments: this.#following.size,
      finalShare: this.#rhythm.finalShare,
      intervalMs: this.intervalMs,
      step: this.#step,
    };
  }

  /** How long an open segment waits for its next reading, in milliseconds. */
  get intervalMs(): number {
    return this.#rhythm.intervalMs(this.#following.size);
  }

  /** Whether finals and first words alone take nearly all there is. */
  get crowded(): boolean {
    return this.#rhythm.crowded;
  }

  get step(): LoadStep {
    return this.#step;
  }

  /** `room` is what takes its turn among others. */
  open(room: string): Turn {
    let state: 'open' | 'closed' = 'open';
    let finals = 0;
    let early: { request: RecognitionRequest; answer: Promise<Hypothesis | null> } | null = null;
    const turn: Turn = {
      final: async (request) => {
        if (state === 'closed' || this.#closed) throw closedError();
        if (finals >= MAX_WAITING_FINALS_PER_SESSION) {
          throw new AppError(
            'internal',
            `Expected at most ${MAX_WAITING_FINALS_PER_SESSION} waiting finals, got one more.`,
          );
        }
        this.#dropPartial(turn);
        finals += 1;
        try {
          // One that failed is read again: by then it is the final itself.
          const known = early?.request === request ? await early.answer.catch(() => null) : null;
          if (known !== null) return known;
          const hypothesis = await new Promise<Hypothesis | null>((resolve, reject) => {
            const sinceMs = this.#now();
            const job = { turn, request: () => request, sinceMs, resolve, reject };
            this.#finals.push(room, { ...job, kind: 'final' });
            this.#dispatch();
          });
          if (hypothesis === null) throw closedError();
          return hypothesis;
        } finally {
          finals -= 1;
        }
      },
      early: (request) => {
        const wanted = this.#extraReadings === 'all' && this.#leavesTime;
        if (state === 'closed' || this.#closed || !wanted) return Promise.resolve(null);
        this.#dropPartial(turn);
        const answer = new Promise<Hypothesis | null>((resolve, reject) => {
          const sinceMs = this.#now();
          const job = { turn, request: () => request, sinceMs, resolve, reject };
          this.#partials.set(turn, { ...job, kind: 'early' });
          this.#dispatch();
        });
        early = { request, answer };
        return answer;
      },
      partial: async (request, kind, dueAtMs) => {
        const wanted = this.#extraReadings !== 'none' && this.#leavesTime;
        if (state === 'closed' || this.#closed || finals > 0 || !wanted) return null;
        if (this.#partials.get(turn)?.kind === 'early') this.#dropPartial(turn);
        if (this.#partials.has(turn) || this.#runningPartials.has(turn)) return null;
        return await new Promise<Hypothesis | null>((resolve, reject) => {
          this.#partials.set(turn, { turn, kind, request, sinceMs: dueAtMs, resolve, reject });
          this.#dispatch();
        });
      },
      follow: (open) => {
        if (open && state === 'open') this.#following.add(turn);
        else this.#following.delete(turn);
      },
      close: () => {
        state = 'closed';
        this.#following.delete(turn);
        this.#dropPartial(turn);
        for (const job of this.#finals.remove((waiting) => waiting.turn === turn)) {
          job.resolve(null);
        }
      },
    };
    return turn;
  }

  /** Refuses new work, drops what waits and resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const job of this.#finals.remove(() => true)) job.resolve(null);
    for (const turn of [...this.#partials.keys()]) this.#dropPartial(turn);
    if (this.#places.taken > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  get #extraReadings(): RecognizerCapabilities['extraReadings'] {
    return this.#recognizer.capabilities.extraReadings ?? 'all';
  }

  get #leavesTime(): boolean {
    return this.#step !== 'finals' && this.#step !== 'refusing';
  }

  #look(): void {
    const now = this.#now();
    this.#rhythm.tick(now, this.#places.counts);
    for (const { sinceMs } of this.#finals) this.#noteWait(now - sinceMs);
    this.#step = nextLoadStep(this.#step, {
      intervalMs: this.intervalMs,
      baseIntervalMs: this.#baseIntervalMs,
      finalWaitMs: this.#finalWaitMs,
      maxFinalWaitMs: this.#maxFinalWaitMs,
    });
    this.#finalWaitMs *= WAIT_DECAY;
  }

  #noteWait(waitedMs: number): void {
    this.#finalWaitMs = Math.max(this.#finalWaitMs, waitedMs);
  }

  #dropPartial(turn: Turn): void {
    const job = this.#partials.get(turn);
    this.#partials.delete(turn);
    job?.resolve(null);
  }

  #dispatch(): void {
    for (let job = this.#takeJob(); job !== undefined; job = this.#takeJob()) void this.#run(job);
  }

  #takeJob(): Job | undefined {
    const final = this.#places.isFree('final') ? this.#finals.shift() : undefined;
    return final ?? (this.#places.isFree('partial') ? this.#takePartial() : undefined);
  }

  #takePartial(): Job | undefined {
    let first: Job | undefined;
    for (const job of this.#partials.values()) {
      if (first === undefined || goesBefore(job, first)) first = job;
    }
    if (first === undefined) return undefined;
    this.#partials.delete(first.turn);
    this.#runningPartials.add(first.turn);
    return first;
  }

  async #run(job: Job): Promise<void> {
    const place: PlaceKind = job.kind === 'final' ? 'final' : 'partial';
    this.#places.take(place);
    const startedAt = this.#now();
    if (job.kind === 'final') this.#noteWait(startedAt - job.sinceMs);
    try {
      const request = job.request();
      if (request === null) {
        job.resolve(null);
      } else {
        const hypothesis = await this.#recognizer.recognize(request);
        this.#rhythm.observe(job.kind === 'early' ? 'final' : job.kind, this.#now() - startedAt);
        job.resolve(hypothesis);
      }
    } catch (error) {
      job.reject(error);
    } finally {
      this.#places.release(place);
      this.#runningPartials.delete(job.turn);
      if (this.#places.taken === 0) for (const resolve of this.#idle.splice(0)) resolve();
      this.#dispatch();
    }
  }
}

function goesBefore(one: Job, other: Job): boolean {
  return one.kind === other.kind ? one.sinceMs < other.sinceMs : RANK[one.kind] < RANK[other.kind];
}

function closedError(): AppError {
  return new AppError('shutting_down', 'The session ended before its speech was recognised.');
}
