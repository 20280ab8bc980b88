import { RING_FRAMES, WARM_UP_FRAMES } from '../../../shared/limits.ts';
import type { SessionGap } from '../../../shared/messages.ts';

/**
 * The frames that may have to be sent (again), by `seq`: everything from the durable ack minus
 * {@link WARM_UP_FRAMES} on. When it is full the oldest go; {@link missing} then names the gap.
 */
export class FrameRing {
  readonly #slots: (Uint8Array | undefined)[];
  readonly #capacity: number;
  #startSeq = 0;
  #endSeq = 0;

  constructor(capacity: number = RING_FRAMES) {
    this.#capacity = capacity;
    this.#slots = new Array<Uint8Array | undefined>(capacity);
  }

  /** The oldest frame that is kept; equal to {@link endSeq} where none is. */
  get startSeq(): number {
    return this.#startSeq;
  }

  /** The `seq` that the next frame gets. */
  get endSeq(): number {
    return this.#endSeq;
  }

  /** True where the next {@link push} lets go of the oldest frame. */
  get full(): boolean {
    return this.#endSeq - this.#startSeq >= this.#capacity;
  }

  /** Keeps one frame (not a copy) and returns its `seq`. */
  push(frame: Uint8Array): number {
    if (this.full) this.#startSeq += 1;
    const seq = this.#endSeq;
    this.#slots[seq % this.#capacity] = frame;
    this.#endSeq = seq + 1;
    return seq;
  }

  /** Up to `count` frames from `fromSeq` on; empty before {@link startSeq} and at the end. */
  read(fromSeq: number, count: number): Uint8Array[] {
    const frames: Uint8Array[] = [];
    if (fromSeq < this.#startSeq) return frames;
    const toSeq = Math.min(this.#endSeq, fromSeq + count);
    for (let seq = fromSeq; seq < toSeq; seq += 1) {
      const frame = this.#slots[seq % this.#capacity];
      if (frame === undefined) break;
      frames.push(frame);
    }
    return frames;
  }

  /** Forgets what a durable ack covers, all but the frames that a decoder settles on. */
  acknowledge(ackedSeq: number): void {
    const keepFrom = Math.min(ackedSeq, this.#endSeq) - WARM_UP_FRAMES;
    for (; this.#startSeq < keepFrom; this.#startSeq += 1) {
      this.#slots[this.#startSeq % this.#capacity] = undefined;
    }
  }

  /** The frames from `fromSeq` on that overflow took, or null where all are still there. */
  missing(fromSeq: number): SessionGap | null {
    return fromSeq < this.#startSeq ? { fromSeq, toSeq: this.#startSeq } : null;
  }
}
