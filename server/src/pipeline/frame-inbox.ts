import type { AudioMessage } from '../../../shared/audio-codec.ts';
import { AppError } from '../../../shared/errors.ts';
import { SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import { BoundedQueue } from '../async/bounded-queue.ts';

/** What a client sent, in the order of its frames. */
export type InboxItem =
  | { readonly kind: 'frames'; readonly firstSeq: number; readonly frames: readonly Uint8Array[] }
  | { readonly kind: 'gap'; readonly fromSeq: number; readonly toSeq: number };

/** A gap counts as one item, so more items than window frames cannot be queued by honest clients. */
const MAX_QUEUED_ITEMS = SEND_WINDOW_FRAMES;

/**
 * Where a session's frames arrive: in order, without repetition and bounded. Duplicates are
 * dropped and counted, a jump is refused with the frame that is expected, and what exceeds the
 * send window is refused as too fast.
 */
export class FrameInbox implements AsyncIterable<InboxItem> {
  readonly #queue = new BoundedQueue<InboxItem>(MAX_QUEUED_ITEMS);
  #nextSeq: number;
  #takenSeq: number;
  #queuedFrames = 0;
  #duplicates = 0;

  constructor(fromSeq: number) {
    this.#nextSeq = fromSeq;
    this.#takenSeq = fromSeq;
  }

  /** The frame that is expected next. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Every frame before it has been taken by the pipeline: the received ack. */
  get takenSeq(): number {
    return this.#takenSeq;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  /** Throws `audio_gap` with the expected frame, or `audio_too_fast`. Copies what it keeps. */
  receive({ firstSeq, frames }: AudioMessage): void {
    if (firstSeq > this.#nextSeq) {
      throw new AppError('audio_gap', `Expected frame ${this.#nextSeq}, got frame ${firstSeq}.`, {
        expectedSeq: this.#nextSeq,
      });
    }
    const known = Math.min(frames.length, this.#nextSeq - firstSeq);
    this.#duplicates += known;
    const fresh = frames.slice(known);
    if (fresh.length === 0) return;
    if (this.#queuedFrames + fresh.length > SEND_WINDOW_FRAMES) throw this.#tooFast();
    this.#keep({
      kind: 'frames',
      firstSeq: this.#nextSeq,
      frames: fresh.map((frame) => frame.slice()),
    });
    this.#nextSeq += fresh.length;
    this.#queuedFrames += fresh.length;
  }

  /** Frames [fromSeq, toSeq) will never come. Throws `audio_gap` unless it begins where expected. */
  declareGap(fromSeq: number, toSeq: number): void {
    if (toSeq <= this.#nextSeq) return;
    if (fromSeq > this.#nextSeq) {
      throw new AppError(
        'audio_gap',
        `Expected frame ${this.#nextSeq}, got a gap from ${fromSeq}.`,
        {
          expectedSeq: this.#nextSeq,
        },
      );
    }
    this.#keep({ kind: 'gap', fromSeq: this.#nextSeq, toSeq });
    this.#nextSeq = toSeq;
  }

  /** No more frames follow. Throws `audio_gap` when some before `endSeq` are missing. */
  end(endSeq: number): void {
    if (endSeq > this.#nextSeq) {
      throw new AppError(
        'audio_gap',
        `Expected all frames before ${endSeq}, got ${this.#nextSeq}.`,
        {
          expectedSeq: this.#nextSeq,
        },
      );
    }
    this.#queue.end();
  }

  /** Drops what is queued; the reader ends with the error. */
  fail(error: unknown): void {
    this.#queue.fail(error);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<InboxItem, void, undefined> {
    for await (const item of this.#queue) {
      yield item;
      if (item.kind === 'gap') {
        this.#takenSeq = item.toSeq;
      } else {
        this.#takenSeq = item.firstSeq + item.frames.length;
        this.#queuedFrames -= item.frames.length;
      }
    }
  }

  #keep(item: InboxItem): void {
    if (!this.#queue.offer(item)) throw this.#tooFast();
  }

  #tooFast(): AppError {
    return new AppError(
      'audio_too_fast',
      `Expected at most ${SEND_WINDOW_FRAMES} frames beyond the received ack, got more.`,
    );
  }
}
