import type { PlacedEntry } from '../../../shared/captions.ts';
import { AppError, toWireError, type WireError } from '../../../shared/errors.ts';
import { type RoomJoin, roomJoinSchema, roomLanguageSchema } from '../../../shared/messages.ts';
import type { LanguageOffer, RoomJoined } from '../../../shared/protocol.ts';
import { keyOf } from '../access/access.ts';
import { keyRevoked } from '../access/refusals.ts';
import type { Seat } from '../rooms/room-feed.ts';
import { Backlog, MAX_BACKLOG_BYTES } from './backlog.ts';
import { ConnectionLog } from './connection-log.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { partialAudience } from './partial-broadcast.ts';
import { answering, counted, FaultCount } from './requests.ts';
import { roomOffers, spokenIn } from './room-offers.ts';
import { serverDraining } from './server-draining.ts';
import type { WatchSocket } from './socket-server.ts';

type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'watching'; readonly room: string; language: string }
  | { readonly kind: 'gone' };

/** One viewer's connection: a seat in one room, reading one language at a time. */
export class ViewerConnection implements Seat {
  readonly role = 'viewer';
  readonly #socket: WatchSocket;
  readonly #parts: GatewayParts;
  readonly #backlog: Backlog;
  readonly #log: ConnectionLog;
  #phase: Phase = { kind: 'idle' };
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

  /** The room that is watched, or null. */
  get room(): string | null {
    return this.#phase.kind === 'watching' ? this.#phase.room : null;
  }

  close(): void {
    const phase = this.#phase;
    this.#phase = { kind: 'gone' };
    this.#unguard();
    if (phase.kind !== 'watching') return;
    this.#parts.hub.leave(phase.room, this);
    this.#log.viewerGone();
  }

  /** Asks the client to connect to another node. */
  sendAway(): void {
    this.#socket.emit('server:draining', toWireError(serverDraining()));
  }

  wants(entry: PlacedEntry): boolean {
    if (entry.type !== 'final') return true;
    const { language, sourceLanguage } = entry.caption;
    return (
      language === sourceLanguage ||
      (this.#phase.kind === 'watching' && language === this.#phase.language)
    );
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
    this.#phase = { kind: 'watching', room, language };
    try {
      const joined = await this.#sit(room, language, after ?? null);
      const returnToken = await access.returnToken(identity);
      this.#log.viewerHere(room, language);
      return returnToken === undefined ? joined : { ...joined, returnToken };
    } catch (error) {
      if ((this.#phase as Phase).kind !== 'gone') this.#phase = { kind: 'idle' };
      throw error;
    }
  }

  async #change(language: string): Promise<RoomJoined> {
    if (this.#phase.kind !== 'watching') {
      throw new AppError('invalid_message', 'Expected a joined room, got none.');
    }
    if (this.#backlog.full) {
      // Each answer is a whole history: they must not pile up unread.
      this.lost(tooSlow());
      throw tooSlow();
    }
    const { room, language: before } = this.#phase;
    await this.#socket.leave(partialAudience(room, before));
    this.#phase.language = language;
    return await this.#sit(room, language, null);
  }

  async #sit(room: string, language: string, after: string | null): Promise<RoomJoined> {
    const { store, hub, keptForS } = this.#parts;
    const state = await store.readRoom(room);
    const languages = roomOffers(this.#parts, state);
    this.#checkReadable(language, spokenIn(state), languages);
    const history = await hub.join(room, this, [language], after);
    if (this.#phase.kind === 'gone') {
      hub.leave(room, this);
      throw new AppError('internal', 'The viewer left while joining.');
    }
    await this.#socket.join([partialAudience(room, null), partialAudience(room, language)]);
    return {
      room,
      languages,
      speakers: state?.speakers ?? [],
      history: history.entries,
      truncated: history.truncated,
      keptForS,
    };
  }

  /** Who comes may speak another language and offer others. */
  async #tellLanguages(): Promise<void> {
    if (this.#phase.kind !== 'watching') return;
    try {
      const state = await this.#parts.store.readRoom(this.#phase.room);
      this.#socket.emit('room:languages', roomOffers(this.#parts, state));
    } catch {
      // The store is away: the viewer keeps the choice it has.
    }
  }

  #checkReadable(
    language: string,
    spoken: readonly string[],
    languages: readonly LanguageOffer[],
  ): void {
    if (spoken.includes(language) || languages.some((offer) => offer.language === language)) return;
    const known = languages.map((offer) => offer.language).join(', ');
    throw new AppError(
      'language_unsupported',
      `Expected a language out of ${known}, got ${language}.`,
    );
  }
}

function tooSlow(): AppError {
  return new AppError(
    'slow_viewer',
    `Expected at most ${MAX_BACKLOG_BYTES} bytes under way, got more: come back with the last cursor.`,
  );
}
