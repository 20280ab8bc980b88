import { batch, computed, signal } from '@preact/signals';
import { FRAME_MS } from '../../../shared/limits.ts';
import type { LanguageOffer, SessionStatus, SessionSummary } from '../../../shared/protocol.ts';
import { isNotUnderstood } from '../captions/line-view.ts';
import type { AudioSource, SourceKind } from '../capture/audio-source.ts';
import { Capture } from '../capture/capture.ts';
import type { CaptureError } from '../capture/capture-error.ts';
import type { Level } from '../capture/level-meter.ts';
import type { EncoderFactory } from '../capture/packet-encoder.ts';
import { WakefulSource } from '../capture/wakeful-source.ts';
import { SpeakerClient } from '../live/speaker-client.ts';
import type { SpeakerOptions } from '../live/speaker-options.ts';
import type { SpeakerState } from '../live/speaker-state.ts';
import { Transcript } from '../live/transcript.ts';
import type { TranscriptLine } from '../live/transcript-line.ts';
import { type Problem, problemOf, wireProblem } from '../words/problem.ts';
import { type PageNotes, toAbout } from './page-mirror.ts';

export type SessionPhase =
  | { kind: 'opening' }
  | { kind: 'live'; sinceMs: number }
  | { kind: 'stopping' }
  /** `summary` after a clean stop. */
  | { kind: 'ended'; summary: SessionSummary | null };

/** The page was left while somebody spoke, and is back. */
export interface Absence {
  /** What readers see as a gap, in milliseconds; grows until sound comes again. 0 after a pause. */
  gapMs: number;
  /** What was captured before. */
  source: SourceKind;
}

/** The client mends these by itself at once; a speaker need not know. */
const UNSEEN: ReadonlySet<string> = new Set(['audio_gap', 'audio_too_fast']);
/** Over when the server says that it is well again. */
const PASSING: ReadonlySet<string> = new Set([
  'recognizer_failed',
  'decoder_failed',
  'translator_failed',
  'store_unavailable',
]);
/** Sentences in a row that were not understood before the page wonders about the language. */
const PUZZLED_AFTER = 3;

const NO_LEVEL: Level = { share: 0, unheard: false };

/** One speech, from the click on Start to its end, as signals for the page. */
export class SpeakSession {
  readonly phase = signal<SessionPhase>({ kind: 'opening' });
  readonly link = signal<SpeakerState>({ kind: 'idle' });
  readonly paused = signal(false);
  /** The source went away; only another one can go on. */
  readonly isSourceLost = signal(false);
  readonly level = signal<Level>(NO_LEVEL);
  readonly isUnheard = computed(() => this.level.value.unheard);
  readonly status = signal<SessionStatus | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly lines = signal<readonly TranscriptLine[]>([]);
  /** Sound that could not be kept while the connection was away, in milliseconds. */
  readonly lostMs = signal(0);
  /** The page was reloaded, or the machine slept; null while that is of no interest. */
  readonly absence = signal<Absence | null>(null);
  /** Whether a reload would find what has not reached a final yet. */
  readonly isKept = signal(true);
  /** Which encoder is at work; empty before the first sound. */
  readonly encoder = signal('');
  /** The last sentences were not understood: perhaps another language is spoken. */
  readonly isPuzzled = computed(() => {
    const last = this.lines.value.filter(({ kind }) => kind === 'speech').slice(-PUZZLED_AFTER);
    return last.length === PUZZLED_AFTER && last.every(isNotUnderstood);
  });
  /** Sentences that readers can read. */
  readonly understood = computed(
    () =>
      this.lines.value.filter((line) => line.original !== null && !isNotUnderstood(line)).length,
  );
  readonly client: SpeakerClient;
  readonly #capture: Capture;
  readonly #transcript: Transcript;
  #declaredMs = 0;

  constructor(options: SpeakerOptions, factories: readonly EncoderFactory[]) {
    this.isKept.value = options.mirror !== undefined;
    this.client = new SpeakerClient(options);
    this.#transcript = new Transcript(options.language);
    this.#capture = new Capture({
      factories,
      push: (packet) => this.client.push(packet),
      onLevel: (level) => {
        this.level.value = level;
      },
      onEncoder: (name) => {
        this.encoder.value = name;
      },
      onLost: (error) => this.#lost(error),
      onEnd: () => void this.stop(),
      onFailed: (error) => this.#over(problemOf(error, 'speak')),
    });
    this.#listen();
  }

  /** Takes the source over. Words spoken while the server still answers are kept and sent. */
  async start(source: AudioSource): Promise<void> {
    try {
      const started = this.client.start();
      this.#attach(source);
      await started;
      this.#goLive();
    } catch (error) {
      this.#over(problemOf(error, 'speak'));
    }
  }

  /**
   * Takes up what an earlier page left: what it had captured is delivered first. Then waits for a
   * source, with the last words closed, unless `openSource` gives one at once.
   */
  async goOn(former: PageNotes, openSource: (() => Promise<AudioSource>) | null): Promise<void> {
    try {
      await this.client.start();
    } catch (error) {
      this.#over(problemOf(error, 'speak'));
      return;
    }
    this.#goLive();
    if (this.client.isLeaving) {
      await this.stop();
      return;
    }
    const source = await openSource?.().catch(() => null);
    if (this.phase.value.kind !== 'live') {
      source?.close();
      return;
    }
    batch(() => {
      const frames = former.paused ? 0 : this.client.skipAbsence();
      this.absence.value = { gapMs: frames * FRAME_MS, source: former.source };
      if (source != null) {
        this.#attach(source);
        return;
      }
      this.isSourceLost.value = true;
      this.pause();
    });
  }

  pause(): void {
    this.#capture.pause();
    this.paused.value = true;
    this.client.note({ paused: 'yes' });
  }

  resume(): void {
    this.#capture.resume();
    this.client.note({ paused: 'no' });
    batch(() => {
      this.paused.value = false;
      this.problem.value = null;
    });
  }

  /** Takes another source, for example another microphone; goes on where the former was lost. */
  changeSource(source: AudioSource): void {
    if (this.phase.value.kind !== 'live') {
      source.close();
      return;
    }
    this.#attach(source);
    if (!this.isSourceLost.value) return;
    this.isSourceLost.value = false;
    this.absence.value = null;
    this.resume();
  }

  async offer(languages: readonly string[]): Promise<readonly LanguageOffer[] | null> {
    try {
      return await this.client.setLanguages(languages, []);
    } catch (error) {
      if (this.phase.value.kind === 'live') this.problem.value = problemOf(error, 'speak');
      return null;
    }
  }

  /** Sends what was said to its end, then ends the session. */
  async stop(): Promise<void> {
    if (this.phase.value.kind !== 'live') return;
    this.phase.value = { kind: 'stopping' };
    try {
      await this.#capture.finish();
      this.#end(await this.client.stop());
    } catch (error) {
      this.#over(problemOf(error, 'speak'));
    }
  }

  /** Leaves at once; what has not been sent is lost. */
  close(): void {
    this.#end(null);
  }

  #attach(source: AudioSource): void {
    this.client.note(toAbout({ source: source.kind, paused: this.paused.value }));
    this.#capture.attach(
      source.kind === 'file' ? source : new WakefulSource(source, (ms) => this.#slept(ms)),
    );
  }

  #goLive(): void {
    if (this.phase.value.kind !== 'opening') return;
    const spokenForMs = Date.now() - this.client.startedAtMs;
    this.phase.value = { kind: 'live', sinceMs: performance.now() - spokenForMs };
  }

  /** The machine slept: nothing was captured for so long, and readers are to see it. */
  #slept(lostMs: number): void {
    const frames = this.client.skip(Math.round(lostMs / FRAME_MS));
    if (frames > 0) this.absence.value = { gapMs: frames * FRAME_MS, source: 'microphone' };
  }

  #listen(): void {
    this.client.on('kept', (isKept) => {
      this.isKept.value = isKept;
    });
    this.client.on('state', (state) => {
      this.link.value = state;
      if (state.kind === 'ended' && state.error !== null) {
        this.#over(wireProblem(state.error, 'speak'));
      }
    });
    this.client.on('status', (status) => {
      this.status.value = status;
      const { code } = this.problem.value ?? {};
      const isWell = status.recognizer === 'ready' && status.decoder === 'ready';
      if (isWell && code !== undefined && PASSING.has(code)) this.problem.value = null;
    });
    this.client.on('error', (error) => {
      if (!UNSEEN.has(error.code)) this.problem.value = wireProblem(error, 'speak');
    });
    this.client.on('gap', ({ fromSeq, toSeq, declared, cause }) => {
      if (cause === 'away') return;
      const lengthMs = (toSeq - fromSeq) * FRAME_MS;
      this.lostMs.value = this.#declaredMs + lengthMs;
      if (declared) this.#declaredMs += lengthMs;
    });
    this.client.on('entry', (entry) => {
      this.#transcript.apply(entry);
      this.lines.value = this.#transcript.lines;
    });
    this.client.on('partial', (caption) => {
      this.#transcript.applyPartial(caption);
      this.lines.value = this.#transcript.lines;
    });
  }

  #lost(error: CaptureError): void {
    batch(() => {
      this.paused.value = true;
      this.isSourceLost.value = true;
      this.problem.value = problemOf(error, 'speak');
    });
  }

  #over(problem: Problem): void {
    if (this.phase.value.kind === 'ended') return;
    this.problem.value = problem;
    this.#end(null);
  }

  #end(summary: SessionSummary | null): void {
    if (this.phase.value.kind === 'ended') return;
    batch(() => {
      this.phase.value = { kind: 'ended', summary };
      this.level.value = NO_LEVEL;
    });
    this.#capture.close();
    this.client.close();
  }
}
