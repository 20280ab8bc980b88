import { ACCESS_KEY_ID, type KeyRecord } from './identity.ts';
import type { KeySession, KeyStore } from './key-store.ts';

/** How often this node says that its sessions live; the store counts them for far longer. */
export const HOLD_INTERVAL_MS = 5_000;

export interface KeySessionsOptions {
  readonly store: KeyStore;
  /** For keys without a number of their own. */
  readonly maxSessions: number;
  /** For how long a session counts without a sign of life: as long as it may still be resumed. */
  readonly holdMs: number;
}

/**
 * Which sessions live by which key, counted in the whole cluster (INV4). Each counts for a time that
 * the node which has it puts off: nothing leaks where a node dies. One that was left without an end
 * counts until it can not be resumed any more, or a key could have more sessions than it may.
 */
export class KeySessions {
  readonly #store: KeyStore;
  readonly #maxSessions: number;
  readonly #holdMs: number;
  /** Key → `room/session` → that session, as far as it is here. */
  readonly #held = new Map<string, Map<string, KeySession>>();
  readonly #timer: NodeJS.Timeout;

  constructor({ store, maxSessions, holdMs }: KeySessionsOptions) {
    this.#store = store;
    this.#maxSessions = maxSessions;
    this.#holdMs = holdMs;
    this.#timer = setInterval(() => void this.#holdAll(), HOLD_INTERVAL_MS);
    this.#timer.unref();
  }

  /** Counts a new session. Rejects with `too_many_sessions` or `store_unavailable`. */
  async open(key: KeyRecord, session: KeySession): Promise<void> {
    if (!isCounted(key.id)) return;
    const max = key.limits.maxSessions ?? this.#maxSessions;
    await this.#store.openSession(key.id, session, max, this.#holdMs);
  }

  /** The session lives here from now on; one that runs already is never refused. */
  hold(keyId: string, session: KeySession): void {
    if (!isCounted(keyId)) return;
    const held = this.#held.get(keyId) ?? new Map<string, KeySession>();
    this.#held.set(keyId, held.set(nameOf(session), session));
    void this.#hold(keyId, [session]);
  }

  /** The session is no longer here, but may be resumed. */
  letGo(keyId: string, session: KeySession): void {
    const held = this.#held.get(keyId);
    held?.delete(nameOf(session));
    if (held?.size === 0) this.#held.delete(keyId);
  }

  /** The session is over. What can not be said to the store ends there by itself. */
  async close(keyId: string, session: KeySession): Promise<void> {
    if (!isCounted(keyId)) return;
    this.letGo(keyId, session);
    await this.#store.closeSession(keyId, session).catch(() => undefined);
  }

  /** Idempotent; leaves no timer. */
  stop(): void {
    clearInterval(this.#timer);
  }

  async #holdAll(): Promise<void> {
    await Promise.all(
      [...this.#held].map(([keyId, sessions]) => this.#hold(keyId, [...sessions.values()])),
    );
  }

  /** What the store did not hear is said again with the next. */
  async #hold(keyId: string, sessions: readonly KeySession[]): Promise<void> {
    await this.#store.holdSessions(keyId, sessions, this.#holdMs).catch(() => undefined);
  }
}

/** The operator's own key is bounded by the slots alone. */
function isCounted(keyId: string): boolean {
  return keyId !== '' && keyId !== ACCESS_KEY_ID;
}

function nameOf({ room, session }: KeySession): string {
  return `${room}/${session}`;
}
