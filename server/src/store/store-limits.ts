/** Limits of the transcript store. Units are in the names. */

/** How long a session stays its owner's without a sign of life; owners renew three times as often. */
export const LEASE_MS = 10_000;
/** A claimed translation is anybody's again after this long without a sign of life from its node. */
export const CLAIM_MS = 15_000;
/** A node may hold a claim for this long in all, so that a lost job is taken up by somebody. */
export const MAX_CLAIM_MS = 120_000;
/** A language counts as read for this long after a node said so; nodes repeat it three times as often. */
export const WANT_MS = 15_000;
/** How long a room is kept after the last sign of life of its speakers: one day. */
export const ROOM_TTL_MS = 86_400_000;
/** Source finals that a room keeps, some six hours of speech; translations go with their sources. */
export const MAX_FINALS_PER_ROOM = 5_000;
/** All entries of a record (translations, gaps and speakers too), as a multiple of its finals. */
export const ENTRIES_PER_FINAL = 8;
/** How far back a language that nobody read so far is translated, in finals of the room. */
export const MAX_BACKFILL_FINALS = 500;
/** Sessions a room remembers; ended ones are forgotten first. */
export const MAX_SESSIONS_PER_ROOM = 200;
/** Languages ever read in one room: twice what a speaker may offer at a time. */
export const MAX_LANGUAGES_PER_ROOM = 64;
/** Largest entry of a record as JSON: far above any sentence, far below what would stall Redis. */
export const MAX_ENTRY_BYTES = 32_768;
/** Entries held for one follower that does not take them; beyond, it gets `slow_viewer`. */
export const MAX_FOLLOWER_ENTRIES = 2_000;
/** Rooms that one node follows at the same time. */
export const MAX_FOLLOWED_ROOMS = 2_000;
/** Sessions that one sweep of the reaper looks at. */
export const MAX_REAPED_SESSIONS = 100;

/** The limits that a store is made with; the settings and tests change some. */
export interface StoreLimits {
  readonly leaseMs: number;
  readonly claimMs: number;
  readonly maxClaimMs: number;
  readonly wantMs: number;
  readonly roomTtlMs: number;
  readonly maxFinalsPerRoom: number;
  readonly maxBackfillFinals: number;
  readonly maxSessionsPerRoom: number;
  readonly maxLanguagesPerRoom: number;
  readonly maxEntryBytes: number;
  readonly maxFollowerEntries: number;
  readonly maxFollowedRooms: number;
}

export const DEFAULT_STORE_LIMITS: StoreLimits = {
  leaseMs: LEASE_MS,
  claimMs: CLAIM_MS,
  maxClaimMs: MAX_CLAIM_MS,
  wantMs: WANT_MS,
  roomTtlMs: ROOM_TTL_MS,
  maxFinalsPerRoom: MAX_FINALS_PER_ROOM,
  maxBackfillFinals: MAX_BACKFILL_FINALS,
  maxSessionsPerRoom: MAX_SESSIONS_PER_ROOM,
  maxLanguagesPerRoom: MAX_LANGUAGES_PER_ROOM,
  maxEntryBytes: MAX_ENTRY_BYTES,
  maxFollowerEntries: MAX_FOLLOWER_ENTRIES,
  maxFollowedRooms: MAX_FOLLOWED_ROOMS,
};
