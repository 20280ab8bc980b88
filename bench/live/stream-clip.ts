import { SILENT_PACKET } from '../../server/src/audio/ffmpeg-decoder.ts';
import type { PartialCaption, PlacedEntry } from '../../shared/captions.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { SessionSummary } from '../../shared/protocol.ts';
import { captionIn, type SegmentRecord, SessionRecorder } from './session-record.ts';

/** As much of a speaker's client as a benchmark needs. */
export interface BenchSpeaker {
  start(): Promise<{ readonly session: string }>;
  push(packet: Uint8Array): number;
  whenWritable(): Promise<void>;
  stop(): Promise<SessionSummary>;
  close(): void;
}

/** As much of a viewer's client; what is shown is taken from viewers, as people see it. */
export interface BenchViewer {
  start(): Promise<unknown>;
  on(event: 'partial', listener: (caption: PartialCaption) => void): () => void;
  on(event: 'entry', listener: (entry: PlacedEntry) => void): () => void;
  close(): void;
}

/** `real-time` hands each packet over when a microphone would; `fast` as soon as the link takes it. */
export type Pace = 'real-time' | 'fast';

/** Time in milliseconds; a stand-in makes tests exact. */
export interface Clock {
  now(): number;
  /** Rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface SpokenClip {
  readonly packets: readonly Uint8Array[];
  /** What it is spoken as. */
  readonly language: string;
}

export interface StreamedClip {
  readonly segments: readonly SegmentRecord[];
  /** Audio sent, silence at the end included. */
  readonly sentMs: number;
  /** Finals and translations that had not come a while after the stop. */
  readonly missingFinals: number;
  /** By how much the latest packet left too late: on a machine that does too much at once. */
  readonly sentLateMs: number;
}

export interface StreamOptions {
  readonly pace: Pace;
  /** Silence after the clip, so that its last word ends in a pause and not in a stop. */
  readonly silenceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A stop is answered when all finals are stored; what is still missing then are translations. */
const LAST_FINALS_LIMIT_MS = 15_000;

/**
 * Speaks one clip in a session of its own, read by a viewer for each language, the spoken one among
 * them. Closes them all. Rejects with whatever error the session ended with.
 */
export async function streamClip(
  { packets, language }: SpokenClip,
  speaker: BenchSpeaker,
  viewers: ReadonlyMap<string, BenchViewer>,
  { pace, silenceMs, clock, signal }: StreamOptions,
): Promise<StreamedClip> {
  const log = new ViewedSession(language, [...viewers.keys()], clock);
  try {
    const { session } = await speaker.start();
    for (const [read, viewer] of viewers) {
      viewer.on('partial', (caption) => log.partial(session, read, caption));
      viewer.on('entry', (entry) => log.entry(session, read, entry));
    }
    await Promise.all([...viewers.values()].map((viewer) => viewer.start()));
    const silence = Array<Uint8Array>(Math.ceil(silenceMs / FRAME_MS)).fill(SILENT_PACKET);
    const all = [...packets, ...silence];
    let sentLateMs = 0;
    log.begin();
    for (const [index, packet] of all.entries()) {
      // A packet is there once its last sample was heard.
      const dueAtMs = (index + 1) * FRAME_MS;
      const waitMs = dueAtMs - log.elapsedMs;
      if (pace === 'real-time' && waitMs > 0) await clock.sleep(waitMs, signal);
      sentLateMs = Math.max(sentLateMs, log.elapsedMs - dueAtMs);
      if (pace === 'fast') await speaker.whenWritable();
      signal.throwIfAborted();
      speaker.push(packet);
    }
    const { segments } = await speaker.stop();
    const limit = new AbortController();
    await Promise.race([
      log.complete(segments),
      clock.sleep(LAST_FINALS_LIMIT_MS, AbortSignal.any([signal, limit.signal])),
    ]).finally(() => limit.abort());
    return {
      segments: log.segments,
      sentMs: all.length * FRAME_MS,
      missingFinals: log.missingFinals(segments),
      sentLateMs,
    };
  } finally {
    speaker.close();
    for (const viewer of viewers.values()) viewer.close();
  }
}

/** What the viewers of one session saw, and whether that is all. */
class ViewedSession {
  readonly #spoken: string;
  readonly #languages: readonly string[];
  readonly #clock: Clock;
  readonly #recorder = new SessionRecorder();
  #startedAt = 0;
  #waiting: { readonly segments: number; readonly done: () => void } | null = null;
  #fail: (error: unknown) => void = () => undefined;
  readonly #failed: Promise<never>;

  constructor(spoken: string, languages: readonly string[], clock: Clock) {
    this.#spoken = spoken;
    this.#languages = languages;
    this.#clock = clock;
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => undefined);
  }

  begin(): void {
    this.#startedAt = this.#clock.now();
  }

  get elapsedMs(): number {
    return this.#clock.now() - this.#startedAt;
  }

  get segments(): readonly SegmentRecord[] {
    return this.#recorder.segments;
  }

  partial(session: string, read: string, caption: PartialCaption): void {
    if (caption.session !== session || caption.language !== read) return;
    this.#recorder.partial(caption, this.elapsedMs);
  }

  entry(session: string, read: string, entry: PlacedEntry): void {
    if (entry.type !== 'final') return;
    const { caption } = entry;
    if (caption.session !== session || caption.language !== read) return;
    try {
      this.#recorder.final(caption, this.elapsedMs);
    } catch (error) {
      this.#fail(error);
    }
    const waiting = this.#waiting;
    if (waiting !== null && this.missingFinals(waiting.segments) === 0) waiting.done();
  }

  /** Resolves when each of so many segments has its finals; rejects when one came twice (INV2). */
  async complete(segments: number): Promise<void> {
    const all = new Promise<void>((done) => {
      this.#waiting = { segments, done };
      if (this.missingFinals(segments) === 0) done();
    });
    await Promise.race([this.#failed, all]);
  }

  /** A final in the spoken language for each segment, and one in the others where it has words. */
  missingFinals(segments: number): number {
    const records = this.#recorder.segments;
    const spoken = records.filter((record) => captionIn(record, this.#spoken)?.final);
    let missing = Math.max(0, segments - spoken.length);
    for (const record of spoken) {
      if (captionIn(record, this.#spoken)?.final?.text === '') continue;
      for (const language of this.#languages) {
        if (!captionIn(record, language)?.final) missing += 1;
      }
    }
    return missing;
  }
}
