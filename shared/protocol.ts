import type { PartialCaption, PlacedEntry, Speaker, TranslationQuality } from './captions.ts';
import type { WireError } from './errors.ts';
import type { Glossary } from './glossary.ts';
import type {
  RoomEnd,
  RoomGlossary,
  RoomJoin,
  RoomLanguage,
  SessionGap,
  SessionLanguages,
  SessionResume,
  SessionStart,
  SessionStop,
} from './messages.ts';

/** The protocol that this build speaks; a server also accepts the one before, once there is one. */
export const PROTOCOL_VERSION = 1;
export const SUPPORTED_PROTOCOLS: readonly number[] = [1];

export const SPEAK_NAMESPACE = '/speak';
export const WATCH_NAMESPACE = '/watch';
export const SOCKET_PATH = '/socket';

export type Reply<T> = ({ ok: true } & T) | { ok: false; error: WireError };
export type Respond<T> = (reply: Reply<T>) => void;

/** A language somebody may read, and what a reader can expect of it. */
export interface LanguageOffer {
  language: string;
  /** The translator that would serve it; `none` for the spoken language and for no translator. */
  engine: string;
  quality: TranslationQuality;
  /** Languages passed through on the way, for example ['es']. */
  via: readonly string[];
}

export interface SessionStarted {
  session: string;
  /** Resumes this session; valid while it lives. */
  secret: string;
  epoch: number;
  /** Only for the client that created the room. */
  ownerSecret?: string;
  /** Lets others watch, where the server asks for tokens; goes after the `#` of a link. */
  watchToken?: string;
  recognizer: string;
  languages: readonly LanguageOffer[];
  /** The room's glossary as it stands, the deployment's own terms not among it. */
  glossary: Glossary;
  /** How long what is said is kept, in seconds. */
  keptForS: number;
  frameWindow: number;
}

export interface SessionResumed {
  epoch: number;
  /** The client sends from this frame on; at or before the durable ack. */
  fromSeq: number;
  /** Frames before it may be forgotten. */
  ackedSeq: number;
  nextSegment: number;
  frameWindow: number;
}

export interface SessionSummary {
  segments: number;
  endSeq: number;
}

/** How the session fares, sent whenever it changes and at most once a second. */
export interface SessionStatus {
  /** Audio received but not yet decoded and judged, in milliseconds. */
  delayMs: number;
  recognizer: 'ready' | 'slow' | 'failed';
  decoder: 'ready' | 'replacing';
  /**
   * What the load leaves of partials: all of them, fewer, untranslated ones, or none. Finals come
   * in any case.
   */
  captions: 'full' | 'slower' | 'untranslated' | 'finals';
  concealedFrames: number;
  viewers: number;
}

export interface SpeakClientEvents {
  'session:start': (request: SessionStart, respond: Respond<SessionStarted>) => void;
  'session:resume': (request: SessionResume, respond: Respond<SessionResumed>) => void;
  /** See audio-codec.ts for the layout. */
  'session:audio': (message: Uint8Array | ArrayBuffer) => void;
  /** Stands where the missing frames would: between the audio before and after it. */
  'session:gap': (gap: SessionGap) => void;
  'session:languages': (
    request: SessionLanguages,
    respond: Respond<{ languages: readonly LanguageOffer[] }>,
  ) => void;
  /** Answered when every frame before `endSeq` is in a stored final or was silence. */
  'session:stop': (request: SessionStop, respond: Respond<SessionSummary>) => void;
  /** Replaces the room's glossary: for everything said from now on, in all of its sessions. */
  'room:glossary': (request: RoomGlossary, respond: Respond<{ entries: number }>) => void;
  'room:end': (request: RoomEnd, respond: Respond<Record<never, never>>) => void;
}

export interface SpeakServerEvents {
  /**
   * Cumulative: every frame before `seq` is in work. Those up to `arrivedSeq` have arrived; it stands
   * still while what is sent gets lost on the way, which acks alone do not tell.
   */
  'session:received': (ack: { seq: number; epoch: number; arrivedSeq?: number }) => void;
  /** Cumulative: every frame before `seq` is durable or silence; the client may forget it. */
  'session:acked': (ack: { seq: number; epoch: number }) => void;
  'session:status': (status: SessionStatus) => void;
  /** Something went wrong; the session goes on unless `session:ended` follows. */
  'session:error': (error: WireError) => void;
  'session:ended': (ended: { session: string; error?: WireError }) => void;
  /** This node is leaving: connect again at once, and resume. */
  'server:draining': (notice: WireError) => void;
  /** What readers may choose from has changed: a translator's languages came, went, or got better. */
  'session:offers': (languages: readonly LanguageOffer[]) => void;
  'caption:partial': (caption: PartialCaption) => void;
  'record:entry': (entry: PlacedEntry) => void;
}

export interface RoomJoined {
  room: string;
  languages: readonly LanguageOffer[];
  speakers: readonly Speaker[];
  /** Everything since `after` that this viewer reads, oldest first. */
  history: readonly PlacedEntry[];
  /** True where the room keeps more than was sent. */
  truncated: boolean;
  keptForS: number;
  /** Takes the place of a room token that runs out: a viewer that comes back shows this one. */
  returnToken?: string;
}

export interface WatchClientEvents {
  'room:join': (request: RoomJoin, respond: Respond<RoomJoined>) => void;
  'room:language': (request: RoomLanguage, respond: Respond<RoomJoined>) => void;
}

export interface WatchServerEvents {
  'caption:partial': (caption: PartialCaption) => void;
  'record:entry': (entry: PlacedEntry) => void;
  'room:languages': (languages: readonly LanguageOffer[]) => void;
  'viewer:closed': (error: WireError) => void;
  /** This node is leaving: connect again at once, and join with the last cursor. */
  'server:draining': (notice: WireError) => void;
}

/** Answer of GET /api/v1/info: what this server can do, for pages and tools before they connect. */
export interface ServerInfo {
  name: 'parlance';
  version: string;
  protocols: readonly number[];
  /** Spoken languages and who recognises them. */
  spoken: readonly { language: string; recognizer: string }[];
  keptForS: number;
  /** True where speaking needs a key. */
  keyRequired: boolean;
  /** True while every live slot is taken. */
  full: boolean;
}

/** Answer of GET /api/v1/languages?from=en. */
export interface LanguagesAnswer {
  from: string;
  languages: readonly LanguageOffer[];
}
