import { AppError } from '../../../shared/errors.ts';
import type { Hypothesis, RecognitionRequest, Recognizer } from '../recognition/recognizer.ts';

/** Finals one session may have waiting; its pipeline stops reading audio beyond that (INV4). */
export const MAX_WAITING_FINALS_PER_SESSION = 4;

/** Called when the work begins, so that a partial reads the newest audio; null: no longer wanted. */
export type LateRequest = () => RecognitionRequest | null;

interface Job {
  readonly turn: Turn;
  readonly request: LateRequest;
  readonly resolve: (hypothesis: Hypothesis | null) => void;
  readonly reject: (error: unknown) => void;
}

/** What one session may ask of the scheduler. */
export interface Turn {
  /** Recognises a whole segment. Finals of all sessions go first, in the order they came. */
  final(request: RecognitionRequest): Promise<Hypothesis>;
  /**
   * Reads the open segment again. At most one partial of a session waits or runs; null when there
   * is one already, or when a final or the end of the session overtook it.
   */
  partial(request: LateRequest): Promise<Hypothesis | null>;
  close(): void;
}

/**
 * Shares the recogniser's slots between the sessions of a node: finals before partials, and among
 * partials the one that waits longest, so that no session starves another (INV5).
 */
export class RecognitionScheduler {
  readonly #recognizer: Recognizer;
  readonly #finals: Job[] = [];
  readonly #partials = new Map<Turn, Job>();
  readonly #runningPartials = new Set<Turn>();
  readonly #idle: (() => void)[] = [];
  #running = 0;
  #closed = false;

  constructor(recognizer: Recognizer) {
    this.#recognizer = recognizer;
  }

  get stats(): { slots: number; running: number; finalsWaiting: number; partialsWaiting: number } {
    return {
      slots: this.#recognizer.capabilities.concurrency,
      running: this.#running,
      finalsWaiting: this.#finals.length,
      partialsWaiting: this.#partials.size,
    };
  }

  open(): Turn {
    let state: 'open' | 'closed' = 'open';
    let finals = 0;
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
          const hypothesis = await this.#submit(this.#finals, turn, () => request);
          if (hypothesis === null) throw closedError();
          return hypothesis;
        } finally {
          finals -= 1;
        }
      },
      partial: async (request) => {
        if (state === 'closed' || this.#closed || finals > 0) return null;
        if (this.#partials.has(turn) || this.#runningPartials.has(turn)) return null;
        return await new Promise<Hypothesis | null>((resolve, reject) => {
          this.#partials.set(turn, { turn, request, resolve, reject });
          this.#dispatch();
        });
      },
      close: () => {
        state = 'closed';
        this.#dropPartial(turn);
        for (const job of this.#finals.filter((waiting) => waiting.turn === turn)) {
          this.#finals.splice(this.#finals.indexOf(job), 1);
          job.resolve(null);
        }
      },
    };
    return turn;
  }

  /** Refuses new work, drops what waits and resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#finals.splice(0)) job.resolve(null);
    for (const turn of [...this.#partials.keys()]) this.#dropPartial(turn);
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #submit(queue: Job[], turn: Turn, request: LateRequest): Promise<Hypothesis | null> {
    return new Promise((resolve, reject) => {
      queue.push({ turn, request, resolve, reject });
      this.#dispatch();
    });
  }

  #dropPartial(turn: Turn): void {
    const job = this.#partials.get(turn);
    this.#partials.delete(turn);
    job?.resolve(null);
  }

  #dispatch(): void {
    while (this.#running < this.#recognizer.capabilities.concurrency) {
      const job = this.#finals.shift() ?? this.#takePartial();
      if (job === undefined) return;
      void this.#run(job);
    }
  }

  #takePartial(): Job | undefined {
    // A Map keeps the order of insertion: the first waits longest.
    const [first] = this.#partials.values();
    if (first === undefined) return undefined;
    this.#partials.delete(first.turn);
    this.#runningPartials.add(first.turn);
    return first;
  }

  async #run(job: Job): Promise<void> {
    this.#running += 1;
    try {
      const request = job.request();
      job.resolve(request === null ? null : await this.#recognizer.recognize(request));
    } catch (error) {
      job.reject(error);
    } finally {
      this.#running -= 1;
      this.#runningPartials.delete(job.turn);
      if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
      this.#dispatch();
    }
  }
}

function closedError(): AppError {
  return new AppError('shutting_down', 'The session ended before its speech was recognised.');
}
