import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SpeakerClient } from '../../client/src/live/speaker-client.ts';
import { SILENT_PACKET } from '../../server/src/audio/ffmpeg-decoder.ts';
import { AppError } from '../../shared/errors.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import { captionIn, SessionRecorder } from '../live/session-record.ts';
import type { SessionScript } from './script.ts';
import type { SessionEnd, SessionLog } from './session-log.ts';

/** Packets are handed over once the last of a batch is there, as by the page's encoder. */
const BATCH_FRAMES = 5;
const BATCH_MS = BATCH_FRAMES * FRAME_MS;
/** Beyond it a session that was stopped counts as dead. */
const STOP_LIMIT_MS = 60_000;
/** A stop is answered when all finals are stored; what is still missing then are translations. */
const TRANSLATIONS_LIMIT_MS = 10_000;

export interface SpeakingOptions {
  readonly url: string;
  readonly language: string;
  /** Translations that the speaker's own client reads. */
  readonly reads: readonly string[];
  readonly token: string | undefined;
}

/** One speaker: a real client that speaks a script at the pace of a microphone. */
export class SpeakingSession {
  readonly #options: SpeakingOptions;
  readonly #speaker: SpeakerClient;
  readonly #recorder = new SessionRecorder();
  readonly #origin = performance.now();
  readonly #lateMs: number[] = [];
  readonly #slowAtMs: number[] = [];
  #startedAfterMs: number | null = null;
  #sentFrames = 0;
  #reconnects = 0;
  #gapFrames = 0;
  #finals = 0;
  #lastLagMs = 0;
  #broken: unknown = null;

  constructor(options: SpeakingOptions) {
    this.#options = options;
    const { url, language, reads, token } = options;
    this.#speaker = new SpeakerClient({
      url,
      room: `bench-${randomBytes(8).toString('hex')}`,
      language,
      offers: reads,
      reads,
      ...(token === undefined ? {} : { token }),
    });
    this.#listen();
  }

  /** For whoever waits: finals so far, and how long the last came after its segment's end. */
  get finals(): number {
    return this.#finals;
  }

  get lastLagMs(): number {
    return this.#lastLagMs;
  }

  /** Speaks to the end and tells what came of it. Rejects only when `signal` aborts. */
  async speak(
    script: SessionScript,
    packetsOf: (clip: number) => readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<SessionLog> {
    try {
      const end = await this.#speakToEnd(script, packetsOf, signal);
      return {
        beganAt: performance.timeOrigin + this.#origin,
        startedAfterMs: this.#startedAfterMs,
        segments: this.#recorder.segments,
        sentFrames: this.#sentFrames,
        end,
        reconnects: this.#reconnects,
        gapFrames: this.#gapFrames,
        lateMs: this.#lateMs,
        slowAtMs: this.#slowAtMs,
      };
    } finally {
      this.#speaker.close();
    }
  }

  async #speakToEnd(
    script: SessionScript,
    packetsOf: (clip: number) => readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<SessionEnd> {
    const started = this.#speaker.start().then(
      () => {
        this.#startedAfterMs = this.#nowMs;
        return null;
      },
      (error: unknown) => codeOf(error),
    );
    try {
      // Whoever speaks does not wait for the server: what is said meanwhile waits in the client.
      await this.#pushAll(script, packetsOf, signal);
      const refused = await started;
      if (refused !== null) return { kind: 'refused', code: refused };
      await this.#stop(signal);
      if (this.#broken === null) return { kind: 'spoken' };
      return { kind: 'died', code: codeOf(this.#broken), atMs: this.#nowMs };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'died', code: codeOf(error), atMs: this.#nowMs };
    }
  }

  /** A packet is there once its last sample was heard; ends early when the session does. */
  async #pushAll(
    { placements, frames }: SessionScript,
    packetsOf: (clip: number) => readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<void> {
    const timeline = placements.map(({ clip, startFrame }) => ({
      startFrame,
      packets: packetsOf(clip),
    }));
    let current = 0;
    while (this.#sentFrames < frames) {
      const batchEnd = Math.min(frames, this.#sentFrames + BATCH_FRAMES);
      const dueMs = batchEnd * FRAME_MS;
      const waitMs = dueMs - this.#nowMs;
      if (waitMs > 0) await delay(waitMs, undefined, { signal });
      else signal.throwIfAborted();
      this.#lateMs.push(Math.max(0, Math.round(this.#nowMs - dueMs)));
      for (let frame = this.#sentFrames; frame < batchEnd; frame += 1) {
        while (endFrame(timeline[current]) <= frame) current += 1;
        const clip = timeline[current];
        const packet = clip?.packets[frame - clip.startFrame] ?? SILENT_PACKET;
        if (this.#speaker.push(packet) < 0) return;
      }
      this.#sentFrames = batchEnd;
    }
  }

  async #stop(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    try {
      const limit = delay(STOP_LIMIT_MS, undefined, { signal: either }).then(() => {
        throw new AppError('server_unreachable', 'Expected an answer to the stop, got none.');
      });
      const { segments } = await Promise.race([this.#speaker.stop(), limit]);
      const deadline = this.#nowMs + TRANSLATIONS_LIMIT_MS;
      while (!this.#complete(segments) && this.#nowMs < deadline) {
        await delay(BATCH_MS, undefined, { signal });
      }
    } finally {
      over.abort();
    }
  }

  /** A final in the spoken language for each segment, and one in the others where it has words. */
  #complete(segments: number): boolean {
    const { language, reads } = this.#options;
    const spoken = this.#recorder.segments.filter((each) => captionIn(each, language)?.final);
    return (
      spoken.length >= segments &&
      spoken.every(
        (each) =>
          captionIn(each, language)?.final?.text === '' ||
          reads.every((read) => captionIn(each, read)?.final),
      )
    );
  }

  #listen(): void {
    const { language } = this.#options;
    this.#speaker.on('partial', (caption) => this.#recorder.partial(caption, this.#nowMs));
    this.#speaker.on('entry', (entry) => {
      if (entry.type !== 'final') return;
      try {
        this.#recorder.final(entry.caption, this.#nowMs);
      } catch (error) {
        this.#broken ??= error;
      }
      if (entry.caption.language !== language) return;
      this.#finals += 1;
      this.#lastLagMs = this.#nowMs - entry.caption.endMs;
    });
    this.#speaker.on('state', (state) => {
      if (state.kind === 'reconnecting' && state.attempt <= 1) this.#reconnects += 1;
    });
    this.#speaker.on('gap', ({ fromSeq, toSeq, declared }) => {
      if (declared) this.#gapFrames += toSeq - fromSeq;
    });
    this.#speaker.on('status', ({ recognizer }) => {
      if (recognizer === 'slow') this.#slowAtMs.push(Math.round(this.#nowMs));
    });
  }

  get #nowMs(): number {
    return performance.now() - this.#origin;
  }
}

function endFrame(
  clip: { readonly startFrame: number; readonly packets: readonly Uint8Array[] } | undefined,
): number {
  return clip === undefined ? Number.POSITIVE_INFINITY : clip.startFrame + clip.packets.length;
}

function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.message : String(error);
}
