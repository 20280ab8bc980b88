import { setTimeout as delay } from 'node:timers/promises';
import type { AudioMessage } from '../../../shared/audio-codec.ts';
import type { FinalCaption, PartialCaption } from '../../../shared/captions.ts';
import { AppError } from '../../../shared/errors.ts';
import { FRAME_MS, RECEIVED_ACK_INTERVAL_MS, WARM_UP_FRAMES } from '../../../shared/limits.ts';
import type { SessionStatus, SessionSummary } from '../../../shared/protocol.ts';
import { unlessAborted } from '../async/unless-aborted.ts';
import type { OpusDecoderStream } from '../audio/opus-decoder-stream.ts';
import { FrameInbox } from '../pipeline/frame-inbox.ts';
import type { Utterance } from '../pipeline/recognize-segments.ts';
import { runPipeline } from '../pipeline/run-pipeline.ts';
import { timeDecoding } from '../pipeline/time-decoding.ts';
import { PartialTranslation } from '../rooms/partial-translation.ts';
import type { LoadStep } from '../scheduling/load-step.ts';
import { decodeMemory, encodeMemory } from '../segmentation/speech-detector.ts';
import { SpeechListener } from '../segmentation/speech-listener.ts';
import type { SessionKey, SessionState } from '../store/transcript-store.ts';
import { DurableWrites } from './durable-writes.ts';
import { FinalsInWork } from './finals-in-work.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { SessionEngines } from './session-engines.ts';
import { SessionMeasures } from './session-measures.ts';
import { statusOf } from './session-status.ts';
import { correctTerms } from './term-corrections.ts';

/** Waits between tries while the store is away. */
const STORE_RETRY_MS = 300;
const STATUS_INTERVAL_MS = 1_000;

/** Where a session tells its client what happens. */
export interface SessionSink {
  /** Frames before `seq` are in work, those before `arrivedSeq` are here. */
  received(seq: number, arrivedSeq: number): void;
  acked(seq: number): void;
  status(status: SessionStatus): void;
  partial(caption: PartialCaption): void;
  /** The session is over on this node: with an error, or because it was stopped. */
  over(error: AppError | null): void;
}

type Phase =
  | { readonly kind: 'running' }
  /** The client said that no more frames follow. */
  | { readonly kind: 'stopping' }
  /** Nothing more is read; `error` is null after a stop. */
  | { readonly kind: 'over'; readonly error: AppError | null };

/** One speaker's session on this node, from its start or resume until it is stopped or lost. */
export class LiveSession {
  readonly key: SessionKey;
  /** As it was when this node took the session. */
  readonly state: SessionState;
  readonly #decoder: OpusDecoderStream;
  readonly #engines: SessionEngines;
  readonly #sink: SessionSink;
  readonly #inbox: FrameInbox;
  readonly #stop = new AbortController();
  readonly #partials: PartialTranslation;
  readonly #cleanUps: (() => void)[] = [];
  readonly #finished: Promise<SessionSummary>;
  readonly #finals = new FinalsInWork();
  readonly #writes = new DurableWrites((error) => this.#fail(named(error)));
  readonly #lease: LeaseKeeper;
  readonly #measures: SessionMeasures;
  #phase: Phase = { kind: 'running' };
  #segments: number;
  #lastFrameAt = Date.now();
  #lastStatus = '';

  /** Takes over the decoder slot; it is released when the session is over. */
  constructor(
    state: SessionState,
    decoder: OpusDecoderStream,
    engines: SessionEngines,
    sink: SessionSink,
  ) {
    this.key = state.key;
    this.state = state;
    this.#decoder = decoder;
    this.#engines = engines;
    this.#sink = sink;
    this.#segments = state.nextSegment;
    this.#inbox = new FrameInbox(this.resumeSeq);
    this.#measures = new SessionMeasures(engines.metrics);
    this.#partials = new PartialTranslation(
      engines.translator,
      (caption) => this.#show(caption),
      (from, to) => engines.glossary.knownTerms(state.key.room, from, to),
    );
    this.#lease = new LeaseKeeper(engines.store, state.key, (error) => this.#fail(error));
    this.#cleanUps.push(
      () => this.#partials.close(),
      () => this.#lease.close(),
      () => this.#measures.close(),
      every(RECEIVED_ACK_INTERVAL_MS, () =>
        sink.received(this.#inbox.takenSeq, this.#inbox.nextSeq),
      ),
      every(STATUS_INTERVAL_MS, () => this.#look()),
    );
    this.#finished = this.#run();
    this.#finished.catch(() => undefined);
  }

  /** The frame that the client sends first: a little before the ack, so that the decoder settles. */
  get resumeSeq(): number {
    return Math.max(0, this.state.ackedSeq - WARM_UP_FRAMES);
  }

  /** Throws named errors for what can not be taken; the session goes on. */
  receive(message: AudioMessage): void {
    if (message.epoch !== this.key.epoch) {
      throw new AppError(
        'session_fenced',
        `Expected audio of epoch ${this.key.epoch}, got ${message.epoch}.`,
      );
    }
    if (this.#phase.kind !== 'running') return;
    const duplicates = this.#inbox.duplicates;
    this.#inbox.receive(message);
    this.#lastFrameAt = Date.now();
    this.#measures.arrived(this.#inbox.nextSeq);
    const { framesReceived, framesDuplicate } = this.#engines.metrics;
    framesReceived.inc(message.frames.length);
    framesDuplicate.inc(this.#inbox.duplicates - duplicates);
  }

  declareGap(fromSeq: number, toSeq: number): void {
    if (this.#phase.kind !== 'running') return;
    this.#inbox.declareGap(fromSeq, toSeq);
    this.#engines.metrics.framesMissing.inc(toSeq - fromSeq);
  }

  /** Resolves when every frame before `endSeq` is in a stored final or was silence. */
  async stop(endSeq: number): Promise<SessionSummary> {
    if (this.#phase.kind === 'running') {
      this.#inbox.end(endSeq);
      this.#phase = { kind: 'stopping' };
    }
    return await this.#finished;
  }

  /** Ends this node's part of the session; the client may resume it here or elsewhere. */
  async close(error: AppError): Promise<void> {
    this.#fail(error);
    await this.#finished.catch(() => undefined);
  }

  /**
   * Lets another node take the session over. Finals that are in work by now are stored first, unless
   * `signal` ends the wait, and all goes on meanwhile; the open segment is not cut short (INV9): its
   * frames are not acknowledged, so the client sends them again. One that is being stopped ends by that.
   */
  async handOver(error: AppError, signal: AbortSignal): Promise<void> {
    const settled =
      this.#phase.kind === 'stopping'
        ? this.#finished.catch(() => undefined)
        : Promise.race([this.#finals.settled(), this.#finished.catch(() => undefined)]);
    // Whatever is not stored by then is sent again.
    await unlessAborted(settled, signal).catch(() => undefined);
    await this.close(error);
  }

  #fail(error: AppError): void {
    if (this.#phase.kind === 'over') return;
    this.#phase = { kind: 'over', error };
    this.#stop.abort(error);
    this.#inbox.fail(error);
    void this.#decoder.close();
  }

  async #run(): Promise<SessionSummary> {
    const { store } = this.#engines;
    const memory = decodeMemory(this.state.detectorMemory);
    const listener = new SpeechListener(this.#engines.detector, memory);
    const { glossary, scheduler, metrics } = this.#engines;
    const turn = this.#finals.counting(scheduler.open(this.key.room));
    this.#cleanUps.push(
      () => listener.close(),
      () => turn.close(),
    );
    try {
      const utterances = runPipeline(this.#inbox, this.state.ackedSeq, {
        decoder: timeDecoding(this.#decoder, (seconds) => metrics.taskTook('conversion', seconds)),
        listener,
        turn,
        endpointing: this.#engines.endpointing,
        recognition: {
          language: this.state.language,
          firstSegment: this.state.nextSegment,
          pace: () => scheduler,
          correct: (text) =>
            correctTerms(
              text,
              this.state.language,
              glossary.spokenTerms(this.key.room, this.state.language),
            ),
          now: () => performance.now(),
          observe: (kind, seconds) => metrics.recognitionSeconds.observe({ kind }, seconds),
        },
      });
      for await (const utterance of utterances) await this.#take(utterance);
      await this.#writes.finish();
      await this.#persist(() => store.endSession(this.key));
      this.#phase = { kind: 'over', error: null };
    } catch (error) {
      this.#fail(named(error));
      await this.#writes.drop(error);
      await store.releaseLease(this.key).catch(() => undefined);
    } finally {
      this.#stop.abort();
      for (const cleanUp of this.#cleanUps.splice(0)) cleanUp();
      await this.#decoder.close();
    }
    const { error } = this.#phase as Phase & { kind: 'over' };
    metrics.taskDone('conversion', error?.code === 'decoder_failed' ? 'failed' : 'done', null);
    this.#sink.over(error);
    if (error !== null) throw error;
    return { segments: this.#segments, endSeq: this.#inbox.nextSeq };
  }

  /** Shows partials at once; what is durable is stored in order, while the pipeline goes on. */
  async #take(utterance: Utterance): Promise<void> {
    const { store, scheduler } = this.#engines;
    if (utterance.kind === 'partial') {
      const partial = this.#partialCaption(utterance);
      this.#show(partial);
      this.#measures.partialShown(utterance.segment, utterance.heardSeq, partial.text);
      if (translatesPartials(scheduler.step)) {
        this.#partials.offer(partial, this.#engines.wanted(this.key.room));
      }
    } else if (utterance.kind === 'final') {
      this.#partials.settle(utterance.segment);
      await this.#write(() => this.#storeFinal(utterance));
    } else if (utterance.kind === 'silence') {
      const memory = encodeMemory(utterance.memory);
      await this.#write(async () => {
        await this.#persist(() => store.advanceAck(this.key, utterance.ackedSeq, memory));
        this.#sink.acked(utterance.ackedSeq);
      });
    } else {
      const { fromSeq, toSeq } = utterance;
      const gap = { session: this.key.session, fromSeq, toSeq };
      await this.#write(async () => {
        await this.#persist(() => store.storeGap(this.key, gap));
        this.#sink.acked(toSeq);
      });
    }
  }

  async #write(write: () => Promise<void>): Promise<void> {
    await this.#writes.add(this.#measures.unstored(write));
  }

  async #storeFinal(utterance: Utterance & { kind: 'final' }): Promise<void> {
    const { store, metrics, desk } = this.#engines;
    const { room } = this.key;
    const caption = this.#finalCaption(utterance);
    const wanted = caption.text === '' ? [] : this.#wantedTranslations();
    const memory = encodeMemory(utterance.memory);
    const startedAt = performance.now();
    const stored = await this.#persist(() => store.storeFinal(this.key, caption, wanted, memory));
    metrics.storeSeconds.observe({ kind: 'final' }, (performance.now() - startedAt) / 1000);
    if (stored.unclaimed > 0) desk.sweep(room).catch(() => undefined);
    const heardAtMs = this.#measures.arrivedAt(utterance.endSeq);
    for (const language of wanted) desk.enqueue(room, caption, language, heardAtMs);
    this.#finals.stored();
    this.#segments = utterance.segment + 1;
    const outcome = outcomeOf(utterance);
    this.#measures.finalStored(utterance.segment, utterance.endSeq, caption.text, outcome);
    this.#sink.acked(utterance.endSeq);
  }

  /** Shows a partial to the speaker and to everybody who reads its language. */
  #show(caption: PartialCaption): void {
    if (!this.#lease.isSure) return;
    this.#sink.partial(caption);
    this.#engines.broadcast(this.key.room, caption);
  }

  /** Tries again while the store is away, and gives up only when the session is over. */
  async #persist<T>(write: () => Promise<T>): Promise<T> {
    while (true) {
      try {
        return await write();
      } catch (error) {
        const code = error instanceof AppError ? error.code : 'internal';
        if (code === 'session_fenced') this.#engines.metrics.fencedWrites.inc();
        if (code !== 'store_unavailable') throw error;
        await delay(STORE_RETRY_MS, undefined, { signal: this.#stop.signal });
      }
    }
  }

  #wantedTranslations(): readonly string[] {
    const { language } = this.state;
    return this.#engines.wanted(this.key.room).filter((wanted) => wanted !== language);
  }

  #partialCaption(utterance: Utterance & { kind: 'partial' }): PartialCaption {
    return {
      session: this.key.session,
      epoch: this.key.epoch,
      segment: utterance.segment,
      revision: utterance.revision,
      language: this.state.language,
      sourceLanguage: this.state.language,
      text: utterance.shown.text,
      stableLength: utterance.shown.stableLength,
      startMs: utterance.startSeq * FRAME_MS,
      endMs: utterance.heardSeq * FRAME_MS,
      engine: this.#engines.recognizerName,
    };
  }

  #finalCaption(utterance: Utterance & { kind: 'final' }): FinalCaption {
    return {
      session: this.key.session,
      segment: utterance.segment,
      language: this.state.language,
      sourceLanguage: this.state.language,
      text: utterance.text,
      startSeq: utterance.startSeq,
      endSeq: utterance.endSeq,
      startMs: utterance.startSeq * FRAME_MS,
      endMs: utterance.endSeq * FRAME_MS,
      storedAt: Date.now(),
      engine: utterance.engine ?? this.#engines.recognizerName,
      quality: 'none',
      ...(utterance.wordTimes === undefined ? {} : { wordTimes: onTimeline(utterance) }),
      ...(utterance.notUnderstood ? { notice: 'not_understood' as const } : {}),
    };
  }

  #look(): void {
    if (Date.now() - this.#lastFrameAt > this.#engines.idleLimitMs) {
      this.#fail(
        new AppError(
          'session_idle',
          `Expected audio within ${this.#engines.idleLimitMs / 1000} s, got none.`,
        ),
      );
      return;
    }
    const status = statusOf(this.#inbox, this.#decoder, this.#engines, this.key.room);
    const text = JSON.stringify(status);
    if (text === this.#lastStatus) return;
    this.#lastStatus = text;
    this.#sink.status(status);
  }
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  return () => clearInterval(timer);
}

function named(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', 'The session failed on the server.', { cause: error });
}

function translatesPartials(step: LoadStep): boolean {
  return step === 'full' || step === 'slower';
}

/** Times of words on the session's timeline, none of them outside of the segment's frames. */
function onTimeline({ startSeq, endSeq, wordTimes = [] }: Utterance & { kind: 'final' }) {
  const startMs = startSeq * FRAME_MS;
  const place = (ms: number) => Math.min(startMs + ms, endSeq * FRAME_MS);
  return wordTimes.map((word) => [place(word.startMs), place(word.endMs)] as const);
}

function outcomeOf(utterance: Utterance & { kind: 'final' }): string {
  if (utterance.notUnderstood) return 'not_understood';
  return utterance.text === '' ? 'empty' : 'text';
}
