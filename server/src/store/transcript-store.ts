import type {
  FinalCaption,
  PlacedEntry,
  SessionGapNotice,
  Speaker,
} from '../../../shared/captions.ts';

/**
 * Port: everything that outlives a node. One record per room (finals, translations, gaps and
 * speakers in the order that everybody sees), one state per session, guarded by its epoch.
 * Every writing call of a session carries the epoch and rejects with `session_fenced` when a
 * higher one exists; all reject with `store_unavailable` while the store cannot be reached.
 */
export interface TranscriptStore {
  /** Creates the room if it is new, else joins it; `owned` tells whether the owner secret fits. */
  openRoom(request: OpenRoom): Promise<OpenedRoom>;
  readRoom(room: string): Promise<RoomState | null>;
  /** Ends a room for everybody; with `erase`, deletes all that was kept. Rejects `not_room_owner`. */
  endRoom(room: string, ownerSecret: string, erase: boolean): Promise<void>;

  createSession(request: CreateSession): Promise<SessionState>;
  /**
   * Takes a session over: a new epoch, at once. Rejects with `session_not_found`, `session_ended`,
   * or `session_taken` while another client instance's lease is alive.
   */
  takeSession(request: TakeSession): Promise<SessionState>;
  /** Keeps the lease; false when a higher epoch exists. */
  renewLease(session: SessionKey): Promise<boolean>;
  /** Lets the lease go, so that anybody with the secret may resume at once. */
  releaseLease(session: SessionKey): Promise<void>;
  /** Marks the session as over and says so in the record. Idempotent. */
  endSession(session: SessionKey): Promise<void>;
  setLanguages(room: string, offers: readonly string[]): Promise<void>;

  /**
   * Stores a source final once, moves the durable ack to its `endSeq`, and notes a pending
   * translation for each wanted language, claimed by the caller.
   */
  storeFinal(session: SessionKey, caption: FinalCaption, wanted: readonly string[]): Promise<void>;
  /** Moves the durable ack over silence. Never backwards. */
  advanceAck(session: SessionKey, ackedSeq: number): Promise<void>;
  storeGap(session: SessionKey, gap: SessionGapNotice): Promise<void>;
  /**
   * Stores a translation once. It appears in the record only after those of all earlier segments
   * of its session and language.
   */
  storeTranslation(room: string, caption: FinalCaption): Promise<void>;
  /** Claims up to `limit` pending translations that nobody works on, oldest first. */
  claimPending(room: string, limit: number): Promise<readonly PendingTranslation[]>;
  /** Notes every source final without a caption in `language` as pending. Returns how many. */
  requestTranslations(room: string, language: string): Promise<number>;

  /** Says that somebody on this node reads these languages of the room, for a limited time. */
  want(room: string, languages: readonly string[]): Promise<void>;
  /** Languages that somebody in the cluster reads just now. */
  wanted(room: string): Promise<readonly string[]>;

  /** Entries after `after` (or all), oldest first; at most `limit`, the newest ones. */
  history(room: string, after: string | null, limit: number): Promise<History>;
  /** Follows a room's record from `after` on; the iteration ends when the signal aborts. */
  follow(room: string, after: string, signal: AbortSignal): AsyncIterable<PlacedEntry>;
  /** Whether the store answers just now. */
  healthy(): boolean;
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
  readonly speakers: readonly Speaker[];
}

export interface CreateSession {
  readonly room: string;
  readonly session: string;
  readonly secret: string;
  readonly instance: string;
  readonly language: string;
  readonly speakerName: string;
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
}

export interface PendingTranslation {
  readonly source: FinalCaption;
  readonly language: string;
}

export interface History {
  readonly entries: readonly PlacedEntry[];
  /** Cursor of the newest entry that was looked at, or '0-0'. */
  readonly cursor: string;
  readonly truncated: boolean;
}
