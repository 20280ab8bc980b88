import type { KeyLimits, KeyRecord, Scope } from './identity.ts';

/** Keys kept at the same time; those longest revoked give way to new ones. */
export const MAX_KEYS = 1_000;
/** A name is for people: one line of a table. */
export const MAX_KEY_NAME_LENGTH = 48;
/** Letters and digits of any language, blanks and a few marks between them. */
export const KEY_NAME_PATTERN = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._@-]*[\p{L}\p{N}])?$/u;

/** What is needed to know a key when it is shown. */
export interface StoredKey extends KeyRecord {
  /** hashKeySecret() of the key's secret. */
  readonly secretHash: string;
}

export interface NewKey {
  readonly id: string;
  readonly secretHash: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly limits: KeyLimits;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
}

/** A key as an operator sees it. */
export interface ListedKey extends KeyRecord {
  /** Rounded down to {@link USE_GRAIN_MS}; null for never. */
  readonly lastUsedAtMs: number | null;
  /** Sessions that live just now, and those that may still be resumed. */
  readonly sessions: number;
}

/** How coarsely it is noted when a key was used: not a diary of its holder. */
export const USE_GRAIN_MS = 60_000;

/** All keys at one moment. */
export interface KeySnapshot {
  /** Another one after every change. */
  readonly version: string;
  readonly keys: readonly StoredKey[];
  /** What room tokens are signed with, the same for all nodes; made by whoever comes first. */
  readonly signingSecret: string;
}

export interface KeySession {
  readonly room: string;
  readonly session: string;
}

/**
 * Port: the keys of a cluster, and which sessions live by each. Every call rejects with
 * `store_unavailable` while the store cannot be reached.
 */
export interface KeyStore {
  /**
   * Keeps a new key. Rejects with `key_name_taken` while another one of that name holds, and with
   * `too_many_keys` where {@link MAX_KEYS} are kept, none of them revoked.
   */
  create(key: NewKey): Promise<KeyRecord>;
  /** Every key, the oldest first, revoked ones too; nothing in it lets anybody in. */
  list(): Promise<readonly ListedKey[]>;
  /** Idempotent; with `forget`, nothing stays of the key. Rejects with `key_not_found`. */
  revoke(id: string, atMs: number, forget: boolean): Promise<KeyRecord>;
  /** Null where nothing has changed since the version that is known. */
  read(knownVersion: string | null): Promise<KeySnapshot | null>;
  /** Calls back soon after a change; the news may be lost, so {@link read} has the last word. */
  onChange(heard: () => void): () => void;
  /** Notes when keys were used, in milliseconds since 1970. */
  noteUses(uses: ReadonlyMap<string, number>): Promise<void>;

  /**
   * Counts a session for `holdMs` from now on. Rejects with `too_many_sessions` and the time until
   * a place may be free where `max` are counted already. A session that counts already is held on.
   */
  openSession(keyId: string, session: KeySession, max: number, holdMs: number): Promise<void>;
  /** Counts these for `holdMs` from now on, however many there are: they live. */
  holdSessions(keyId: string, sessions: readonly KeySession[], holdMs: number): Promise<void>;
  /** The session is over. Idempotent. */
  closeSession(keyId: string, session: KeySession): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}
