/**
 * The keys of one room. All share the hash tag `{room}`, so that one script may touch them in a
 * Redis Cluster. The order is the one in which scripts name them (lua/prelude.ts).
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | room | hash | schema version, owner, offers, glossary as JSON and its version, whether it ended, last trimmed cursor |
 * | record | stream | `v` schema version, `k` key of a caption or gap, `e` the entry as JSON |
 * | captions | hash | `session:segment` → a source's place; `session:segment:language` → where its translation is, or the translation itself while earlier ones are pending |
 * | sources | sorted set | `session:segment` by order of storing |
 * | queue | sorted set | `session:language:segment`, all of score 0: translations not yet in the record |
 * | free, claims | sorted sets | pending `session:segment:language`, by order of storing; by when the claim runs out |
 * | claimants | hash | claim → node and since when |
 * | tracks | hash | `session` → sources kept; `session:language:p` and `:n` → next segment to publish, next to note |
 * | languages | set | every language ever wanted |
 * | sessions | sorted set | sessions by when they came |
 * | wanted | sorted set | `language node` by when the demand runs out |
 * | session:<id> | hash | one session's state |
 */
const ROOM_KEYS = [
  'room',
  'record',
  'captions',
  'sources',
  'queue',
  'free',
  'claims',
  'claimants',
  'tracks',
  'languages',
  'sessions',
  'wanted',
] as const;

/** Version of everything written below; a reader skips record entries of another one. */
export const SCHEMA_VERSION = 1;
export const DEFAULT_KEY_PREFIX = 'parlance:';

export interface RoomKeys {
  readonly record: string;
  readonly room: string;
  /** Every key of the room except those of sessions, in the scripts' order. */
  readonly all: readonly string[];
  session(id: string): string;
}

export function roomKeys(prefix: string, room: string): RoomKeys {
  const base = `${prefix}{${room}}:`;
  return {
    room: `${base}room`,
    record: `${base}record`,
    all: ROOM_KEYS.map((name) => base + name),
    session: (id) => `${base}session:${id}`,
  };
}

/** Sorted set of every session that has not ended, `room/session` by when its lease runs out. */
export function liveSessionsKey(prefix: string): string {
  return `${prefix}live-sessions`;
}

/** A node's own stream, written to when the rooms it follows change. */
export function wakeKey(prefix: string, nodeId: string): string {
  return `${prefix}wake:${nodeId}`;
}

/**
 * The keys that let people in. They share the hash tag `{ACCESS}`, which no room can have: its
 * name is in lower case.
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | keys | hash | id → the key as JSON; never changed |
 * | revoked, used | hashes | id → when it was revoked, when it was used last |
 * | version | number | another one after each change of keys |
 * | signing | string | what room tokens are signed with |
 * | sessions:<id> | sorted set | `room/session` by when it no longer counts |
 * | news | channel | says the version after each change |
 */
export interface AccessKeys {
  /** keys, revoked, used, version, signing: in the scripts' order. */
  readonly all: readonly string[];
  readonly news: string;
  sessions(id: string): string;
}

export function accessKeys(prefix: string): AccessKeys {
  const base = `${prefix}{ACCESS}:`;
  return {
    all: ['keys', 'revoked', 'used', 'version', 'signing'].map((name) => base + name),
    news: `${base}news`,
    sessions: (id) => `${base}sessions:${id}`,
  };
}
