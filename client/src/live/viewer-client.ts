import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import type { PartialCaption, PlacedEntry } from '../../../shared/captions.ts';
import { compareCursors } from '../../../shared/cursor.ts';
import type { AppError, WireError } from '../../../shared/errors.ts';
import {
  type LanguageOffer,
  type RoomJoined,
  WATCH_NAMESPACE,
  type WatchClientEvents,
  type WatchServerEvents,
} from '../../../shared/protocol.ts';
import { type Deferred, deferred } from './deferred.ts';
import { Emitter } from './emitter.ts';
import { EpochGate } from './epoch-gate.ts';
import { Link } from './link.ts';
import { socketWire } from './socket-wire.ts';
import { Transcript } from './transcript.ts';
import {
  nextViewerState,
  notWatching,
  type ViewerEvent,
  type ViewerState,
} from './viewer-state.ts';
import { ANSWER_TIMEOUT_MS, type OpenWire, type Wire, type WireHandlers } from './wire.ts';
import { localError } from './wire-error.ts';

/** Live entries held while the history is on its way; beyond it, the viewer joins again. */
export const MAX_JOINING_ENTRIES = 1000;

export interface ViewerOptions {
  url: string;
  room: string;
  language: string;
  token?: string;
  socketOptions?: Partial<ManagerOptions & SocketOptions>;
}

export interface ViewerEvents {
  state: ViewerState;
  partial: PartialCaption;
  /** Each once, in the order of the record: history first, then live. */
  entry: PlacedEntry;
  /** What may be chosen from, after each join and whenever it changes. */
  languages: readonly LanguageOffer[];
  joined: RoomJoined;
}

type WatchWire = Wire<WatchClientEvents>;

/** One reader of a room: history, then live, without a seam or a repetition, over any number of links. */
export class ViewerClient {
  readonly transcript: Transcript;
  readonly #options: ViewerOptions;
  readonly #link: Link<WatchServerEvents, WatchClientEvents, RoomJoined>;
  readonly #emitter = new Emitter<ViewerEvents>();
  readonly #gate = new EpochGate();
  #state: ViewerState = { kind: 'idle' };
  #language: string;
  /** What the next handshake shows: what was given to come back with, once there is something. */
  #token: string | undefined;
  #cursor: string | null = null;
  #starting: Deferred<RoomJoined> | null = null;
  #live: Deferred<WatchWire> | null = null;
  /** Live entries that came before the history that they follow; null while nothing is awaited. */
  #held: PlacedEntry[] | null = null;
  /** Changes of language happen one after the other. */
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(
    options: ViewerOptions,
    /** A stand-in for tests. */
    openWire?: OpenWire<WatchServerEvents, WatchClientEvents>,
  ) {
    this.#options = options;
    this.#language = options.language;
    this.#token = options.token;
    this.transcript = new Transcript(options.language);
    this.#link = new Link({
      open:
        openWire ??
        socketWire({ ...options, token: () => this.#token, namespace: WATCH_NAMESPACE }),
      events: this.#events(),
      greet: (wire) => this.#join(wire),
      up: (joined) => this.#up(joined),
      down: (error, attempt) => {
        this.#held = null;
        this.#transition({ type: 'down', attempt, error });
      },
      failed: (error) => this.#end(error),
    });
  }

  get state(): ViewerState {
    return this.#state;
  }

  get language(): string {
    return this.#language;
  }

  /** Returns "stop listening". */
  on<E extends keyof ViewerEvents>(
    event: E,
    listener: (payload: ViewerEvents[E]) => void,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Tries once. Rejects with the server's error or `server_unreachable`; then the client is over. */
  start(): Promise<RoomJoined> {
    if (this.#starting !== null) return this.#starting.promise;
    this.#starting = deferred();
    if (this.#state.kind === 'idle') {
      this.#transition({ type: 'start' });
      this.#link.dial();
    } else {
      this.#starting.reject(notWatching(this.#state));
    }
    return this.#starting.promise;
  }

  /** Resolves when the history in the new language is there; waits for the link where it is away. */
  setLanguage(language: string): Promise<RoomJoined> {
    const change = this.#lastChange.then(() => this.#changeLanguage(language));
    this.#lastChange = change.catch(() => undefined);
    return change;
  }

  /** Idempotent; leaves no timer and no connection. */
  close(): void {
    this.#end(null);
  }

  #join(wire: WatchWire): Promise<RoomJoined> {
    this.#held = [];
    const after = this.#cursor === null ? {} : { after: this.#cursor };
    return wire.request(
      'room:join',
      { room: this.#options.room, language: this.#language, ...after },
      ANSWER_TIMEOUT_MS,
    );
  }

  async #changeLanguage(language: string): Promise<RoomJoined> {
    for (;;) {
      const wire = await this.#whenLive();
      this.#held = [];
      try {
        const joined = await wire.request('room:language', { language }, ANSWER_TIMEOUT_MS);
        this.#language = language;
        this.transcript.setLanguage(language);
        this.#welcome(joined);
        return joined;
      } catch (error) {
        // Asked again only where the link went away with the question.
        if (this.#link.wire !== wire) continue;
        this.#release();
        throw error;
      }
    }
  }

  #up(joined: RoomJoined): void {
    this.#token = joined.returnToken ?? this.#token;
    this.#transition({ type: 'up' });
    this.#starting?.resolve(joined);
    if (this.#link.wire !== null) this.#live?.resolve(this.#link.wire);
    this.#live = null;
    this.#welcome(joined);
  }

  #welcome(joined: RoomJoined): void {
    for (const speaker of joined.speakers) this.transcript.applySpeaker(speaker);
    this.#emitter.emit('joined', joined);
    this.#emitter.emit('languages', joined.languages);
    for (const entry of joined.history) this.#deliver(entry, 'history');
    this.#release();
  }

  /** Lets out what came while the history was on its way. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const entry of held) this.#deliver(entry, 'live');
  }

  /** History after a change of language holds again what was seen, with other translations. */
  #deliver(entry: PlacedEntry, from: 'history' | 'live'): void {
    const seen = this.#cursor !== null && compareCursors(entry.cursor, this.#cursor) <= 0;
    if (seen && from === 'live') return;
    if (!seen) this.#cursor = entry.cursor;
    this.transcript.apply(entry);
    if (!seen || this.#isNewTranslation(entry)) this.#emitter.emit('entry', entry);
    if (entry.type === 'ended') this.#end(null);
  }

  #isNewTranslation(entry: PlacedEntry): boolean {
    if (entry.type !== 'final') return false;
    const { language, sourceLanguage } = entry.caption;
    return language === this.#language && language !== sourceLanguage;
  }

  #events(): WireHandlers<WatchServerEvents>['events'] {
    return {
      'caption:partial': (caption) => {
        if (!this.#gate.admit(caption.session, caption.epoch)) return;
        this.transcript.applyPartial(caption);
        this.#emitter.emit('partial', caption);
      },
      'record:entry': (entry) => {
        if (this.#held === null) this.#deliver(entry, 'live');
        else if (this.#held.length < MAX_JOINING_ENTRIES) this.#held.push(entry);
        else this.#link.drop(localError('slow_viewer', 'Expected the history sooner.'));
      },
      'room:languages': (languages) => this.#emitter.emit('languages', languages),
      'viewer:closed': (error) => this.#link.drop(error),
      'server:draining': (notice) => this.#link.drop(notice),
    };
  }

  #whenLive(): Promise<WatchWire> {
    if (this.#state.kind === 'ended' || this.#state.kind === 'idle') {
      return Promise.reject(notWatching(this.#state));
    }
    if (this.#link.wire !== null) return Promise.resolve(this.#link.wire);
    this.#live ??= deferred();
    return this.#live.promise;
  }

  #end(error: WireError | null): void {
    if (this.#state.kind === 'ended') return;
    this.#transition({ type: 'end', error });
    this.#link.close();
    this.#held = null;
    const reason: AppError = notWatching(this.#state);
    this.#starting?.reject(reason);
    this.#live?.reject(reason);
  }

  #transition(event: ViewerEvent): void {
    const next = nextViewerState(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#emitter.emit('state', next);
  }
}
