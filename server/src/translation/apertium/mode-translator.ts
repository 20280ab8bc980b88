import { AppError } from '../../../../shared/errors.ts';
import type { ApertiumLimits } from './limits.ts';
import type { Mode } from './modes.ts';
import type { PipelineProcess, StartPipeline } from './pipeline-process.ts';
import type { PipelineSlots, SlotHolder } from './pipeline-slots.ts';
import { decodeAnswer, encodeText } from './stream-format.ts';
import { type TextJob, TextQueue } from './text-queue.ts';

type State =
  | { kind: 'resting' }
  | { kind: 'lining-up' }
  | { kind: 'starting'; process: PipelineProcess }
  | { kind: 'running'; process: PipelineProcess; answered: number }
  | { kind: 'stopping'; done: Promise<void> }
  | { kind: 'closed' };

export interface ModeTranslatorOptions {
  readonly mode: Mode;
  readonly limits: ApertiumLimits;
  readonly slots: PipelineSlots;
  readonly start: StartPipeline;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Sent first: its answer says that every program has loaded its data. */
const PROBE_ID = 0;

/**
 * One mode's texts: they wait in a queue, a few at a time are in its pipeline, and answers come in
 * the order in which texts were written. A pipeline that dies, hangs or answers out of step is
 * replaced and its texts are sent again, one at a time so that a deadly one harms no other.
 */
export class ModeTranslator implements SlotHolder {
  readonly #options: ModeTranslatorOptions;
  readonly #queue: TextQueue;
  #state: State = { kind: 'resting' };
  #inFlight: { id: number; job: TextJob }[] = [];
  #nextId = PROBE_ID + 1;
  #failedStarts = 0;
  #brokenUntil = Number.NEGATIVE_INFINITY;
  #givesWay = false;
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: ModeTranslatorOptions) {
    this.#options = options;
    this.#queue = new TextQueue(options.limits.maxWaitingTexts);
  }

  /** Rejects with `translator_failed`, `server_busy`, `shutting_down` or the signal's reason. */
  translate(text: string, kind: 'partial' | 'final', signal?: AbortSignal): Promise<string> {
    if (this.#state.kind === 'closed') return Promise.reject(closed());
    const waitMs = this.#brokenUntil - this.#options.now();
    if (waitMs > 0) return Promise.reject(this.#failed('does not start', waitMs));
    const answer = this.#queue.add(text, kind, signal);
    this.#pump();
    return answer;
  }

  /** Texts that no program has yet. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** Whether its programs have something to do, or start for it. */
  get isAtWork(): boolean {
    return this.#state.kind === 'starting' || this.#inFlight.length > 0;
  }

  giveWay(): void {
    this.#givesWay = true;
    this.#pump();
  }

  /** Ends the pipeline if nothing is in it; the next text starts another one. */
  rest(): void {
    const state = this.#state;
    if (state.kind !== 'running' || this.#inFlight.length > 0 || this.#queue.size > 0) return;
    this.#stop(state.process);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { process, done } = this.#leave();
    this.#state = { kind: 'closed' };
    for (const { job } of this.#inFlight) job.reject(closed());
    this.#inFlight = [];
    this.#queue.rejectAll(closed());
    await Promise.all([process?.stop(), done]);
    this.#options.slots.release(this);
  }

  #leave(): { process?: PipelineProcess; done?: Promise<void> } {
    clearTimeout(this.#timer);
    const state = this.#state;
    if (state.kind === 'starting' || state.kind === 'running') return { process: state.process };
    return state.kind === 'stopping' ? { done: state.done } : {};
  }

  /** Does whatever the state allows next. */
  #pump(): void {
    const state = this.#state;
    if (state.kind === 'resting' && this.#queue.size > 0) {
      this.#state = { kind: 'lining-up' };
      this.#options.slots.request(this, () => this.#start());
    } else if (state.kind === 'running') {
      this.#send(state);
      if (this.#inFlight.length > 0) return;
      if (this.#givesWay) this.#stop(state.process);
      else this.#watch(this.#options.limits.idleCloseMs, () => this.#stop(state.process), true);
    }
  }

  #start(): void {
    const { mode, start, limits, slots } = this.#options;
    if (this.#state.kind !== 'lining-up' || this.#queue.size === 0) {
      // Closed, or everything was aborted, while this stood in line.
      if (this.#state.kind === 'lining-up') this.#state = { kind: 'resting' };
      slots.release(this);
      return;
    }
    slots.touch(this);
    const process = start(mode.stages, {
      onAnswer: (raw) => this.#answer(process, raw),
      onEnd: () => this.#lose(process),
    });
    this.#state = { kind: 'starting', process };
    process.write(encodeText('', PROBE_ID));
    this.#watch(limits.startTimeoutMs, () => this.#lose(process));
  }

  #send(state: Extract<State, { kind: 'running' }>): void {
    const { limits, slots } = this.#options;
    // Who is asked to give way still gets one round, or two would give way to each other for ever.
    const mayAdd = !this.#givesWay || state.answered + this.#inFlight.length === 0;
    if (!mayAdd) return;
    while (this.#inFlight.length < limits.maxTextsInFlight) {
      const head = this.#queue.peek();
      if (head === undefined) return;
      const tried = head.tries > 0 || this.#inFlight.some(({ job }) => job.tries > 0);
      if (tried && this.#inFlight.length > 0) return;
      this.#queue.take();
      const id = this.#nextId++;
      this.#inFlight.push({ id, job: head });
      slots.touch(this);
      if (this.#inFlight.length === 1) this.#watchAnswers(state.process);
      state.process.write(encodeText(head.text, id));
    }
  }

  #answer(process: PipelineProcess, raw: string): void {
    const state = this.#state;
    if ((state.kind !== 'starting' && state.kind !== 'running') || state.process !== process)
      return;
    const { text, id } = decodeAnswer(raw);
    const head = this.#inFlight[0];
    if (id !== (state.kind === 'starting' ? PROBE_ID : head?.id)) {
      this.#lose(process);
      return;
    }
    clearTimeout(this.#timer);
    if (state.kind === 'starting') {
      this.#failedStarts = 0;
      this.#state = { kind: 'running', process, answered: 0 };
    } else {
      this.#inFlight.shift();
      state.answered += 1;
      if (this.#inFlight.length > 0) this.#watchAnswers(process);
      head?.job.resolve(text);
    }
    this.#pump();
  }

  /** The pipeline died, hangs or is out of step: what was in it is tried again. */
  #lose(process: PipelineProcess): void {
    const state = this.#state;
    if ((state.kind !== 'starting' && state.kind !== 'running') || state.process !== process)
      return;
    const { limits, now } = this.#options;
    if (state.kind === 'starting') {
      this.#failedStarts += 1;
      if (this.#failedStarts >= limits.maxStartTries) {
        this.#failedStarts = 0;
        this.#brokenUntil = now() + limits.brokenPauseMs;
        this.#queue.rejectAll(this.#failed('does not start', limits.brokenPauseMs));
      }
    }
    const again: TextJob[] = [];
    for (const { job } of this.#inFlight) {
      if (job.settled) continue;
      job.tries += 1;
      if (job.tries < limits.maxTries) again.push(job);
      else job.reject(this.#failed(`failed ${limits.maxTries} times on one text`));
    }
    this.#inFlight = [];
    this.#queue.putBack(again);
    this.#stop(process);
  }

  #stop(process: PipelineProcess): void {
    clearTimeout(this.#timer);
    const done = process.stop().then(() => {
      if (this.#state.kind !== 'stopping') return;
      this.#givesWay = false;
      this.#state = { kind: 'resting' };
      this.#options.slots.release(this);
      this.#pump();
    });
    this.#state = { kind: 'stopping', done };
  }

  #watchAnswers(process: PipelineProcess): void {
    this.#watch(this.#options.limits.answerTimeoutMs, () => this.#lose(process));
  }

  #watch(ms: number, act: () => void, idle = false): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
    // An idle pipeline does not keep the server alive.
    if (idle) this.#timer.unref();
  }

  #failed(what: string, retryAfterMs?: number): AppError {
    return new AppError(
      'translator_failed',
      `Apertium's ${this.#options.mode.name} ${what}.`,
      retryAfterMs === undefined ? {} : { retryAfterMs },
    );
  }
}

function closed(): AppError {
  return new AppError('shutting_down', 'The translator is closed.');
}
