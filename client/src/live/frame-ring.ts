import { RING_FRAMES, WARM_UP_FRAMES } from '../../../shared/limits.ts';
import type { SessionGap } from '../../../shared/messages.ts';

/** Frames side by side. */
export interface FrameRun {
  readonly firstSeq: number;
  readonly frames: readonly Uint8Array[];
}

/**
 * The frames that may have to be sent (again), by `seq`: everything from the durable ack minus
 * {@link WARM_UP_FRAMES} on. When it is full the oldest go. Frames that were never captured are
 * skipped: they take no place. {@link missing} names what cannot be sent, for either reason.
 */
export class FrameRing {
  readonly #slots: (Uint8Array | undefined)[];
  readonly #capacity: number;
  #startSeq: number;
  #endSeq: number;
  /** Ranges that were skipped and end after {@link startSeq}, ascending; never two side by side. */
  #skips: SessionGap[] = [];
  /** Frames of skipped ranges that lie before all of `#skips`. */
  #skippedBefore = 0;

  /** `firstSeq` is not 0 where a session goes on whose earlier frames need not be kept. */
  constructor(capacity: number = RING_FRAMES, firstSeq = 0) {
    this.#capacity = capacity;
    this.#slots = new Array<Uint8Array | undefined>(capacity);
    this.#startSeq = firstSeq;
    this.#endSeq = firstSeq;
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
    return this.#placeOf(this.#endSeq) - this.#placeOf(this.#startSeq) >= this.#capacity;
  }

  /** Keeps one frame (not a copy) and returns its `seq`. */
  push(frame: Uint8Array): number {
    if (this.full) this.#advance(this.#pastSkip(this.#startSeq) + 1);
    const seq = this.#endSeq;
    this.#slots[this.#slotOf(seq)] = frame;
    this.#endSeq = seq + 1;
    return seq;
  }

  /** The next `frames` numbers are of sound that was never captured. */
  skip(frames: number): void {
    if (frames < 1) return;
    const fromSeq = this.#endSeq;
    const toSeq = fromSeq + frames;
    const last = this.#skips.at(-1);
    if (last?.toSeq === fromSeq) this.#skips.splice(-1, 1, { fromSeq: last.fromSeq, toSeq });
    else this.#skips.push({ fromSeq, toSeq });
    this.#endSeq = toSeq;
  }

  /** Up to `count` frames from `fromSeq` on; empty before {@link startSeq}, in a skip, at the end. */
  read(fromSeq: number, count: number): Uint8Array[] {
    const frames: Uint8Array[] = [];
    if (this.missing(fromSeq) !== null) return frames;
    const next = this.#skips.find((skip) => skip.fromSeq > fromSeq)?.fromSeq ?? this.#endSeq;
    const toSeq = Math.min(next, fromSeq + count);
    for (let seq = fromSeq; seq < toSeq; seq += 1) {
      const frame = this.#slots[this.#slotOf(seq)];
      if (frame === undefined) break;
      frames.push(frame);
    }
    return frames;
  }

  /** The first frames from `fromSeq` on that are kept side by side; null where none is. */
  runFrom(fromSeq: number): FrameRun | null {
    const firstSeq = this.missing(fromSeq)?.toSeq ?? fromSeq;
    const frames = this.read(firstSeq, this.#capacity);
    return frames.length === 0 ? null : { firstSeq, frames };
  }

  /** Forgets what a durable ack covers, all but the frames that a decoder settles on. */
  acknowledge(ackedSeq: number): void {
    this.#advance(Math.min(ackedSeq, this.#endSeq) - WARM_UP_FRAMES);
  }

  /** The frames from `fromSeq` on that cannot be sent, or null where the next one can. */
  missing(fromSeq: number): SessionGap | null {
    const toSeq = this.#pastSkip(Math.max(fromSeq, this.#startSeq));
    return fromSeq < toSeq ? { fromSeq, toSeq } : null;
  }

  /** Makes `seq` the oldest frame that is kept. */
  #advance(seq: number): void {
    while (this.#startSeq < seq) {
      const toSeq = this.#pastSkip(this.#startSeq);
      if (toSeq === this.#startSeq) {
        this.#slots[this.#slotOf(toSeq)] = undefined;
        this.#startSeq += 1;
      } else {
        this.#startSeq = Math.min(seq, toSeq);
      }
    }
    while (this.#skips[0] !== undefined && this.#skips[0].toSeq <= this.#startSeq) {
      this.#skippedBefore += this.#skips[0].toSeq - this.#skips[0].fromSeq;
      this.#skips.shift();
    }
  }

  /** The first frame from `seq` on that lies in no skip. */
  #pastSkip(seq: number): number {
    return this.#skips.find(({ fromSeq, toSeq }) => fromSeq <= seq && seq < toSeq)?.toSeq ?? seq;
  }

  /** How many frames were captured before `seq`. */
  #placeOf(seq: number): number {
    let skipped = this.#skippedBefore;
    for (const { fromSeq, toSeq } of this.#skips) {
      if (fromSeq >= seq) break;
      skipped += Math.min(seq, toSeq) - fromSeq;
    }
    return seq - skipped;
  }

  #slotOf(seq: number): number {
    return this.#placeOf(seq) % this.#capacity;
  }
}
