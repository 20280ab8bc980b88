import { FRAME_MS, RING_FRAMES } from '../../../shared/limits.ts';
import type { SessionStarted } from '../../../shared/protocol.ts';
import { Alarms } from './alarms.ts';
import { FrameRing, type FrameRun } from './frame-ring.ts';

/** What is new is written at most this often. */
export const MIRROR_INTERVAL_MS = 200;
/** A store that refused is asked again after this pause. */
export const MIRROR_RETRY_MS = 5000;
/** A store that takes longer over one write counts as failing. */
export const MIRROR_STALL_MS = 5000;
/** The longest absence that is shown as a gap: no session lives that long without its client. */
export const MAX_AWAY_MS = 86_400_000;

/** All that is needed to take a session up again, but for its frames. */
export interface MirroredSession {
  readonly room: string;
  readonly language: string;
  /** The same client instance may resume at once. */
  readonly instance: string;
  /** With the session's id and its secret. */
  readonly started: SessionStarted;
  /** Highest epoch seen. */
  readonly epoch: number;
  /** The oldest frame that is kept, and the `seq` that the next one gets. */
  readonly startSeq: number;
  readonly nextSeq: number;
  /** When the frame before it was captured, and the session begun: milliseconds since 1970. */
  readonly capturedAtMs: number;
  readonly startedAtMs: number;
  /** No more frames follow: what is left is to be delivered. */
  readonly stopping: boolean;
  /** What the page adds for itself. */
  readonly about: Readonly<Record<string, string>>;
}

/** One write: all of it or nothing. */
export interface MirrorChange {
  readonly head: MirroredSession;
  /** What was not written before, ascending. */
  readonly runs: readonly FrameRun[];
  /** Frames before it are durable. */
  readonly forgetBefore: number;
}

/** Port: where sessions outlive their page. */
export interface MirrorStore {
  /** Rejects where nothing was written. */
  write(change: MirrorChange): Promise<void>;
  remove(session: string): Promise<void>;
}

/** A session as it was found after a reload. */
export interface KeptSession {
  readonly head: MirroredSession;
  /** Ascending; may begin a little before what is still needed. */
  readonly runs: readonly FrameRun[];
}

/** The frames of a session that goes on; what lies between their runs was never captured. */
export function restoreRing({ head, runs }: KeptSession, capacity = RING_FRAMES): FrameRing {
  const ring = new FrameRing(capacity, Math.min(head.startSeq, runs[0]?.firstSeq ?? head.startSeq));
  for (const { firstSeq, frames } of runs) {
    ring.skip(firstSeq - ring.endSeq);
    for (const frame of frames) ring.push(frame);
  }
  ring.skip(head.nextSeq - ring.endSeq);
  return ring;
}

/** Which `seq` a frame captured now would have, had the page never been away. */
export function seqAfterAbsence(head: MirroredSession, nowMs: number): number {
  const awayMs = Math.min(Math.max(0, nowMs - head.capturedAtMs), MAX_AWAY_MS);
  return head.nextSeq + Math.round(awayMs / FRAME_MS);
}

export type SessionIdentity = Pick<
  MirroredSession,
  'room' | 'language' | 'instance' | 'started' | 'epoch'
>;

/** What the mirror looks at. */
export interface MirrorSource {
  readonly startSeq: number;
  readonly nextSeq: number;
  runFrom(fromSeq: number): FrameRun | null;
}

export interface MirrorParts {
  store: MirrorStore;
  source: MirrorSource;
  /** Null before the session has started. */
  identity(): SessionIdentity | null;
  /** Told whenever that changes: whether a reload would find everything. */
  onKept(kept: boolean): void;
  /** What the session was found as, where it goes on. */
  former?: MirroredSession | undefined;
}

/**
 * Writes a session's unacknowledged frames, and what resumes it, to a store, so that a page that is
 * reloaded can go on. Never in a speaker's way: a store that fails is reported and tried again.
 */
export class SessionMirror {
  readonly #store: MirrorStore;
  readonly #source: MirrorSource;
  readonly #identity: () => SessionIdentity | null;
  readonly #onKept: (kept: boolean) => void;
  readonly #alarms = new Alarms<'write' | 'stall'>();
  readonly #startedAtMs: number;
  #phase: 'open' | 'closed' = 'open';
  #capturedAtMs: number;
  /** Frames before it were handed to the store. */
  #writtenSeq: number;
  #pending: Promise<void> | null = null;
  #isDirty = false;
  #isKept = true;
  #stopping: boolean;
  #about: Readonly<Record<string, string>>;

  constructor({ store, source, identity, onKept, former }: MirrorParts) {
    this.#store = store;
    this.#source = source;
    this.#identity = identity;
    this.#onKept = onKept;
    this.#startedAtMs = former?.startedAtMs ?? Date.now();
    this.#capturedAtMs = former?.capturedAtMs ?? Date.now();
    this.#writtenSeq = former?.nextSeq ?? 0;
    this.#stopping = former?.stopping ?? false;
    this.#about = former?.about ?? {};
  }

  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** A frame was captured. */
  captured(): void {
    this.#capturedAtMs = Date.now();
    this.changed();
  }

  stopping(): void {
    this.#stopping = true;
    this.changed();
  }

  note(about: Readonly<Record<string, string>>): void {
    this.#about = { ...this.#about, ...about };
    this.changed();
  }

  /** Something is to be written with the next write, which comes in {@link MIRROR_INTERVAL_MS}. */
  changed(): void {
    if (this.#phase === 'closed') return;
    this.#isDirty = true;
    if (this.#pending !== null || this.#alarms.isSet('write')) return;
    const pauseMs = this.#isKept ? MIRROR_INTERVAL_MS : MIRROR_RETRY_MS;
    this.#alarms.set('write', pauseMs, () => this.#write());
  }

  /** Hands everything to the store at once: the page may be about to go. */
  flush(): void {
    if (this.#phase === 'closed' || !this.#isDirty) return;
    this.#alarms.clear('write');
    this.#write();
  }

  /** The session is over: nothing of it stays in the store. Idempotent; leaves no timer. */
  async discard(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#alarms.clearAll();
    const session = this.#identity()?.started.session;
    if (session === undefined) return;
    // Stores keep the order of writes; what cannot be removed now is swept by its age.
    await this.#store.remove(session).catch(() => undefined);
  }

  #write(): void {
    const identity = this.#identity();
    if (identity === null) return;
    const from = this.#writtenSeq;
    const runs: FrameRun[] = [];
    for (let seq = from; ; ) {
      const run = this.#source.runFrom(seq);
      if (run === null) break;
      runs.push(run);
      seq = run.firstSeq + run.frames.length;
    }
    const { nextSeq, startSeq } = this.#source;
    this.#writtenSeq = nextSeq;
    this.#isDirty = false;
    const head: MirroredSession = {
      ...identity,
      startSeq,
      nextSeq,
      capturedAtMs: this.#capturedAtMs,
      startedAtMs: this.#startedAtMs,
      stopping: this.#stopping,
      about: this.#about,
    };
    const written = this.#store.write({ head, runs, forgetBefore: startSeq });
    this.#pending = written;
    this.#alarms.set('stall', MIRROR_STALL_MS, () => this.#tell(false));
    written.then(
      () => this.#settled(written, true),
      () => {
        this.#writtenSeq = Math.min(this.#writtenSeq, from);
        this.#isDirty = true;
        this.#settled(written, false);
      },
    );
  }

  #settled(written: Promise<void>, kept: boolean): void {
    if (this.#phase === 'closed') return;
    this.#tell(kept);
    if (this.#pending !== written) return;
    this.#pending = null;
    this.#alarms.clear('stall');
    if (this.#isDirty) this.changed();
  }

  #tell(kept: boolean): void {
    if (kept === this.#isKept) return;
    this.#isKept = kept;
    this.#onKept(kept);
  }
}
