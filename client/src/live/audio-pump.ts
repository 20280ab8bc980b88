import type { WireError } from '../../../shared/errors.ts';
import { FRAME_MS, LINK_DEAD_AFTER_MS } from '../../../shared/limits.ts';
import type { SessionGap } from '../../../shared/messages.ts';
import { Alarms } from './alarms.ts';
import { type Deferred, deferred } from './deferred.ts';
import type { FrameRun } from './frame-ring.ts';
import { FrameSender, type GapCause } from './frame-sender.ts';

/** Frames that are sent together while speaking live: 100 ms. */
export const LIVE_BATCH_FRAMES = 5;
/** A frame waits no longer than this for the rest of its batch. */
export const LIVE_BATCH_MS = LIVE_BATCH_FRAMES * FRAME_MS;
/** Pause in sending after `audio_too_fast`, where the server names none: one received ack. */
export const TOO_FAST_PAUSE_MS = 250;
/** Longest pause that a server may ask for between two frames. */
export const MAX_PAUSE_MS = 10_000;
/** The same missing frame is sent again at most this often: one jump makes several complaints. */
export const REWIND_INTERVAL_MS = 1000;
/**
 * A server that still speaks, but to which nothing of what is sent has come for this long, is heard
 * over half a link. Longer than a slow uplink takes for a second of speech.
 */
export const UNHEARD_AFTER_MS = 6000;
/** A growing gap is reported once a second. */
const GAP_REPORT_FRAMES = 1000 / FRAME_MS;

export interface SpeakerGap extends SessionGap {
  /** False while a range that was never sent still grows, true once the server was told. */
  declared: boolean;
  cause: GapCause;
}

/** Where the pump's output goes. Audio and gaps are only handed out while the pump is open. */
export interface PumpOutput {
  audio(firstSeq: number, frames: readonly Uint8Array[]): void;
  gap(gap: SpeakerGap): void;
  /** No received ack for {@link LINK_DEAD_AFTER_MS} though frames are under way. */
  linkDead(): void;
  /** Every frame was sent and received. Called again whenever that becomes true. */
  drained(): void;
}

/** Moves frames from the ring to whichever link is up: batches, keeps to the window, goes back. */
export class AudioPump {
  readonly #sender: FrameSender;
  readonly #output: PumpOutput;
  readonly #alarms = new Alarms<'batch' | 'hold' | 'linkDead' | 'unheard' | 'rewind'>();
  readonly #writers: Deferred<void>[] = [];
  #phase: 'shut' | 'open' | 'finishing' = 'shut';
  /** As the server told last; null before, and where it does not tell. */
  #arrivedSeq: number | null = null;
  #rewound: { seq: number; until: number } | null = null;
  #lossReported = 0;

  constructor(output: PumpOutput, sender: FrameSender = new FrameSender()) {
    this.#output = output;
    this.#sender = sender;
  }

  get nextSeq(): number {
    return this.#sender.nextSeq;
  }

  get receivedSeq(): number {
    return this.#sender.receivedSeq;
  }

  get ackedSeq(): number {
    return this.#sender.ackedSeq;
  }

  /** Keeps one packet and returns its `seq`; sends it with its batch while the pump is open. */
  push(packet: Uint8Array): number {
    const seq = this.#sender.push(packet);
    this.#reportLoss();
    this.#pump(LIVE_BATCH_FRAMES);
    return seq;
  }

  /** Sound of `frames` frames was never captured; see {@link FrameSender.skip}. */
  skip(frames: number): void {
    this.#sender.skip(frames);
    this.#pump(LIVE_BATCH_FRAMES);
  }

  /** The oldest frame that is kept. */
  get startSeq(): number {
    return this.#sender.startSeq;
  }

  /** The first frames from `fromSeq` on that are kept, sent or not. */
  runFrom(fromSeq: number): FrameRun | null {
    return this.#sender.runFrom(fromSeq);
  }

  /** A link is up, and the server waits for `fromSeq`. */
  open(fromSeq: number, ackedSeq: number, windowFrames: number): void {
    this.#alarms.clearAll();
    this.#rewound = null;
    this.#arrivedSeq = null;
    if (this.#phase === 'shut') this.#phase = 'open';
    this.#sender.resume(fromSeq, ackedSeq, windowFrames);
    this.#pump(LIVE_BATCH_FRAMES);
    this.#settle();
  }

  /** The link is away: frames stay in the ring. */
  shut(): void {
    this.#phase = 'shut';
    this.#alarms.clearAll();
  }

  /** No more frames come: what waits for a batch goes out now. Only while open. */
  finish(): void {
    if (this.#phase === 'shut') return;
    this.#phase = 'finishing';
    this.#pump(1);
    this.#settle();
  }

  /** `arrivedSeq` may lie ahead of `seq`, where the server has not yet come to it. */
  received(seq: number, arrivedSeq: number | null = null): void {
    this.#sender.received(seq);
    this.#alarms.clear('linkDead');
    this.#arrived(arrivedSeq);
    this.#pump(LIVE_BATCH_FRAMES);
    this.#settle();
  }

  acked(seq: number): void {
    this.#sender.acked(seq);
    this.#pump(LIVE_BATCH_FRAMES);
    this.#settle();
  }

  /** The server refused frames: goes back to what it expects, after the pause that it asks for. */
  refused(error: WireError): void {
    const tooFast = error.code === 'audio_too_fast';
    const seq = error.expectedSeq ?? (tooFast ? this.#sender.receivedSeq : null);
    if (seq === null) return;
    const pauseMs = error.retryAfterMs ?? (tooFast ? TOO_FAST_PAUSE_MS : 0);
    const againInMs = this.#rewound?.seq === seq ? this.#rewound.until - performance.now() : 0;
    // One jump makes several complaints; the last of them must not go unheard, either.
    if (againInMs > 0 && !tooFast)
      this.#alarms.set('rewind', againInMs, () => this.#rewind(seq, 0));
    else this.#rewind(seq, Math.min(pauseMs, MAX_PAUSE_MS));
  }

  /** Resolves when a source that can wait should go on; rejects with `reason` after {@link close}. */
  whenWritable(): Promise<void> {
    if (this.#sender.writable) return Promise.resolve();
    const writer = deferred<void>();
    this.#writers.push(writer);
    return writer.promise;
  }

  /** Idempotent; leaves no timer, and nobody waiting. */
  close(reason: unknown): void {
    this.shut();
    for (const writer of this.#writers.splice(0)) writer.reject(reason);
  }

  #pump(minFrames: number): void {
    if (this.#phase === 'shut' || this.#alarms.isSet('hold')) return;
    const least = this.#phase === 'finishing' ? 1 : minFrames;
    for (let next = this.#sender.take(least); next !== null; next = this.#sender.take(least)) {
      if (next.kind === 'audio') this.#output.audio(next.firstSeq, next.frames);
      else this.#output.gap({ ...next.gap, cause: next.cause, declared: true });
    }
    if (this.#sender.unsent === 0 || this.#sender.blocked) this.#alarms.clear('batch');
    else if (!this.#alarms.isSet('batch')) {
      this.#alarms.set('batch', LIVE_BATCH_MS, () => this.#pump(1));
    }
    if (this.#sender.inFlight > 0 && !this.#alarms.isSet('linkDead')) {
      this.#alarms.set('linkDead', LINK_DEAD_AFTER_MS, () => this.#output.linkDead());
    }
    if (this.#isOnTheWay && !this.#alarms.isSet('unheard')) {
      this.#alarms.set('unheard', UNHEARD_AFTER_MS, () => this.#output.linkDead());
    }
  }

  #arrived(seq: number | null): void {
    if (seq === null || seq !== this.#arrivedSeq) this.#alarms.clear('unheard');
    this.#arrivedSeq = seq;
    if (!this.#isOnTheWay) this.#alarms.clear('unheard');
  }

  /** True while something was sent that the server does not have, and would tell if it had. */
  get #isOnTheWay(): boolean {
    const { receivedSeq, inFlight } = this.#sender;
    return this.#arrivedSeq !== null && this.#arrivedSeq < receivedSeq + inFlight;
  }

  #settle(): void {
    if (this.#sender.inFlight === 0) this.#alarms.clear('linkDead');
    if (this.#sender.writable) for (const writer of this.#writers.splice(0)) writer.resolve();
    if (this.#phase === 'finishing' && this.#sender.inFlight + this.#sender.unsent === 0) {
      this.#output.drained();
    }
  }

  #rewind(seq: number, pauseMs: number): void {
    this.#alarms.clear('rewind');
    if (!this.#sender.rewind(seq)) return;
    this.#rewound = { seq, until: performance.now() + REWIND_INTERVAL_MS };
    if (pauseMs > 0) this.#alarms.set('hold', pauseMs, () => this.#pump(1));
    this.#pump(1);
    this.#settle();
  }

  #reportLoss(): void {
    const lost = this.#sender.lost;
    if (lost === null) {
      this.#lossReported = 0;
    } else if (this.#lossReported === 0 || lost.toSeq - this.#lossReported >= GAP_REPORT_FRAMES) {
      this.#lossReported = lost.toSeq;
      this.#output.gap({ ...lost, cause: 'overflow', declared: false });
    }
  }
}
