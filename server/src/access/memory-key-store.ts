import { randomBytes } from 'node:crypto';
import { storeUnavailable } from '../store/store-checks.ts';
import { keyPrefix } from './api-key.ts';
import type { KeyRecord } from './identity.ts';
import { nameTaken, noSuchKey, recordOf, tooManyKeys, tooManySessions } from './key-checks.ts';
import {
  type KeySession,
  type KeySnapshot,
  type KeyStore,
  type ListedKey,
  MAX_KEYS,
  type NewKey,
  type StoredKey,
} from './key-store.ts';

/** What several stores share to be several nodes; a test takes it away, or keeps its news back. */
export class MemoryKeys {
  available = true;
  hasNews = true;
  version = 0;
  readonly signingSecret = randomBytes(32).toString('base64url');
  readonly keys = new Map<string, StoredKey>();
  readonly uses = new Map<string, number>();
  /** Key → `room/session` → by when it no longer counts. */
  readonly sessions = new Map<string, Map<string, number>>();
  readonly listeners = new Set<() => void>();
}

export interface MemoryKeyStoreOptions {
  readonly keys?: MemoryKeys;
  /** Added to the clock; a test moves time with it. */
  readonly clockShiftMs?: () => number;
}

/** The shipped fake for unit tests: the same rules as over Redis, gone with the process. */
export function createMemoryKeyStore(options: MemoryKeyStoreOptions = {}): KeyStore {
  return new MemoryKeyStore(options);
}

class MemoryKeyStore implements KeyStore {
  readonly #shared: MemoryKeys;
  readonly #clockShiftMs: () => number;
  readonly #listeners = new Set<() => void>();

  constructor({ keys, clockShiftMs }: MemoryKeyStoreOptions) {
    this.#shared = keys ?? new MemoryKeys();
    this.#clockShiftMs = clockShiftMs ?? (() => 0);
  }

  async create(key: NewKey): Promise<KeyRecord> {
    const kept = [...this.#reach().keys.values()];
    const overAt = (other: StoredKey): number | null => {
      const over = other.revokedAtMs ?? other.expiresAtMs;
      return over !== null && over <= key.createdAtMs ? over : null;
    };
    const clashes = (other: StoredKey) =>
      other.id === key.id || (overAt(other) === null && other.name === key.name);
    if (kept.some(clashes)) throw nameTaken(key.name);
    if (kept.length >= MAX_KEYS) {
      const [gone] = kept
        .filter((other) => overAt(other) !== null)
        .sort((left, right) => (overAt(left) ?? 0) - (overAt(right) ?? 0));
      if (gone === undefined) throw tooManyKeys();
      this.#forget(gone.id);
    }
    const stored: StoredKey = { ...key, prefix: keyPrefix(key.id), revokedAtMs: null };
    this.#shared.keys.set(key.id, stored);
    this.#changed();
    return recordOf(stored);
  }

  async list(): Promise<readonly ListedKey[]> {
    const { keys, uses } = this.#reach();
    return [...keys.values()]
      .map((key) => ({
        ...recordOf(key),
        lastUsedAtMs: uses.get(key.id) ?? null,
        sessions: this.#counted(key.id).size,
      }))
      .sort((left, right) => left.createdAtMs - right.createdAtMs);
  }

  async revoke(id: string, atMs: number, forget: boolean): Promise<KeyRecord> {
    const found = this.#reach().keys.get(id);
    if (found === undefined) throw noSuchKey(id);
    const revoked = { ...found, revokedAtMs: found.revokedAtMs ?? atMs };
    if (forget) this.#forget(id);
    else this.#shared.keys.set(id, revoked);
    this.#changed();
    return recordOf(revoked);
  }

  async read(known: string | null): Promise<KeySnapshot | null> {
    const { version, keys, signingSecret } = this.#reach();
    if (String(version) === known) return null;
    return { version: String(version), keys: [...keys.values()], signingSecret };
  }

  onChange(heard: () => void): () => void {
    this.#listeners.add(heard);
    this.#shared.listeners.add(heard);
    return () => {
      this.#listeners.delete(heard);
      this.#shared.listeners.delete(heard);
    };
  }

  async noteUses(uses: ReadonlyMap<string, number>): Promise<void> {
    const shared = this.#reach();
    for (const [id, atMs] of uses) {
      if (shared.keys.has(id)) shared.uses.set(id, Math.max(atMs, shared.uses.get(id) ?? 0));
    }
  }

  async openSession(
    keyId: string,
    session: KeySession,
    max: number,
    holdMs: number,
  ): Promise<void> {
    const counted = this.#counted(keyId);
    const member = `${session.room}/${session.session}`;
    if (!counted.has(member) && counted.size >= max) {
      throw tooManySessions(max, Math.min(...counted.values()) - this.#now());
    }
    counted.set(member, this.#now() + holdMs);
  }

  async holdSessions(
    keyId: string,
    sessions: readonly KeySession[],
    holdMs: number,
  ): Promise<void> {
    const counted = this.#counted(keyId);
    for (const { room, session } of sessions) {
      counted.set(`${room}/${session}`, this.#now() + holdMs);
    }
  }

  async closeSession(keyId: string, { room, session }: KeySession): Promise<void> {
    this.#counted(keyId).delete(`${room}/${session}`);
  }

  async close(): Promise<void> {
    for (const listener of this.#listeners) this.#shared.listeners.delete(listener);
    this.#listeners.clear();
  }

  /** Sessions that count just now. */
  #counted(keyId: string): Map<string, number> {
    const { sessions } = this.#reach();
    const counted = sessions.get(keyId) ?? new Map<string, number>();
    sessions.set(keyId, counted);
    for (const [member, until] of counted) if (until <= this.#now()) counted.delete(member);
    return counted;
  }

  #forget(id: string): void {
    for (const kept of [this.#shared.keys, this.#shared.uses, this.#shared.sessions]) {
      kept.delete(id);
    }
  }

  #changed(): void {
    this.#shared.version += 1;
    if (this.#shared.hasNews) for (const listener of this.#shared.listeners) listener();
  }

  #now(): number {
    return Date.now() + this.#clockShiftMs();
  }

  #reach(): MemoryKeys {
    if (!this.#shared.available) throw storeUnavailable('made unavailable');
    return this.#shared;
  }
}
