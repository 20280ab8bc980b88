import type {
  FinalCaption,
  PartialCaption,
  PlacedEntry,
  SessionGapNotice,
  Speaker,
} from '../../../shared/captions.ts';
import { compareCursors } from '../../../shared/cursor.ts';
import type { TranscriptLine } from './transcript-line.ts';
import {
  gapRecord,
  type LineRecord,
  speechRecord,
  takePartial,
  toLine,
} from './transcript-line.ts';

/** Lines that are kept; a page shows some hours of speech with it. The oldest go and are counted. */
export const MAX_TRANSCRIPT_LINES = 5000;
/** Lines of which no final came yet: one or two a speaker, and some that were lost on the way. */
export const MAX_PARTIAL_LINES = 64;
/** Speakers that are remembered by name; those who left first go first. */
export const MAX_SPEAKERS = 500;

/**
 * Folds record entries and partials into what a page shows. Pure, and indifferent to repetition:
 * an entry that is applied twice changes nothing. Finals stand in the order of the record (INV3),
 * behind them what is still being spoken. Every change makes new line objects.
 */
export class Transcript {
  #language: string;
  /** In the order of the record. */
  readonly #settled: LineRecord[] = [];
  /** Partials only, by key, in the order in which they began. */
  readonly #open = new Map<string, LineRecord>();
  readonly #byKey = new Map<string, LineRecord>();
  readonly #speakers = new Map<string, Speaker>();
  /** Per session the last segment with an original final: what is earlier and open was dropped. */
  readonly #lastFinal = new Map<string, number>();
  /** Per session the last segment that was let go. */
  readonly #trimmedTo = new Map<string, number>();
  #trimmed = 0;
  #ended: { erased: boolean } | null = null;
  #lines: readonly TranscriptLine[] | null = null;

  constructor(language: string) {
    this.#language = language;
  }

  get language(): string {
    return this.#language;
  }

  /** The same array until something changes. */
  get lines(): readonly TranscriptLine[] {
    this.#lines ??= [...this.#settled, ...this.#open.values()].map(
      (record) => (record.line ??= toLine(record, this.#nameOf(record.session))),
    );
    return this.#lines;
  }

  get speakers(): readonly Speaker[] {
    return [...this.#speakers.values()];
  }

  /** Lines let go at the top, beyond {@link MAX_TRANSCRIPT_LINES}. */
  get trimmed(): number {
    return this.#trimmed;
  }

  /** Whether the room's owner ended it, and deleted what was kept. */
  get ended(): { erased: boolean } | null {
    return this.#ended;
  }

  apply(entry: PlacedEntry): void {
    switch (entry.type) {
      case 'final':
        this.#applyFinal(entry.caption, entry.cursor);
        break;
      case 'gap':
        this.#applyGap(entry.gap, entry.cursor);
        break;
      case 'speaker':
        this.applySpeaker(entry.speaker);
        break;
      case 'ended':
        if (entry.erased) this.clear();
        this.#closeOpen(() => true);
        this.#ended = { erased: entry.erased };
        break;
    }
  }

  applyPartial(caption: PartialCaption): void {
    const isOriginal = caption.language === caption.sourceLanguage;
    if (!isOriginal && caption.language !== this.#language) return;
    const { session, segment } = caption;
    const key = keyOf(session, segment);
    let record = this.#byKey.get(key);
    if (record === undefined) {
      if (segment <= (this.#lastFinal.get(session) ?? -1)) return;
      record = speechRecord(key, session, segment);
      this.#byKey.set(key, record);
      this.#open.set(key, record);
      this.#boundOpen();
    }
    if (takePartial(record, caption, isOriginal)) this.#changed(record);
  }

  /** A speaker as a join tells of it, or as the record does. */
  applySpeaker(speaker: Speaker): void {
    const known = this.#speakers.get(speaker.session);
    this.#speakers.set(speaker.session, speaker);
    this.#boundSpeakers();
    if (!speaker.live) this.#closeOpen((record) => record.session === speaker.session);
    if (known?.name === speaker.name) return;
    for (const record of this.#byKey.values()) {
      if (record.session === speaker.session) this.#changed(record);
    }
  }

  /** Lets go of the translations into the former language; the originals stay. */
  setLanguage(language: string): void {
    if (language === this.#language) return;
    this.#language = language;
    for (const record of this.#byKey.values()) {
      if (record.translation?.language !== language) record.translation = null;
      if (record.partialTranslation?.language !== language) record.partialTranslation = null;
      this.#changed(record);
    }
  }

  clear(): void {
    this.#settled.length = 0;
    for (const index of [this.#open, this.#byKey, this.#lastFinal, this.#trimmedTo]) index.clear();
    this.#trimmed = 0;
    this.#ended = null;
    this.#lines = null;
  }

  #applyFinal(caption: FinalCaption, cursor: string): void {
    const { session, segment } = caption;
    const isOriginal = caption.language === caption.sourceLanguage;
    if (!isOriginal && caption.language !== this.#language) return;
    if (segment <= (this.#trimmedTo.get(session) ?? -1)) return;
    const key = keyOf(session, segment);
    const record = this.#byKey.get(key) ?? speechRecord(key, session, segment);
    if (isOriginal) {
      record.original ??= caption;
      this.#lastFinal.set(session, Math.max(segment, this.#lastFinal.get(session) ?? -1));
      this.#closeOpen((open) => open.session === session && open.segment < segment);
    } else {
      record.translation ??= caption;
      record.partialTranslation = null;
    }
    record.partialOriginal = null;
    this.#settle(record, cursor);
  }

  #applyGap(gap: SessionGapNotice, cursor: string): void {
    const key = `${gap.session}:gap:${gap.fromSeq}`;
    if (!this.#byKey.has(key)) this.#settle(gapRecord(key, gap), cursor);
  }

  /** Gives a record its place among the settled ones, once. */
  #settle(record: LineRecord, cursor: string): void {
    this.#open.delete(record.key);
    this.#byKey.set(record.key, record);
    if (record.cursor === null) {
      record.cursor = cursor;
      let place = this.#settled.length;
      while (place > 0 && isLater(this.#settled[place - 1], cursor)) place -= 1;
      this.#settled.splice(place, 0, record);
      if (this.#settled.length > MAX_TRANSCRIPT_LINES) this.#trim();
    }
    this.#changed(record);
  }

  #trim(): void {
    const oldest = this.#settled.shift();
    if (oldest === undefined) return;
    this.#byKey.delete(oldest.key);
    this.#trimmed += 1;
    const former = this.#trimmedTo.get(oldest.session) ?? -1;
    this.#trimmedTo.set(oldest.session, Math.max(former, oldest.segment));
  }

  #closeOpen(matches: (record: LineRecord) => boolean): void {
    for (const [key, record] of this.#open) {
      if (!matches(record)) continue;
      this.#open.delete(key);
      this.#byKey.delete(key);
      this.#lines = null;
    }
  }

  #boundOpen(): void {
    for (const key of this.#open.keys()) {
      if (this.#open.size <= MAX_PARTIAL_LINES) return;
      this.#open.delete(key);
      this.#byKey.delete(key);
    }
  }

  #boundSpeakers(): void {
    if (this.#speakers.size <= MAX_SPEAKERS) return;
    const gone = [...this.#speakers.values()].find(({ live }) => !live);
    const [oldest] = this.#speakers.keys();
    const leaving = gone?.session ?? oldest;
    if (leaving === undefined) return;
    for (const index of [this.#speakers, this.#lastFinal, this.#trimmedTo]) index.delete(leaving);
  }

  #changed(record: LineRecord): void {
    record.line = null;
    this.#lines = null;
  }

  #nameOf(session: string): string {
    return this.#speakers.get(session)?.name ?? '';
  }
}

function keyOf(session: string, segment: number): string {
  return `${session}:${segment}`;
}

function isLater(record: LineRecord | undefined, cursor: string): boolean {
  return record?.cursor != null && compareCursors(record.cursor, cursor) > 0;
}
