import { AppError } from '../../../../shared/errors.ts';
import type { SpeechDetector, SpeechDetectorStream } from '../speech-detector.ts';
import { DetectorStream, type StreamHost } from './detector-stream.ts';
import {
  type BatchMessage,
  type BatchReply,
  countWindows,
  packBatch,
  STATE_SIZE,
} from './silero-batch.ts';

/** Windows of all sessions that may wait: four minutes of speech, 16 MB (INV4). */
export const MAX_WAITING_WINDOWS = 8192;
/** Streams in one call of the model; more make it no cheaper. */
export const MAX_BATCH_STREAMS = 64;
/** Half a window: nobody notices, and with fifty sessions one call serves most of them. */
const GATHER_MS = 16;

/** Judges batches somewhere else, a few at a time. */
export interface BatchJudge {
  readonly concurrency: number;
  /** `prepare` is called again when a first attempt was lost. */
  run(prepare: () => BatchMessage): Promise<BatchReply>;
  close(): Promise<void>;
}

export interface DetectorStats {
  readonly streams: number;
  readonly waitingWindows: number;
  readonly batches: number;
  readonly windows: number;
  /** Batches that could not be judged; their streams went on without memory. */
  readonly failedBatches: number;
}

/**
 * Shares a model between streams: whatever waits is judged in one call as soon as a worker is free
 * and either every open stream waits or the first has waited long enough.
 */
export class BatchingDetector implements SpeechDetector {
  readonly name: string;
  readonly #judge: BatchJudge;
  readonly #gatherMs: number;
  readonly #streams = new Set<DetectorStream>();
  #waitingWindows = 0;
  #batches = 0;
  #windows = 0;
  #failedBatches = 0;
  #running = 0;
  #gathering: NodeJS.Timeout | null = null;
  #gathered = false;
  #over = false;
  #closed: Promise<void> | null = null;

  constructor(name: string, judge: BatchJudge, { gatherMs = GATHER_MS } = {}) {
    this.name = name;
    this.#judge = judge;
    this.#gatherMs = gatherMs;
  }

  get stats(): DetectorStats {
    return {
      streams: this.#streams.size,
      waitingWindows: this.#waitingWindows,
      batches: this.#batches,
      windows: this.#windows,
      failedBatches: this.#failedBatches,
    };
  }

  open(): SpeechDetectorStream {
    const stream = new DetectorStream(this.#host);
    if (this.#over) stream.close();
    else this.#streams.add(stream);
    return stream;
  }

  close(): Promise<void> {
    this.#over = true;
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    this.#stopGathering();
    for (const stream of [...this.#streams]) stream.close();
    await this.#judge.close();
  }

  readonly #host: StreamHost = {
    admit: (windows) => {
      if (this.#waitingWindows + windows > MAX_WAITING_WINDOWS) {
        throw new AppError(
          'server_busy',
          `Expected at most ${MAX_WAITING_WINDOWS} windows waiting for voice activity detection.`,
        );
      }
      this.#waitingWindows += windows;
    },
    dismiss: (windows) => {
      this.#waitingWindows -= windows;
    },
    wake: () => this.#schedule(),
    forget: (stream) => {
      this.#streams.delete(stream);
    },
    closedError: () =>
      this.#over
        ? new AppError('shutting_down', 'Voice activity detection is closed.')
        : new AppError('session_ended', 'The session is over.'),
  };

  #schedule(): void {
    if (this.#over || this.#running >= this.#judge.concurrency) return;
    const streams = [...this.#streams];
    const ready = streams.filter((stream) => stream.ready);
    if (ready.length === 0) return;
    const everybody = streams.every((stream) => !stream.quiet);
    if (everybody || this.#gathered || ready.length >= MAX_BATCH_STREAMS) {
      this.#stopGathering();
      void this.#run(ready.slice(0, MAX_BATCH_STREAMS));
      return;
    }
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#gathered = true;
      this.#schedule();
    }, this.#gatherMs);
  }

  #stopGathering(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    this.#gathered = false;
  }

  async #run(streams: readonly DetectorStream[]): Promise<void> {
    this.#running += 1;
    const taken = streams
      .map((stream) => ({ stream, turn: stream.takeTurn() }))
      .sort((left, right) => right.turn.samples.length - left.turn.samples.length);
    // Whoever was served waits behind the others next time.
    for (const stream of streams) {
      if (this.#streams.delete(stream)) this.#streams.add(stream);
    }
    const turns = taken.map(({ turn }) => turn);
    try {
      const reply = await this.#judge.run(() => packBatch(turns));
      this.#batches += 1;
      let at = 0;
      for (const { stream, turn } of taken) {
        const count = countWindows(turn);
        stream.finishTurn(
          turn,
          reply.probabilities.subarray(at, at + count),
          reply.states.subarray(at * STATE_SIZE, (at + count) * STATE_SIZE),
        );
        at += count;
      }
      this.#windows += at;
    } catch (error) {
      this.#failedBatches += 1;
      for (const { stream } of taken) stream.failTurn(error);
    }
    this.#running -= 1;
    this.#schedule();
  }
}
