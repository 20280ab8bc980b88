import type { AppError } from '../../../shared/errors.ts';
import type { Arrival } from '../limits/connection-limit.ts';
import type { SessionState, TranscriptStore } from '../store/transcript-store.ts';
import { type Access, keyOf } from './access.ts';
import { type Identity, may } from './identity.ts';
import type { KeySessions } from './key-sessions.ts';
import type { KeySession } from './key-store.ts';
import { keyRevoked } from './refusals.ts';

export interface SpeakerPassParts {
  readonly access: Access;
  readonly keySessions: KeySessions;
}

/** What a connection asks for: all of it, or only to go on with what runs already. */
export type Errand = 'begin' | 'go-on';

/** Errors after which a session can not be resumed. */
const FINAL: ReadonlySet<string> = new Set(['session_ended', 'room_ended', 'key_revoked']);

/**
 * What one speaker's connection may do, and until when. A token is looked at when a session begins;
 * then the session's own secret counts, until the key that it began with is revoked.
 */
export class SpeakerPass {
  readonly #parts: SpeakerPassParts;
  readonly #credential: string | undefined;
  readonly #revoked: (keyId: string) => void;
  /** Keys that are watched → what ends that. */
  readonly #guards = new Map<string, () => void>();
  #identity: Identity;
  #live: { readonly keyId: string; readonly place: KeySession } | null = null;

  /**
   * `revoked` is called at most once for each key that this connection lives by: that which it showed,
   * and that which its session began with.
   */
  constructor(
    parts: SpeakerPassParts,
    { token, identity }: { token: string | undefined; identity: Identity },
    revoked: (keyId: string) => void,
  ) {
    this.#parts = parts;
    this.#credential = token;
    this.#identity = identity;
    this.#revoked = revoked;
    this.#guard(keyOf(identity)?.id ?? '');
  }

  /** Rejects by name where this may not be done in the room, or not any more. */
  async admit(room: string, errand: Errand): Promise<void> {
    const { access } = this.#parts;
    const identity = await access.identify(this.#credential);
    this.#identity = identity;
    if (!mayGoOn(identity, room) || errand === 'begin') access.check(identity, 'speak', room);
  }

  /**
   * Counts a session that is about to begin in the name of the key, and returns that key's id, empty
   * for none. Rejects with `too_many_sessions`.
   */
  async reserve(place: KeySession): Promise<string> {
    const key = keyOf(this.#identity);
    if (key === null) return '';
    await this.#parts.keySessions.open(key, place);
    return key.id;
  }

  /** The session did not begin: it counts no longer. */
  async forgo(keyId: string, place: KeySession): Promise<void> {
    await this.#parts.keySessions.close(keyId, place);
  }

  /** A session was taken over: where its key was revoked meanwhile it ends, with `key_revoked`. */
  async checkTaken(state: SessionState, store: Pick<TranscriptStore, 'endSession'>): Promise<void> {
    if (!(await this.#parts.access.isRevoked(state.keyId))) return;
    await this.abandon(state, store);
    throw keyRevoked();
  }

  /** A session did not come to life: nobody knows the secret of a new one; others may be resumed. */
  async giveBack(
    state: SessionState,
    who: Arrival,
    store: Pick<TranscriptStore, 'endSession' | 'releaseLease'>,
  ): Promise<void> {
    try {
      if (who === 'resuming') await store.releaseLease(state.key);
      else await this.abandon(state, store);
    } catch {
      // The store is away: its own clock ends what nobody has.
    }
  }

  /** Ends a session that nobody is to go on with. */
  async abandon(
    { key, keyId }: SessionState,
    store: Pick<TranscriptStore, 'endSession'>,
  ): Promise<void> {
    await this.#parts.keySessions.close(keyId, key);
    await store.endSession(key);
  }

  /** The session lives on this connection from now on. */
  goLive({ key, keyId }: SessionState): void {
    const place = { room: key.room, session: key.session };
    this.#live = { keyId, place };
    this.#parts.keySessions.hold(keyId, place);
    this.#guard(keyId);
  }

  /** The session is over on this connection: for good, or to be resumed. */
  leave(error: AppError | null): void {
    const live = this.#live;
    this.#live = null;
    if (live === null) return;
    const { keySessions } = this.#parts;
    if (error === null || FINAL.has(error.code)) {
      void keySessions.close(live.keyId, live.place);
    } else {
      keySessions.letGo(live.keyId, live.place);
    }
  }

  /** What lets others watch the room; undefined where nothing is needed. */
  async watchToken(room: string): Promise<string | undefined> {
    return await this.#parts.access.watchToken(this.#identity, room);
  }

  /** The connection is gone; what lived on it may be resumed. Idempotent. */
  close(): void {
    if (this.#live !== null) this.#parts.keySessions.letGo(this.#live.keyId, this.#live.place);
    this.#live = null;
    for (const unguard of this.#guards.values()) unguard();
    this.#guards.clear();
  }

  #guard(keyId: string): void {
    if (this.#guards.has(keyId)) return;
    this.#guards.set(
      keyId,
      this.#parts.access.guard(keyId, () => this.#revoked(keyId)),
    );
  }
}

/** Whether this one may speak, or might before its time was over. */
export function mayGoOn(identity: Identity, room?: string): boolean {
  return may(identity.kind === 'expired' ? identity.of : identity, 'speak', room);
}
