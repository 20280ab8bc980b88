import { splitWords } from '../../../shared/words.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';
import { ArrivalTimes } from './arrival-times.ts';
import { ErasureCount } from './erasure-count.ts';

/** What one session adds to the metrics of its node: how late its captions are, and how steady. */
export class SessionMeasures {
  readonly #metrics: ServerMetrics;
  readonly #arrivals = new ArrivalTimes();
  readonly #erasure = new ErasureCount();
  #unstored = 0;

  constructor(metrics: ServerMetrics) {
    this.#metrics = metrics;
  }

  /** Every frame before `nextSeq` has arrived. */
  arrived(nextSeq: number): void {
    this.#arrivals.note(nextSeq);
  }

  /** When all frames before `seq` had arrived, on the clock of `performance.now()`. */
  arrivedAt(seq: number): number | null {
    return this.#arrivals.arrivedAt(seq);
  }

  partialShown(segment: number, heardSeq: number, text: string): void {
    this.#lag('partial', heardSeq);
    this.#metrics.erasedWords.inc(this.#erasure.show(segment, text));
  }

  /** `outcome` is what was made of the segment, as a label. */
  finalStored(segment: number, endSeq: number, text: string, outcome: string): void {
    this.#lag('final', endSeq);
    this.#metrics.segmentStored(outcome);
    this.#metrics.erasedWords.inc(this.#erasure.show(segment, text));
    this.#metrics.finalWords.inc(splitWords(text).length);
  }

  /** The same write, counted as waiting until it is done. */
  unstored(write: () => Promise<void>): () => Promise<void> {
    this.#count(1);
    return async () => {
      await write();
      this.#count(-1);
    };
  }

  /** What was given up does not wait any more. Call it when no write runs. */
  close(): void {
    this.#count(-this.#unstored);
  }

  #count(writes: number): void {
    this.#unstored += writes;
    this.#metrics.storeWritesWaiting.inc(writes);
  }

  #lag(kind: 'partial' | 'final', seq: number): void {
    const atMs = this.#arrivals.arrivedAt(seq);
    if (atMs !== null) this.#metrics.captionLag(kind, (performance.now() - atMs) / 1000);
  }
}
