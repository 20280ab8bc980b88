import type { FinalCaption, PartialCaption, SessionGapNotice } from '../../../shared/captions.ts';
import { FRAME_MS } from '../../../shared/limits.ts';

/** One line as a page shows it; never changed, replaced by a new object instead. */
export interface TranscriptLine {
  readonly key: string;
  readonly kind: 'speech' | 'gap';
  readonly session: string;
  /** −1 for a gap. */
  readonly segment: number;
  /** Empty where the speaker gave none. */
  readonly speakerName: string;
  readonly original: FinalCaption | null;
  /** In the reader's language; null where that is the spoken one, and until it arrives. */
  readonly translation: FinalCaption | null;
  /** In the reader's language, or the original while there is none; null once it is final. */
  readonly partial: PartialCaption | null;
  readonly startMs: number;
  readonly endMs: number;
}

/** What the transcript knows of a line. */
export interface LineRecord {
  readonly key: string;
  readonly session: string;
  readonly segment: number;
  readonly gap: SessionGapNotice | null;
  original: FinalCaption | null;
  translation: FinalCaption | null;
  partialOriginal: PartialCaption | null;
  partialTranslation: PartialCaption | null;
  /** Place in the record; null while only partials came. */
  cursor: string | null;
  /** As shown last; null after a change. */
  line: TranscriptLine | null;
}

export function speechRecord(key: string, session: string, segment: number): LineRecord {
  return {
    key,
    session,
    segment,
    gap: null,
    original: null,
    translation: null,
    partialOriginal: null,
    partialTranslation: null,
    cursor: null,
    line: null,
  };
}

export function gapRecord(key: string, gap: SessionGapNotice): LineRecord {
  return { ...speechRecord(key, gap.session, -1), gap };
}

/** Keeps a partial unless something newer or final is there; tells whether it did. */
export function takePartial(
  record: LineRecord,
  caption: PartialCaption,
  isOriginal: boolean,
): boolean {
  if (record.translation !== null || (isOriginal && record.original !== null)) return false;
  const known = isOriginal ? record.partialOriginal : record.partialTranslation;
  if (known !== null && !isNewer(caption, known)) return false;
  if (isOriginal) record.partialOriginal = caption;
  else record.partialTranslation = caption;
  return true;
}

export function toLine(record: LineRecord, speakerName: string): TranscriptLine {
  const { key, session, segment, gap, original, translation } = record;
  const partial = record.partialTranslation ?? record.partialOriginal;
  const place = gap === null ? (original ?? translation ?? partial) : spanOf(gap);
  return {
    key,
    kind: gap === null ? 'speech' : 'gap',
    session,
    segment,
    speakerName,
    original,
    translation,
    partial,
    startMs: place?.startMs ?? 0,
    endMs: place?.endMs ?? 0,
  };
}

/** A new owner of the session counts its revisions from the beginning. */
function isNewer(caption: PartialCaption, known: PartialCaption): boolean {
  return caption.epoch === known.epoch
    ? caption.revision > known.revision
    : caption.epoch > known.epoch;
}

function spanOf(gap: SessionGapNotice): { startMs: number; endMs: number } {
  return { startMs: gap.fromSeq * FRAME_MS, endMs: gap.toSeq * FRAME_MS };
}
