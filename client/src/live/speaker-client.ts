import { encodeAudio } from '../../../shared/audio-codec.ts';
import { AppError, type WireError } from '../../../shared/errors.ts';
import type { Glossary } from '../../../shared/glossary.ts';
import { LINK_DEAD_AFTER_MS, MAX_FRAME_BYTES } from '../../../shared/limits.ts';
import {
  type LanguageOffer,
  type SessionStarted,
  type SessionSummary,
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
} from '../../../shared/protocol.ts';
import { AudioPump } from './audio-pump.ts';
import { type Deferred, deferred } from './deferred.ts';
import { Emitter } from './emitter.ts';
import { FrameSender } from './frame-sender.ts';
import { askOnce, Link } from './link.ts';
import { type Greeting, OwnSession } from './own-session.ts';
import { restoreRing, SessionMirror, seqAfterAbsence } from './session-mirror.ts';
import { SessionStop } from './session-stop.ts';
import { socketWire } from './socket-wire.ts';
import type { SpeakerEvents, SpeakerOptions } from './speaker-options.ts';
import {
  nextSpeakerState,
  overError,
  type SpeakerEvent,
  type SpeakerState,
} from './speaker-state.ts';
import { ANSWER_TIMEOUT_MS, type OpenWire, type Wire, type WireHandlers } from './wire.ts';
import { endsLink, noSign } from './wire-error.ts';

/** Stand-ins for tests: the connection, and a smaller ring. */
export interface SpeakerParts {
  openWire?: OpenWire<SpeakServerEvents, SpeakClientEvents>;
  sender?: FrameSender;
}

type SpeakWire = Wire<SpeakClientEvents>;

/**
 * One speaker's session: takes Opus packets, keeps them until they are durable, and gets every
 * one of them to the server, once and in order, over as many links as it takes.
 */
export class SpeakerClient {
  readonly #options: SpeakerOptions;
  readonly #session: OwnSession;
  readonly #openWire: OpenWire<SpeakServerEvents, SpeakClientEvents>;
  readonly #link: Link<SpeakServerEvents, SpeakClientEvents, Greeting>;
  readonly #pump: AudioPump;
  readonly #emitter = new Emitter<SpeakerEvents>();
  readonly #mirror: SessionMirror | null;
  #state: SpeakerState = { kind: 'idle' };
  #starting: Deferred<SessionStarted> | null = null;
  #stopping: Deferred<SessionSummary> | null = null;
  #stop: SessionStop | null = null;
  /** Resolves when a link is up, rejects at the end; made when somebody waits. */
  #live: Deferred<SpeakWire> | null = null;
  #isTakenUp = false;
  #cancelQuestion = (): void => {};
  readonly #startedAtMs = Date.now();

  constructor(options: SpeakerOptions, parts: SpeakerParts = {}) {
    const kept = options.mirror?.kept;
    this.#options = options;
    this.#session = new OwnSession(options);
    this.#openWire = parts.openWire ?? socketWire({ ...options, namespace: SPEAK_NAMESPACE });
    this.#pump = new AudioPump(
      {
        audio: (firstSeq, frames) =>
          this.#link.wire?.send(
            'session:audio',
            encodeAudio({ firstSeq, epoch: this.#session.epoch, frames }),
          ),
        gap: (gap) => {
          const { fromSeq, toSeq } = gap;
          if (gap.declared) this.#link.wire?.send('session:gap', { fromSeq, toSeq });
          this.#emitter.emit('gap', gap);
        },
        linkDead: () => this.#link.drop(noSign(LINK_DEAD_AFTER_MS)),
        drained: () => this.#askStop(),
      },
      parts.sender ?? (kept && new FrameSender(restoreRing(kept))),
    );
    this.#mirror =
      options.mirror === undefined
        ? null
        : new SessionMirror({
            store: options.mirror.store,
            source: this.#pump,
            identity: () => this.#session.identity(),
            onKept: (isKept) => this.#emitter.emit('kept', isKept),
            former: kept?.head,
          });
    this.#link = new Link({
      open: this.#openWire,
      events: this.#events(),
      heard: () => this.#stop?.heard(),
      greet: (wire) => this.#session.greet(wire),
      up: (greeting) => this.#up(greeting),
      down: (error, attempt) => this.#down(error, attempt),
      failed: (error) => this.#failed(error),
      persists: kept !== undefined,
      firstTriesMs: options.startWithinMs ?? 0,
    });
  }

  get state(): SpeakerState {
    return this.#state;
  }

  get started(): SessionStarted | null {
    return this.#session.started;
  }

  /** The `seq` that the next packet gets. */
  get nextSeq(): number {
    return this.#pump.nextSeq;
  }

  /** Goes back where a resumed session begins again at an earlier frame. */
  get receivedSeq(): number {
    return this.#pump.receivedSeq;
  }

  get ackedSeq(): number {
    return this.#pump.ackedSeq;
  }

  /** True where no more frames are taken: it was stopped, here or on the page before a reload. */
  get isLeaving(): boolean {
    return this.#stopping !== null || this.#options.mirror?.kept?.head.stopping === true;
  }

  /** When the session began, before a reload where there was one: milliseconds since 1970. */
  get startedAtMs(): number {
    return this.#mirror?.startedAtMs ?? this.#startedAtMs;
  }

  /** Returns "stop listening". */
  on<E extends keyof SpeakerEvents>(
    event: E,
    listener: (payload: SpeakerEvents[E]) => void,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /**
   * Tries once, or for as long as the options say while nobody answers. Rejects with the server's
   * error or `server_unreachable`; then the client is over.
   */
  start(): Promise<SessionStarted> {
    if (this.#starting !== null) return this.#starting.promise;
    this.#starting = deferred();
    if (this.#state.kind === 'idle') {
      this.#transition({ type: 'start' });
      this.#link.dial();
    } else {
      this.#starting.reject(overError(this.#state));
    }
    return this.#starting.promise;
  }

  /**
   * Takes one Opus packet of 20 ms (kept, not copied) and returns its `seq`; −1 once stopped or
   * ended, and before a session that goes on after a reload is taken up. Throws `audio_malformed` for a packet that no server takes.
   */
  push(packet: Uint8Array): number {
    if (this.#state.kind === 'stopping' || this.#state.kind === 'ended') return -1;
    // What the page before had sent last is known only then: its numbers must not be used again.
    if (this.#options.mirror?.kept !== undefined && !this.#isTakenUp) return -1;
    const { byteLength } = packet;
    if (byteLength < 1 || byteLength > MAX_FRAME_BYTES) {
      throw new AppError(
        'audio_malformed',
        `Expected a packet of 1 to ${MAX_FRAME_BYTES} bytes, got ${byteLength}.`,
      );
    }
    const seq = this.#pump.push(packet);
    this.#mirror?.captured();
    return seq;
  }

  /**
   * Nothing was captured since the page that spoke before was left: that time is declared as a gap,
   * behind all that was captured. Returns its length in frames. Only on a live link.
   */
  skipAbsence(): number {
    const kept = this.#options.mirror?.kept;
    if (kept === undefined) return 0;
    return this.skip(seqAfterAbsence(kept.head, Date.now()) - this.nextSeq);
  }

  /** Declares the next `frames` frames as a gap; returns how many. */
  skip(frames: number): number {
    if (frames < 1 || this.#state.kind === 'stopping' || this.#state.kind === 'ended') return 0;
    this.#pump.skip(frames);
    this.#mirror?.captured();
    return frames;
  }

  /** Notes something beside the mirrored session, for the page that may take it up. */
  note(about: Readonly<Record<string, string>>): void {
    this.#mirror?.note(about);
  }

  /** The page may be about to go: what is not mirrored yet is handed over at once. */
  flushMirror(): void {
    this.#mirror?.flush();
  }

  /** Resolves when fewer than the server's window of frames are unreceived; rejects at the end. */
  whenWritable(): Promise<void> {
    if (this.#state.kind === 'ended') return Promise.reject(overError(this.#state));
    return this.#pump.whenWritable();
  }

  /** Changes what is offered and read; waits for the link where it is away. */
  async setLanguages(
    offers: readonly string[],
    reads: readonly string[],
  ): Promise<readonly LanguageOffer[]> {
    const body = { offers: [...offers], reads: [...reads] };
    const answer = await this.#ask((wire) =>
      wire.request('session:languages', body, ANSWER_TIMEOUT_MS),
    );
    this.#session.reads = body.reads;
    return answer.languages;
  }

  /**
   * Replaces the room's glossary for all that is said from now on; waits for the link where it is
   * away. Rejects with `not_room_owner` unless this client created or owns the room.
   */
  async setGlossary(glossary: Glossary): Promise<void> {
    const body = { room: this.#options.room, ownerSecret: this.#owner(), glossary: [...glossary] };
    await this.#ask((wire) => wire.request('room:glossary', body, ANSWER_TIMEOUT_MS));
    this.#session.glossary = glossary;
    this.#mirror?.changed();
  }

  /** Resolves when every frame is in a stored final or was silence; late translations still come. */
  stop(): Promise<SessionSummary> {
    if (this.#stopping !== null) return this.#stopping.promise;
    this.#stopping = deferred();
    if (this.#state.kind === 'idle' || this.#state.kind === 'ended') {
      this.#stopping.reject(overError(this.#state));
      return this.#stopping.promise;
    }
    this.#transition({ type: 'stop' });
    this.#mirror?.stopping();
    this.#stop = new SessionStop({
      stopped: (summary) => this.#end(summary, null),
      refused: (error) => this.#pump.refused(error),
      drop: (error) => this.#link.drop(error),
      giveUp: (error) => this.#end(null, error),
    });
    this.#pump.finish();
    return this.#stopping.promise;
  }

  /** Ends the room for everybody; with `erase`, deletes what was kept. Needs no running session. */
  async endRoom(erase: boolean): Promise<void> {
    const body = { room: this.#options.room, ownerSecret: this.#owner(), erase };
    this.#cancelQuestion();
    // A connection of its own: the session's may be away, and closes when the room ends.
    const question = askOnce(this.#openWire, (wire) =>
      wire.request('room:end', body, ANSWER_TIMEOUT_MS),
    );
    this.#cancelQuestion = question.cancel;
    await question.answer;
  }

  /** Idempotent; leaves no timer and no connection. A session that was not stopped ends by itself. */
  close(): void {
    this.#end(null, null);
    this.#link.close();
    this.#cancelQuestion();
  }

  #up({ epoch, fromSeq, ackedSeq, frameWindow }: Greeting): void {
    const { started } = this.#session;
    if (started === null || this.#link.wire === null) return;
    this.#transition({ type: 'up', session: started.session, epoch });
    this.#starting?.resolve(started);
    this.#live?.resolve(this.#link.wire);
    this.#live = null;
    this.#stop?.expectAnswer();
    this.#pump.open(fromSeq, ackedSeq, frameWindow);
    this.#isTakenUp = true;
    this.#mirror?.changed();
    this.#mirror?.flush();
    if (this.#stop !== null) this.#pump.finish();
  }

  #down(error: WireError, attempt: number): void {
    this.#pump.shut();
    this.#stop?.unask();
    if (this.#state.kind === 'ended') this.#link.close();
    else this.#transition({ type: 'down', attempt, error });
  }

  #failed(error: WireError): void {
    // The answer to a stop may be lost: what is durable to the last frame was stopped all right.
    const done = this.#stop !== null && this.ackedSeq >= this.nextSeq;
    if (done && error.code === 'session_ended') {
      this.#end({ segments: this.#session.segments, endSeq: this.nextSeq }, null);
    } else {
      this.#end(null, error);
    }
  }

  #askStop(): void {
    if (this.#link.wire !== null) void this.#stop?.ask(this.#link.wire, this.nextSeq);
  }

  #events(): WireHandlers<SpeakServerEvents>['events'] {
    return {
      'session:received': ({ seq, epoch, arrivedSeq }) => {
        if (this.#session.owns(epoch)) this.#pump.received(seq, arrivedSeq);
      },
      'session:acked': ({ seq, epoch }) => {
        if (!this.#session.owns(epoch)) return;
        this.#pump.acked(seq);
        this.#mirror?.changed();
        this.#emitter.emit('acked', this.ackedSeq);
      },
      'session:status': (status) => this.#emitter.emit('status', status),
      'session:offers': (languages) => this.#emitter.emit('offers', languages),
      'session:error': (error) => this.#sessionError(error),
      'session:ended': ({ session, error }) => {
        if (session !== this.started?.session) return;
        // The answer to the stop is under way: it has the summary.
        if (this.#stop !== null && error === undefined) return;
        if (error !== undefined && (error.retryable || endsLink(error))) {
          this.#link.drop({ ...error, retryable: true });
        } else this.#end(null, error ?? null);
      },
      'server:draining': (notice) => this.#link.drop(notice),
      'caption:partial': (caption) => {
        if (this.#session.admitPartial(caption)) this.#emitter.emit('partial', caption);
      },
      'record:entry': (entry) => {
        if (this.#session.admitEntry(entry)) this.#emitter.emit('entry', entry);
      },
    };
  }

  #sessionError(error: WireError): void {
    if (error.code === 'audio_gap' || error.code === 'audio_too_fast') {
      this.#pump.refused(error);
      return;
    }
    this.#emitter.emit('error', error);
    if (endsLink(error)) this.#link.drop({ ...error, retryable: true });
  }

  /** Throws `not_room_owner` where the room is somebody else's, as far as is known here. */
  #owner(): string {
    const ownerSecret = this.#options.ownerSecret ?? this.started?.ownerSecret;
    if (ownerSecret === undefined) {
      throw new AppError('not_room_owner', "Expected this room's owner secret, got none.");
    }
    return ownerSecret;
  }

  /** Asks while a link is up, and again only where the link went away with the question. */
  async #ask<Answer>(request: (wire: SpeakWire) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const wire = await this.#whenLive();
      try {
        return await request(wire);
      } catch (error) {
        if (this.#link.wire === wire) throw error;
      }
    }
  }

  #whenLive(): Promise<SpeakWire> {
    if (this.#state.kind === 'ended' || this.#state.kind === 'idle') {
      return Promise.reject(overError(this.#state));
    }
    if (this.#link.wire !== null) return Promise.resolve(this.#link.wire);
    this.#live ??= deferred();
    return this.#live.promise;
  }

  /** Over for good. After a clean stop the link stays, for translations that are still to come. */
  #end(summary: SessionSummary | null, error: WireError | null): void {
    if (this.#state.kind === 'ended') return;
    this.#transition({ type: 'end', summary, error });
    this.#stop?.close();
    void this.#mirror?.discard();
    if (summary === null) this.#link.close();
    const reason = overError(this.#state);
    this.#pump.close(reason);
    this.#starting?.reject(reason);
    this.#live?.reject(reason);
    if (summary === null) this.#stopping?.reject(reason);
    else this.#stopping?.resolve(summary);
  }

  #transition(event: SpeakerEvent): void {
    const next = nextSpeakerState(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#emitter.emit('state', next);
  }
}
