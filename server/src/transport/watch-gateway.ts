import type { PlacedEntry } from '../../../shared/captions.ts';
import { AppError, toWireError, type WireError } from '../../../shared/errors.ts';
import { type RoomJoin, roomJoinSchema, roomLanguageSchema } from '../../../shared/messages.ts';
import type { RoomJoined } from '../../../shared/protocol.ts';
import { keyOf } from '../access/access.ts';
import { keyRevoked } from '../access/refusals.ts';
import type { Seat } from '../rooms/room-feed.ts';
import type { History, RoomState } from '../store/transcript-store.ts';
import { Backlog, MAX_BACKLOG_BYTES } from './backlog.ts';
import { ConnectionLog } from './connection-log.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { CHANGE_INTERVAL_MS, PacedChanges } from './paced-changes.ts';
import { partialAudience } from './partial-broadcast.ts';
import { answering, counted, FaultCount } from './requests.ts';
import { roomOffers, spokenIn } from './room-offers.ts';
import { serverDraining } from './server-draining.ts';
import type { WatchSocket } from './socket-server.ts';
import { nextViewerPhase, type ViewerEvent, type ViewerPhase } from './viewer-phase.ts';

/** One viewer's connection: a seat in one room, reading one language at a time. */
export class ViewerConnection implements Seat {
  readonly role = 'viewer';
  readonly #socket: WatchSocket;
  readonly #parts: GatewayParts;
  readonly #backlog: Backlog;
  readonly #log: ConnectionLog;
  readonly #changes = new PacedChanges<RoomJoined>();
  #phase: ViewerPhase = { kind: 'idle' };
  /** Ends the watch over the key that this viewer is here by. */
  #unguard = (): void => {};

  constructor(socket: WatchSocket, parts: GatewayParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#backlog = new Backlog(socket.conn);
    const faults = new FaultCount();
    this.#log = new ConnectionLog(parts.log, socket.id);
    const observer = counted(parts.metrics, this.#log, {
      failed: ({ code }: WireError) => {
        parts.metrics.errors.inc({ code });
        // Told first: the answer is sent once this returns.
        if (faults.note(code)) setImmediate(() => socket.disconnect(true));
      },
    });
    socket.on(
      'room:join',
      answering(roomJoinSchema, observer, (request) => this.#join(request)),
    );
    socket.on(
      'room:language',
      answering(roomLanguageSchema, observer, ({ language }) => this.#change(language)),
    );
    socket.on('disconnect', () => this.close());
  }

  /** The room that is watched, or that is being joined; else null. */
  get room(): string | null {
    return this.#place?.room ?? null;
  }

  /** Idempotent. A join or change that is under way takes no seat any more. */
  close(): void {
    const place = this.#place;
    const wasHere = this.#phase.kind === 'watching';
    this.#become({ type: 'left' });
    this.#unguard();
    this.#changes.close();
    if (place !== null) this.#parts.hub.leave(place.room, this);
    if (wasHere) this.#log.viewerGone();
  }

  /** Asks the client to connect to another node. */
  sendAway(): void {
    this.#socket.emit('server:draining', toWireError(serverDraining()));
  }

  wants(entry: PlacedEntry): boolean {
    if (entry.type !== 'final') return true;
    const { language, sourceLanguage } = entry.caption;
    return language === sourceLanguage || language === this.#place?.language;
  }

  /** [INV4, INV5] A viewer that does not take what it was sent must come back for the rest. */
  deliver(entry: PlacedEntry): void {
    if (this.#backlog.full) {
      this.lost(tooSlow());
      return;
    }
    this.#socket.emit('record:entry', entry);
    if (entry.type === 'speaker') void this.#tellLanguages();
  }

  lost(error: AppError): void {
    this.#parts.metrics.errors.inc({ code: error.code });
    this.#socket.emit('viewer:closed', toWireError(error));
    this.#socket.disconnect(true);
  }

  async #join({ room, language, after }: RoomJoin): Promise<RoomJoined> {
    const { access } = this.#parts;
    const identity = await access.identify(this.#socket.data.token);
    access.check(identity, 'watch', room);
    if (this.#phase.kind !== 'idle') {
      throw new AppError('invalid_message', 'Expected one room a connection, got another.');
    }
    this.#parts.admit('newcomer');
    this.#unguard();
    this.#unguard = access.guard(keyOf(identity)?.id ?? '', () => this.lost(keyRevoked()));
    this.#become({ type: 'join', room, language });
    try {
      const state = await this.#readable(room, language);
      const returnToken = await access.returnToken(identity);
      this.#checkHere();
      const history = await this.#parts.hub.join(room, this, [language], after ?? null);
      this.#checkHere();
      await this.#socket.join([partialAudience(room, null), partialAudience(room, language)]);
      this.#become({ type: 'joined' });
      this.#log.viewerHere(room, language);
      const joined = this.#joined(room, state, history);
      return returnToken === undefined ? joined : { ...joined, returnToken };
    } catch (error) {
      this.#parts.hub.leave(room, this);
      this.#become({ type: 'refused' });
      throw error;
    }
  }

  async #change(language: string): Promise<RoomJoined> {
    this.#checkWatching();
    const joined = await this.#changes.make(() => this.#read(language));
    if (joined !== null) return joined;
    throw new AppError(
      'rate_limited',
      'Expected one choice of a language at a time, got a newer.',
      {
        retryAfterMs: CHANGE_INTERVAL_MS,
      },
    );
  }

  /** Reads another language from now on. What is refused leaves everything as it was. */
  async #read(language: string): Promise<RoomJoined> {
    const { room, language: before } = this.#checkWatching();
    const { hub } = this.#parts;
    if (this.#backlog.full) {
      // Each answer is a whole history: they must not pile up unread.
      this.lost(tooSlow());
      throw tooSlow();
    }
    const state = await this.#readable(room, language);
    await hub.read(room, this, [language]);
    this.#become({ type: 'reads', language });
    const history = await hub.readAnew(room, this).catch((error: unknown) => {
      // The seat is lost: it comes back with its cursor once the record can be read.
      if (this.#phase.kind !== 'gone') this.lost(named(error));
      throw error;
    });
    await this.#socket.join(partialAudience(room, language));
    if (before !== language) await this.#socket.leave(partialAudience(room, before));
    return this.#joined(room, state, history);
  }

  #joined(room: string, state: RoomState | null, history: History): RoomJoined {
    return {
      room,
      languages: roomOffers(this.#parts, state),
      speakers: state?.speakers ?? [],
      history: history.entries,
      truncated: history.truncated,
      keptForS: this.#parts.keptForS,
    };
  }

  /** Who comes may speak another language and offer others. */
  async #tellLanguages(): Promise<void> {
    const { room } = this;
    if (room === null) return;
    try {
      const state = await this.#parts.store.readRoom(room);
      this.#socket.emit('room:languages', roomOffers(this.#parts, state));
    } catch {
      // The store is away: the viewer keeps the choice it has.
    }
  }

  /** The room as it stands; rejects with `language_unsupported` where nobody can read this in it. */
  async #readable(room: string, language: string): Promise<RoomState | null> {
    const state = await this.#parts.store.readRoom(room);
    const languages = roomOffers(this.#parts, state).map((offer) => offer.language);
    if (!spokenIn(state).includes(language) && !languages.includes(language)) {
      throw new AppError(
        'language_unsupported',
        `Expected a language out of ${languages.join(', ')}, got ${language}.`,
      );
    }
    return state;
  }

  /** Where this viewer sits, or is about to. */
  get #place(): { readonly room: string; readonly language: string } | null {
    return this.#phase.kind === 'joining' || this.#phase.kind === 'watching' ? this.#phase : null;
  }

  #become(event: ViewerEvent): void {
    this.#phase = nextViewerPhase(this.#phase, event);
  }

  #checkHere(): void {
    if (this.#phase.kind === 'gone') {
      throw new AppError('shutting_down', 'Expected a viewer, got one that has left.');
    }
  }

  #checkWatching(): ViewerPhase & { kind: 'watching' } {
    if (this.#phase.kind !== 'watching') {
      throw new AppError('invalid_message', 'Expected a joined room, got none.');
    }
    return this.#phase;
  }
}

function named(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', 'The room can not be read.', { cause: error });
}

function tooSlow(): AppError {
  return new AppError(
    'slow_viewer',
    `Expected at most ${MAX_BACKLOG_BYTES} bytes under way, got more: come back with the last cursor.`,
  );
}
