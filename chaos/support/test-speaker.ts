import { setTimeout as delay } from 'node:timers/promises';
import { SpeakerClient, type SpeakerParts } from '../../client/src/live/speaker-client.ts';
import type { SpeakerOptions } from '../../client/src/live/speaker-options.ts';
import type { SpeakerState } from '../../client/src/live/speaker-state.ts';
import type { PlacedEntry } from '../../shared/captions.ts';
import type { WireError } from '../../shared/errors.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { SessionSummary } from '../../shared/protocol.ts';
import type { FrameRun, ReaderLog, SpokenSession } from '../judge/judge-session.ts';
import type { Speech } from './speech.ts';

export const SPOKEN = 'en';
/** Packets are handed over once the last of a batch is there, as by the page's encoder. */
const BATCH_FRAMES = 5;

export interface TestSpeakerOptions
  extends Partial<Omit<SpeakerOptions, 'url' | 'room' | 'language'>> {
  readonly url: string;
  readonly room: string;
  readonly parts?: SpeakerParts;
}

export interface SpeakOptions {
  /** Times the pace of a microphone, whatever the link does; `fast` as soon as the link takes it. */
  readonly speed: number | 'fast';
  /** Up to this frame; to the end of the speech without it. */
  readonly until?: number;
  /** Asked again and again; false ends it early. */
  readonly goesOn?: (frame: number) => boolean;
}

/** A link that was lost, and how it was found again. Times are of `performance.now()`. */
export interface Resumption {
  readonly lostAt: number;
  readonly error: WireError | null;
  /** Null while the link is away. */
  resumedAt: number | null;
  tries: number;
}

/** A real client that speaks real speech, and keeps what it is told of it. */
export class TestSpeaker {
  readonly client: SpeakerClient;
  readonly resumptions: Resumption[] = [];
  readonly errors: WireError[] = [];
  readonly #speech: Speech;
  readonly #entries: PlacedEntry[] = [];
  readonly #gaps: FrameRun[] = [];
  readonly #reads: readonly string[];
  #ended: WireError | null = null;
  #frames = 0;

  constructor(speech: Speech, { parts, ...options }: TestSpeakerOptions) {
    this.#speech = speech;
    this.#reads = options.reads ?? [];
    this.client = new SpeakerClient(
      { offers: [], reads: [], ...options, language: SPOKEN },
      parts ?? {},
    );
    this.client.on('entry', (entry) => this.#entries.push(entry));
    this.client.on('gap', ({ fromSeq, toSeq, declared }) => {
      if (declared) this.#gaps.push({ fromSeq, toSeq });
    });
    this.client.on('error', (error) => this.errors.push(error));
    this.client.on('state', (state) => this.#changed(state));
  }

  /** Frames that the client took so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Null for a session that goes on or was stopped in good order. */
  get ended(): WireError | null {
    return this.#ended;
  }

  async start(): Promise<void> {
    await this.client.start();
  }

  /** Speaks on. Rejects when `signal` aborts. */
  async speak(
    { speed, until = this.#speech.packets.length, goesOn = () => true }: SpeakOptions,
    signal: AbortSignal,
  ): Promise<void> {
    const began = performance.now();
    const first = this.#frames;
    const last = Math.min(until, this.#speech.packets.length);
    while (this.#frames < last && goesOn(this.#frames)) {
      const end = Math.min(last, this.#frames + BATCH_FRAMES);
      if (speed === 'fast') {
        await this.client.whenWritable();
        signal.throwIfAborted();
      } else {
        const dueMs = ((end - first) * FRAME_MS) / speed;
        await delay(Math.max(0, began + dueMs - performance.now()), undefined, { signal });
      }
      for (const packet of this.#speech.packets.slice(this.#frames, end)) {
        if (this.client.push(packet) < 0) return;
        this.#frames += 1;
      }
    }
  }

  async stop(): Promise<SessionSummary> {
    return await this.client.stop();
  }

  close(): void {
    this.client.close();
  }

  /** What the judge is to hold the finals against. Throws before the start. */
  get spoken(): SpokenSession {
    const { started } = this.client;
    if (started === null) throw new Error('Expected a started session, got none.');
    const toMs = this.#frames * FRAME_MS;
    return {
      session: started.session,
      language: SPOKEN,
      frames: this.#frames,
      voice: this.#speech.voice
        .filter(({ startMs }) => startMs < toMs)
        .map(({ startMs, endMs }) => ({ startMs, endMs: Math.min(endMs, toMs) })),
      gaps: this.#gaps,
    };
  }

  get log(): ReaderLog {
    return { name: 'speaker', language: this.#reads[0] ?? SPOKEN, entries: this.#entries };
  }

  #changed(state: SpeakerState): void {
    const last = this.resumptions.at(-1);
    const away = last?.resumedAt === null ? last : null;
    if (state.kind === 'reconnecting') {
      if (away === null) {
        const { error } = state;
        this.resumptions.push({ lostAt: performance.now(), error, resumedAt: null, tries: 1 });
      } else {
        away.tries = state.attempt;
      }
    }
    if (state.kind === 'live' && away !== null) away.resumedAt = performance.now();
    if (state.kind === 'ended') this.#ended = state.error;
  }
}
