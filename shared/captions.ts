/** What is shown: shapes of captions as they travel to speakers and viewers. */

/** How good a translator is, as the page tells it. */
export type TranslationQuality = 'neural' | 'basic' | 'remote' | 'none';

/** Why a caption's text is not what a reader would expect. */
export type CaptionNotice =
  /** Speech was heard, but the recogniser's guess was too unlikely to show. */
  | 'not_understood'
  /** No translator serves this pair, or it failed for good: the original is shown. */
  | 'untranslated';

interface CaptionPlace {
  session: string;
  segment: number;
  language: string;
  sourceLanguage: string;
  text: string;
  /** On the session's timeline: frame number times 20 ms. */
  startMs: number;
  endMs: number;
  /** Which engine made the text. */
  engine: string;
}

/** A segment's text while it is still being spoken. Revisions of one caption only grow. */
export interface PartialCaption extends CaptionPlace {
  revision: number;
  /** Characters at the start of `text` that later revisions will not change. */
  stableLength: number;
  epoch: number;
}

/** A segment's text for good. Covers the frames [startSeq, endSeq) of its session. */
export interface FinalCaption extends CaptionPlace {
  startSeq: number;
  endSeq: number;
  /** When the segment was stored, milliseconds since 1970. */
  storedAt: number;
  quality: TranslationQuality;
  notice?: CaptionNotice;
  /**
   * Only as spoken, and where the recogniser can tell: when each word of `text` (split at white
   * space) began and ended, on the session's timeline.
   */
  wordTimes?: readonly (readonly [startMs: number, endMs: number])[];
}

/** Frames [fromSeq, toSeq) that never reached the server, declared by the client. */
export interface SessionGapNotice {
  session: string;
  fromSeq: number;
  toSeq: number;
}

export interface Speaker {
  session: string;
  name: string;
  language: string;
  live: boolean;
}

/** One entry of a room's record, in the order in which everybody sees them. */
export type RecordEntry =
  | { type: 'final'; caption: FinalCaption }
  | { type: 'gap'; gap: SessionGapNotice }
  | { type: 'speaker'; speaker: Speaker }
  | { type: 'ended'; erased: boolean };

/** A record entry with its place: a viewer that returns names the last cursor it saw. */
export type PlacedEntry = RecordEntry & { cursor: string };
