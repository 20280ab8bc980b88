import { MAX_FRAMES_PER_MESSAGE, SEND_WINDOW_FRAMES } from '../../../shared/limits.ts';
import type { SessionGap } from '../../../shared/messages.ts';
import { FrameRing, type FrameRun } from './frame-ring.ts';

/** Why frames cannot be sent: the ring was full, or nothing was captured while the page was away. */
export type GapCause = 'overflow' | 'away';

/** What goes out next. */
export type Outgoing =
  | { kind: 'gap'; gap: SessionGap; cause: GapCause }
  | { kind: 'audio'; firstSeq: number; frames: readonly Uint8Array[] };

/**
 * Go-back-N over the ring: which frame goes out next, within the server's window. Pure: it knows
 * no socket and no clock. `receivedSeq` goes back on a resume, `ackedSeq` never does.
 */
export class FrameSender {
  readonly #ring: FrameRing;
  /** The next frame to send. */
  #sentSeq: number;
  /** One past the highest frame sent on this link. */
  #highSeq: number;
  /** One past the highest frame ever sent: what lies before may have arrived. */
  #everSentSeq: number;
  #receivedSeq: number;
  #ackedSeq = 0;
  #windowFrames = SEND_WINDOW_FRAMES;

  constructor(ring: FrameRing = new FrameRing()) {
    this.#ring = ring;
    this.#sentSeq = ring.startSeq;
    this.#highSeq = ring.startSeq;
    this.#everSentSeq = ring.startSeq;
    this.#receivedSeq = ring.startSeq;
  }

  get nextSeq(): number {
    return this.#ring.endSeq;
  }

  get receivedSeq(): number {
    return this.#receivedSeq;
  }

  get ackedSeq(): number {
    return this.#ackedSeq;
  }

  /** Frames that wait to be sent. */
  get unsent(): number {
    return this.#ring.endSeq - this.#sentSeq;
  }

  /** Frames (and declared gaps) sent and not yet acknowledged as received. */
  get inFlight(): number {
    return this.#sentSeq - this.#receivedSeq;
  }

  /** True while the server's window is full. */
  get blocked(): boolean {
    return this.inFlight >= this.#windowFrames;
  }

  /** True while a source that can wait should go on. */
  get writable(): boolean {
    return this.#ring.endSeq - this.#receivedSeq < this.#windowFrames && !this.#ring.full;
  }

  /** Frames that were lost to overflow before they were ever sent, or null. */
  get lost(): SessionGap | null {
    const toSeq = this.#ring.startSeq;
    return this.#everSentSeq < toSeq ? { fromSeq: this.#everSentSeq, toSeq } : null;
  }

  /** The oldest frame that is kept. */
  get startSeq(): number {
    return this.#ring.startSeq;
  }

  push(frame: Uint8Array): number {
    return this.#ring.push(frame);
  }

  /** The next `frames` numbers are of sound that was never captured: a gap to be declared. */
  skip(frames: number): void {
    this.#ring.skip(frames);
  }

  /** The first frames from `fromSeq` on that are kept, sent or not. */
  runFrom(fromSeq: number): FrameRun | null {
    return this.#ring.runFrom(fromSeq);
  }

  /** A link is up: the server waits for `fromSeq`. */
  resume(fromSeq: number, ackedSeq: number, windowFrames: number): void {
    this.#windowFrames = windowFrames;
    // The server has more than a reloaded page found: what was sent just before the reload.
    this.#ring.skip(ackedSeq - this.#ring.endSeq);
    this.#sentSeq = Math.min(fromSeq, this.#ring.endSeq);
    this.#highSeq = this.#sentSeq;
    this.#receivedSeq = this.#sentSeq;
    this.acked(ackedSeq);
  }

  /**
   * The server misses `expectedSeq`: all from there on goes out again. False where it was not sent,
   * or has been received since.
   */
  rewind(expectedSeq: number): boolean {
    if (expectedSeq >= this.#sentSeq || expectedSeq < this.#receivedSeq) return false;
    this.#sentSeq = expectedSeq;
    return true;
  }

  received(seq: number): void {
    this.#receivedSeq = Math.max(this.#receivedSeq, Math.min(seq, this.#highSeq));
    // What arrived after all need not be sent again.
    this.#sentSeq = Math.max(this.#sentSeq, this.#receivedSeq);
  }

  acked(seq: number): void {
    this.#ackedSeq = Math.max(this.#ackedSeq, Math.min(seq, this.#ring.endSeq));
    this.#everSentSeq = Math.max(this.#everSentSeq, this.#ackedSeq);
    this.received(this.#ackedSeq);
    this.#ring.acknowledge(this.#ackedSeq);
  }

  /**
   * Takes what goes out next; null where nothing does: fewer than `minFrames` wait, or the window
   * is full. A gap, too, waits for the window, so that a growing one is declared once, not frame
   * by frame; what follows it waits until the server has taken note of it.
   */
  take(minFrames: number): Outgoing | null {
    const room = Math.min(this.#windowFrames - this.inFlight, MAX_FRAMES_PER_MESSAGE);
    if (room < 1) return null;
    const gap = this.#ring.missing(this.#sentSeq);
    if (gap !== null) {
      const cause = gap.fromSeq < this.#ring.startSeq ? 'overflow' : 'away';
      this.#moveTo(gap.toSeq);
      return { kind: 'gap', gap, cause };
    }
    if (this.unsent < minFrames) return null;
    const firstSeq = this.#sentSeq;
    const frames = this.#ring.read(firstSeq, room);
    if (frames.length === 0) return null;
    this.#moveTo(firstSeq + frames.length);
    return { kind: 'audio', firstSeq, frames };
  }

  #moveTo(seq: number): void {
    this.#sentSeq = seq;
    this.#highSeq = Math.max(this.#highSeq, seq);
    this.#everSentSeq = Math.max(this.#everSentSeq, seq);
  }
}
