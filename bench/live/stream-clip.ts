import type { FinalCaption, PartialCaption, PlacedEntry } from '../../shared/captions.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { SessionSummary } from '../../shared/protocol.ts';
import { type SegmentRecord, SessionRecorder } from './session-record.ts';

/** As much of a speaker's client as a benchmark needs. */
export interface BenchSpeaker {
  start(): Promise<{ readonly session: string }>;
  push(packet: Uint8Array): number;
  whenWritable(): Promise<void>;
  stop(): Promise<SessionSummary>;
  close(): void;
  on(event: 'partial', listener: (caption: PartialCaption) => void): () => void;
  on(event: 'entry', listener: (entry: PlacedEntry) => void): () => void;
}

/** `real-time` hands each packet over when a microphone would; `fast` as soon as the link takes it. */
export type Pace = 'real-time' | 'fast';

export interface StreamedClip {
  readonly segments: readonly SegmentRecord[];
  /** Audio sent, silence at the end included. */
  readonly sentMs: number;
}

export interface StreamOptions {
  readonly pace: Pace;
  /** Silence after the clip, so that its last word ends in a pause and not in a stop. */
  readonly silenceMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Time in milliseconds; a stand-in makes tests exact. */
export interface Clock {
  now(): number;
  /** Rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * What libopus makes of 20 ms of digital silence: CELT, full band, mono, one frame (RFC 6716,
 * section 3.1, configuration 31).
 */
const SILENT_PACKET = Uint8Array.of(0xf8, 0xff, 0xfe);

/**
 * Speaks one clip in a session of its own and stops it; the speaker is closed afterwards. Rejects
 * with whatever error the session ended with.
 */
export async function streamClip(
  packets: readonly Uint8Array[],
  speaker: BenchSpeaker,
  { pace, silenceMs, clock, signal }: StreamOptions,
): Promise<StreamedClip> {
  const recorder = new SessionRecorder();
  let spokenFrom = 0;
  let failure: unknown = null;
  const record = (write: (atMs: number) => void): void => {
    try {
      write(clock.now() - spokenFrom);
    } catch (error) {
      failure ??= error;
    }
  };
  try {
    const { session } = await speaker.start();
    speaker.on('partial', (caption) => record((atMs) => recorder.partial(caption, atMs)));
    speaker.on('entry', (entry) => {
      const caption = ownFinal(entry, session);
      if (caption !== null) record((atMs) => recorder.final(caption, atMs));
    });
    const silence = Array<Uint8Array>(Math.ceil(silenceMs / FRAME_MS)).fill(SILENT_PACKET);
    const all = [...packets, ...silence];
    spokenFrom = clock.now();
    for (const [index, packet] of all.entries()) {
      // A packet is there once its last sample was heard.
      const dueMs = (index + 1) * FRAME_MS - (clock.now() - spokenFrom);
      if (pace === 'real-time' && dueMs > 0) await clock.sleep(dueMs, signal);
      if (pace === 'fast') await speaker.whenWritable();
      signal.throwIfAborted();
      speaker.push(packet);
    }
    await speaker.stop();
    if (failure !== null) throw failure;
    return { segments: recorder.segments, sentMs: all.length * FRAME_MS };
  } finally {
    speaker.close();
  }
}

function ownFinal(entry: PlacedEntry, session: string): FinalCaption | null {
  return entry.type === 'final' && entry.caption.session === session ? entry.caption : null;
}
