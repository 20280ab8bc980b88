import type {
  FinalCaption,
  PlacedEntry,
  SessionGapNotice,
  Speaker,
} from '../../../shared/captions.ts';
import type { Glossary } from '../../../shared/glossary.ts';

/**
 * Port: everything that outlives a node. One record per room (finals, translations, gaps and
 * speakers in the order that everybody sees), one state per session, guarded by its epoch.
 *
 * Every writing call of a session carries the epoch and rejects with `session_fenced` when a
 * higher one exists, `session_ended`, `room_ended` or `session_not_found`; all reject with
 * `store_unavailable` while the store cannot be reached. After `store_unavailable` a write may
 * still have happened: every write may be repeated as it was and then takes effect once.
 */
export interface TranscriptStore {
  /**
   * Creates the room if it is new, else joins it; `owned` tells whether the owner secret fits.
   * Rejects with `room_ended` while the name of an ended room is kept back: for the room's time to
   * live after its end, erased or not. After that anybody may make a room of that name anew.
   */
  openRoom(request: OpenRoom): Promise<OpenedRoom>;
  readRoom(room: string): Promise<RoomState | null>;
  /**
   * Ends a room for everybody, and its sessions; with `erase`, deletes all that was kept, so that
   * only an `ended` entry is left. Idempotent; a room that ended may be erased later.
   * Rejects with `not_room_owner` or `room_not_found`.
   */
  endRoom(room: string, ownerSecret: string, erase: boolean): Promise<void>;

  /**
   * Begins a session with epoch 1. Rejects with `room_not_found`, `room_ended`, `room_full` while
   * every session the room may remember is live, or `session_taken` for an id somebody else uses.
   */
  createSession(request: CreateSession): Promise<SessionState>;
  /**
   * Takes a session over: a new epoch, at once. Rejects with `session_not_found` (also for a wrong
   * secret), `session_ended`, `room_ended`, or `session_taken` (with the time to wait) while
   * another client instance's lease is alive.
   */
  takeSession(request: TakeSession): Promise<SessionState>;
  /**
   * Whether the session could be taken over just now: rejects as takeSession() would, and changes
   * nothing. For whoever has something to spend on the session first.
   */
  checkSession(request: TakeSession): Promise<void>;
  /** Keeps the lease; false when the session has ended or a higher epoch exists. */
  renewLease(session: SessionKey): Promise<boolean>;
  /** Lets the lease go, so that anybody with the secret may resume at once. */
  releaseLease(session: SessionKey): Promise<void>;
  /** Marks the session as over and says so in the record. Idempotent. */
  endSession(session: SessionKey): Promise<void>;
  /**
   * Ends sessions whose lease has been over for longer than `graceMs` and says so in the record;
   * each session is returned once, to one node. A node that has not had the store in reach for
   * `graceMs` without a break ends nothing: owners come first after an outage.
   */
  reapSessions(graceMs: number): Promise<readonly EndedSession[]>;
  setLanguages(room: string, offers: readonly string[]): Promise<void>;
  /**
   * Replaces the room's glossary, kept and erased with the room; the same one again changes
   * nothing. Returns its version: one that no other glossary of a room of this name ever had.
   * Rejects with `room_not_found`, `not_room_owner` or `room_ended`.
   */
  setGlossary(room: string, ownerSecret: string, glossary: Glossary): Promise<number>;
  /**
   * The room's glossary, or `known` itself where that is what the room still has: then it is not
   * sent again. None, also that of a room that is not there, is an empty one of version 0.
   */
  readGlossary(room: string, known?: StoredGlossary): Promise<StoredGlossary>;

  /**
   * Stores a source final once, moves the durable ack to its `endSeq`, and notes a pending
   * translation for each wanted language, claimed by the caller, and for each other one that
   * somebody in the cluster {@link want}s, for anybody to claim. A language that missed earlier
   * finals of the session is caught up: those are noted too, for anybody to claim.
   * Rejects with `final_misplaced` unless the segment is the next one and starts at or after the
   * durable ack. Storing the same final again is a success that changes nothing.
   * `detectorMemory` is kept with the ack, for the node that goes on there.
   */
  storeFinal(
    session: SessionKey,
    caption: FinalCaption,
    wanted: readonly string[],
    detectorMemory?: string,
  ): Promise<StoredFinal>;
  /** Moves the durable ack over silence. Never backwards. */
  advanceAck(session: SessionKey, ackedSeq: number, detectorMemory?: string): Promise<void>;
  /** Declares a gap once; it moves the durable ack where nothing before it waits to be stored. */
  storeGap(session: SessionKey, gap: SessionGapNotice): Promise<void>;
  /**
   * Stores a translation once. It appears in the record only after those of all earlier segments
   * of its session and language that are pending. A translation of what the room no longer keeps
   * is dropped.
   */
  storeTranslation(room: string, caption: FinalCaption): Promise<void>;
  /**
   * Claims up to `limit` pending translations that nobody works on, oldest first, and renews the
   * claims this node holds in the room. Claims of a node that is gone run out.
   */
  claimPending(room: string, limit: number): Promise<readonly PendingTranslation[]>;
  /** Gives claims of this node back, so that any node may take them at once. */
  releaseClaims(room: string, claims: readonly PendingTranslation[]): Promise<void>;
  /**
   * Notes the room's newest source finals without a caption in `language` as pending, back to what
   * was translated already or to the limit. Returns how many.
   */
  requestTranslations(room: string, language: string): Promise<number>;

  /**
   * Says that somebody on this node reads these languages of the room, for a limited time; others
   * said before stay until their time is over. Rejects with `room_full` beyond the limit.
   */
  want(room: string, languages: readonly string[]): Promise<void>;
  /** Languages that somebody in the cluster reads just now. */
  wanted(room: string): Promise<readonly string[]>;

  /**
   * Entries after `after` (or all), oldest first; at most `limit`, the newest ones. Entries that
   * `keep` refuses are left out and do not count.
   */
  history(
    room: string,
    after: string | null,
    limit: number,
    keep?: (entry: PlacedEntry) => boolean,
  ): Promise<History>;
  /**
   * Follows a room's record from `after` on; the iteration ends when the signal aborts or the store
   * closes. It outlasts an outage of the store. Rejects with `slow_viewer` when more entries wait
   * than may, or `server_busy` when this node follows too many rooms.
   */
  follow(room: string, after: string, signal: AbortSignal): AsyncIterable<PlacedEntry>;
  /** Whether the store answers just now. */
  healthy(): boolean;
  /** Idempotent; resolves when no connection or timer of the store is left. */
  close(): Promise<void>;
}

export interface SessionKey {
  readonly room: string;
  readonly session: string;
  readonly epoch: number;
}

export interface OpenRoom {
  readonly room: string;
  readonly offers: readonly string[];
  /** Kept as a hash; the creator's becomes the room's. */
  readonly ownerSecret: string;
}

export interface OpenedRoom {
  readonly created: boolean;
  readonly owned: boolean;
}

export interface RoomState {
  readonly room: string;
  readonly offers: readonly string[];
  readonly ended: boolean;
  /** Everybody the room remembers, in the order in which they came. */
  readonly speakers: readonly Speaker[];
}

export interface StoredGlossary {
  /** Different for each glossary; 0 for none. */
  readonly version: number;
  readonly glossary: Glossary;
}

export interface CreateSession {
  readonly room: string;
  readonly session: string;
  readonly secret: string;
  readonly instance: string;
  readonly language: string;
  readonly speakerName: string;
  /** The key that it begins with; none by default. */
  readonly keyId?: string;
}

export interface TakeSession {
  readonly room: string;
  readonly session: string;
  readonly secret: string;
  readonly instance: string;
}

export interface SessionState {
  readonly key: SessionKey;
  readonly language: string;
  readonly speakerName: string;
  readonly ackedSeq: number;
  readonly nextSegment: number;
  /** What was kept with the durable ack; empty for nothing. */
  readonly detectorMemory: string;
  /** The key that it began with; empty for none. */
  readonly keyId: string;
}

export interface EndedSession {
  readonly room: string;
  readonly session: string;
}

export interface StoredFinal {
  /** Pending translations of the room that nobody works on: a reason to claim some now. */
  readonly unclaimed: number;
}

export interface PendingTranslation {
  readonly source: FinalCaption;
  readonly language: string;
}

export interface History {
  readonly entries: readonly PlacedEntry[];
  /** Cursor of the newest entry that was looked at, else `after`, or '0-0'. */
  readonly cursor: string;
  /** True where entries after `after` were left out: beyond `limit`, or no longer kept. */
  readonly truncated: boolean;
}
