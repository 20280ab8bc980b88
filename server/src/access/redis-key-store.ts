import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { redisFailure } from '../store/redis/connections.ts';
import { type AccessKeys, accessKeys, DEFAULT_KEY_PREFIX } from '../store/redis/keys.ts';
import { evaluate, type RedisScript } from '../store/redis/script.ts';
import { keyPrefix } from './api-key.ts';
import type { KeyRecord } from './identity.ts';
import { nameTaken, noSuchKey, recordOf, tooManyKeys, tooManySessions } from './key-checks.ts';
import { KEY_SCRIPTS } from './key-scripts.ts';
import {
  type KeySession,
  type KeySnapshot,
  type KeyStore,
  type ListedKey,
  MAX_KEYS,
  type NewKey,
  type StoredKey,
} from './key-store.ts';

const SIGNING_SECRET_BYTES = 32;

/** The part of a subscribing connection that hears news. */
export interface NewsSource {
  subscribe(channel: string): void;
  unsubscribe(channel: string): void;
  on(event: 'message', listener: (channel: string) => void): unknown;
  off(event: 'message', listener: (channel: string) => void): unknown;
}

export interface RedisKeyStoreOptions {
  /** For commands; it stays open when the store is closed. */
  readonly redis: Redis;
  /** Where changes are heard at once; without, they are only found by reading. */
  readonly news?: NewsSource;
  readonly prefix?: string;
  /** Added to the clock; a test moves time with it. */
  readonly clockShiftMs?: () => number;
}

export function createRedisKeyStore(options: RedisKeyStoreOptions): KeyStore {
  return new RedisKeyStore(options);
}

/** A key as it is kept: what never changes of it. */
type KeptKey = Omit<NewKey, 'expiresAtMs'> & { readonly v: 1; readonly expiresAtMs?: number };

/** The keys over Redis: Lua scripts decide, this class passes on and translates. */
class RedisKeyStore implements KeyStore {
  readonly #redis: Redis;
  readonly #news: NewsSource | null;
  readonly #keys: AccessKeys;
  readonly #clockShiftMs: () => number;
  readonly #listeners = new Set<() => void>();

  constructor({ redis, news, prefix, clockShiftMs }: RedisKeyStoreOptions) {
    this.#redis = redis;
    this.#news = news ?? null;
    this.#keys = accessKeys(prefix ?? DEFAULT_KEY_PREFIX);
    this.#clockShiftMs = clockShiftMs ?? (() => 0);
    this.#news?.on('message', this.#heard);
    this.#news?.subscribe(this.#keys.news);
  }

  async create(key: NewKey): Promise<KeyRecord> {
    const { expiresAtMs, ...rest } = key;
    const kept: KeptKey = { v: 1, ...rest, ...(expiresAtMs === null ? {} : { expiresAtMs }) };
    const [outcome] = await this.#run(KEY_SCRIPTS.create, {
      id: key.id,
      name: key.name,
      key: JSON.stringify(kept),
      nowMs: key.createdAtMs,
      max: MAX_KEYS,
    });
    if (outcome === 'key_name_taken') throw nameTaken(key.name);
    if (outcome === 'too_many_keys') throw tooManyKeys();
    return recordOf(storedKey(JSON.stringify(kept), null));
  }

  async list(): Promise<readonly ListedKey[]> {
    const [, ...rows] = await this.#run(KEY_SCRIPTS.list, {});
    const keys = rows.filter(Array.isArray).map(([text, revokedAt, usedAt, sessions]) => {
      const record = recordOf(storedKey(text, revokedAt));
      return { ...record, lastUsedAtMs: timeOf(usedAt), sessions: Number(sessions) };
    });
    return keys.sort((left, right) => left.createdAtMs - right.createdAtMs);
  }

  async revoke(id: string, atMs: number, forget: boolean): Promise<KeyRecord> {
    const args = { id, nowMs: atMs, forget };
    const [outcome, text, revokedAt] = await this.#run(KEY_SCRIPTS.revoke, args);
    if (outcome === 'key_not_found') throw noSuchKey(id);
    return recordOf(storedKey(String(text), revokedAt));
  }

  async read(known: string | null): Promise<KeySnapshot | null> {
    const args = { known: known ?? '', nowMs: this.#now() };
    let [, state, version, signing, ...rows] = await this.#run(KEY_SCRIPTS.read, args);
    if (state === 'unsigned') {
      const secret = randomBytes(SIGNING_SECRET_BYTES).toString('base64url');
      [, state, version, signing, ...rows] = await this.#run(KEY_SCRIPTS.read, { ...args, secret });
    }
    if (state === 'same') return null;
    return {
      version: String(version),
      signingSecret: String(signing),
      keys: rows.filter(Array.isArray).map(([text, revokedAt]) => storedKey(text, revokedAt)),
    };
  }

  onChange(heard: () => void): () => void {
    this.#listeners.add(heard);
    return () => this.#listeners.delete(heard);
  }

  async noteUses(uses: ReadonlyMap<string, number>): Promise<void> {
    if (uses.size > 0) await this.#run(KEY_SCRIPTS.noteUses, { uses: Object.fromEntries(uses) });
  }

  async openSession(
    keyId: string,
    session: KeySession,
    max: number,
    holdMs: number,
  ): Promise<void> {
    const args = { member: memberOf(session), max, holdMs };
    const [outcome, leftMs] = await this.#runForSessions(KEY_SCRIPTS.openSession, keyId, args);
    if (outcome === 'too_many_sessions') throw tooManySessions(max, Number(leftMs));
  }

  async holdSessions(
    keyId: string,
    sessions: readonly KeySession[],
    holdMs: number,
  ): Promise<void> {
    const args = { members: sessions.map(memberOf), holdMs };
    await this.#runForSessions(KEY_SCRIPTS.holdSessions, keyId, args);
  }

  async closeSession(keyId: string, session: KeySession): Promise<void> {
    try {
      await this.#redis.zrem(this.#keys.sessions(keyId), memberOf(session));
    } catch (error) {
      throw redisFailure(error);
    }
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#news?.off('message', this.#heard);
    this.#news?.unsubscribe(this.#keys.news);
  }

  readonly #heard = (channel: string): void => {
    if (channel !== this.#keys.news) return;
    for (const listener of this.#listeners) listener();
  };

  #now(): number {
    return Date.now() + this.#clockShiftMs();
  }

  #run(script: RedisScript, args: object): Promise<readonly unknown[]> {
    return this.#evaluate(script, this.#keys.all, { ...args, news: this.#keys.news });
  }

  #runForSessions(script: RedisScript, id: string, args: object): Promise<readonly unknown[]> {
    return this.#evaluate(script, [this.#keys.sessions(id)], args);
  }

  async #evaluate(
    script: RedisScript,
    keys: readonly string[],
    args: object,
  ): Promise<readonly unknown[]> {
    try {
      const shiftMs = Math.round(this.#clockShiftMs());
      return await evaluate(this.#redis, script, keys, { ...args, shiftMs });
    } catch (error) {
      throw redisFailure(error);
    }
  }
}

function storedKey(text: string, revokedAt: unknown): StoredKey {
  const { v: _, ...kept }: KeptKey = JSON.parse(text);
  return {
    ...kept,
    prefix: keyPrefix(kept.id),
    expiresAtMs: kept.expiresAtMs ?? null,
    revokedAtMs: timeOf(revokedAt),
  };
}

function timeOf(value: unknown): number | null {
  return typeof value === 'string' ? Number(value) : null;
}

function memberOf({ room, session }: KeySession): string {
  return `${room}/${session}`;
}
