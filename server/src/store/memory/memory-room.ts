import type { FinalCaption, PlacedEntry, RecordEntry } from '../../../../shared/captions.ts';
import { compareCursors } from '../../../../shared/cursor.ts';
import { encodeEntry, NO_GLOSSARY, refused } from '../store-checks.ts';
import { ENTRIES_PER_FINAL, type StoreLimits } from '../store-limits.ts';
import type { PendingTranslation, StoredGlossary } from '../transcript-store.ts';

export interface MemorySession {
  readonly session: string;
  readonly secretHash: string;
  readonly language: string;
  readonly speakerName: string;
  readonly keyId: string;
  instanceHash: string;
  epoch: number;
  leaseUntil: number;
  ackedSeq: number;
  nextSegment: number;
  detectorMemory: string;
  ended: boolean;
}

interface Source {
  readonly caption: FinalCaption;
  readonly cursor: string;
  readonly order: number;
}

interface Claim {
  readonly node: string;
  readonly since: number;
  until: number;
}

/** Translations of one session into one language on their way to the record, by segment. */
interface Track {
  readonly session: string;
  readonly language: string;
  readonly queue: Map<number, FinalCaption | 'pending'>;
  published: number;
  noted: number;
}

/** One room as the Redis scripts keep it, rule by rule, in plain objects. */
export class MemoryRoom {
  readonly ownerHash: string;
  offers: readonly string[];
  glossary: StoredGlossary = NO_GLOSSARY;
  ended = false;
  erased = false;
  expiresAt = 0;
  trimmedTo: string | null = null;
  readonly sessions = new Map<string, MemorySession>();
  /** Demand: `language node` → until when. */
  readonly wanted = new Map<string, number>();
  readonly languages = new Set<string>();
  readonly entries: PlacedEntry[] = [];
  readonly #limits: StoreLimits;
  readonly #place: (room: MemoryRoom, entry: RecordEntry) => PlacedEntry;
  readonly #sources = new Map<string, Source>();
  readonly #translated = new Set<string>();
  readonly #gaps = new Map<string, string>();
  readonly #tracks = new Map<string, Track>();
  readonly #pending = new Map<string, Claim | 'free'>();
  #finals = 0;

  constructor(
    ownerHash: string,
    offers: readonly string[],
    limits: StoreLimits,
    place: (room: MemoryRoom, entry: RecordEntry) => PlacedEntry,
  ) {
    this.ownerHash = ownerHash;
    this.offers = offers;
    this.#limits = limits;
    this.#place = place;
  }

  append(entry: RecordEntry): PlacedEntry {
    encodeEntry(entry, this.#limits.maxEntryBytes);
    const placed = this.#place(this, structuredClone(entry));
    this.#trim();
    return placed;
  }

  announce({ session, speakerName: name, language }: MemorySession, live: boolean): void {
    this.append({ type: 'speaker', speaker: { session, name, language, live } });
  }

  storeFinal(
    session: MemorySession,
    caption: FinalCaption,
    wanted: readonly string[],
    node: string,
    now: number,
  ): number {
    const stored = this.#sources.get(`${session.session}:${caption.segment}`)?.caption;
    if (stored !== undefined) {
      if (stored.startSeq === caption.startSeq && stored.endSeq === caption.endSeq) {
        return this.unclaimed;
      }
      throw refused('final_misplaced', 'a segment that is not stored yet');
    }
    if (caption.segment !== session.nextSegment) {
      throw refused('final_misplaced', `segment ${session.nextSegment}`);
    }
    if (caption.startSeq < session.ackedSeq) {
      throw refused('final_misplaced', `frames from ${session.ackedSeq} on`);
    }
    encodeEntry({ type: 'final', caption }, this.#limits.maxEntryBytes);
    const { cursor } = this.#place(this, structuredClone({ type: 'final', caption }));
    this.#finals += 1;
    const key = `${session.session}:${caption.segment}`;
    this.#sources.set(key, { caption: structuredClone(caption), cursor, order: this.#finals });
    session.ackedSeq = caption.endSeq;
    session.nextSegment += 1;
    // A reader on another node may have come since the caller last asked.
    const elsewhere = [...this.wanted].flatMap(([member, until]) =>
      until > now ? [member.split(' ')[0] ?? ''] : [],
    );
    for (const language of new Set([...wanted, ...elsewhere])) {
      if (language === caption.language) continue;
      const track = this.#track(session.session, language);
      const from = Math.max(nextToNote(track), caption.segment - this.#limits.maxBackfillFinals);
      for (let segment = from; segment <= caption.segment; segment += 1) {
        const noted = this.#note(track, segment);
        const isOwn = noted && segment === caption.segment && wanted.includes(language);
        if (isOwn) this.#claim(`${key}:${language}`, node, now);
      }
      track.noted = caption.segment + 1;
    }
    this.#trim();
    return this.unclaimed;
  }

  storeGap(session: MemorySession, fromSeq: number, toSeq: number): void {
    const key = `${session.session}:${fromSeq}:${toSeq}`;
    if (this.#gaps.has(key)) return;
    const gap = { session: session.session, fromSeq, toSeq };
    this.#gaps.set(key, this.append({ type: 'gap', gap }).cursor);
    if (fromSeq <= session.ackedSeq) session.ackedSeq = Math.max(session.ackedSeq, toSeq);
  }

  storeTranslation(caption: FinalCaption): void {
    encodeEntry({ type: 'final', caption }, this.#limits.maxEntryBytes);
    const source = this.#sources.get(`${caption.session}:${caption.segment}`);
    if (source === undefined) return;
    if (source.caption.language === caption.language) {
      throw refused('final_misplaced', 'a language other than the spoken one');
    }
    const key = `${caption.session}:${caption.segment}:${caption.language}`;
    this.#pending.delete(key);
    const track = this.#track(caption.session, caption.language);
    const queued = track.queue.get(caption.segment);
    if (this.#translated.has(key) || (queued !== undefined && queued !== 'pending')) return;
    if (caption.segment < track.published) return;
    track.queue.set(caption.segment, structuredClone(caption));
    this.#publish(track);
  }

  claimPending(node: string, limit: number, now: number): PendingTranslation[] {
    const { claimMs, maxClaimMs } = this.#limits;
    for (const [key, claim] of this.#pending) {
      if (claim === 'free') continue;
      if (claim.node === node) claim.until = Math.min(now + claimMs, claim.since + maxClaimMs);
      if (claim.until <= now) this.#pending.set(key, 'free');
    }
    return [...this.#pending]
      .filter(([, claim]) => claim === 'free')
      .map(([key]) => ({ key, ...this.#parts(key) }))
      .sort((left, right) => left.source.order - right.source.order)
      .slice(0, limit)
      .map(({ key, source, language }) => {
        this.#claim(key, node, now);
        return { source: structuredClone(source.caption), language };
      });
  }

  releaseClaims(node: string, claims: readonly PendingTranslation[]): void {
    for (const { source, language } of claims) {
      const key = `${source.session}:${source.segment}:${language}`;
      const claim = this.#pending.get(key);
      if (claim !== undefined && claim !== 'free' && claim.node === node) {
        this.#pending.set(key, 'free');
      }
    }
  }

  requestTranslations(language: string): number {
    if (!this.languages.has(language) && this.languages.size >= this.#limits.maxLanguagesPerRoom) {
      throw refused('room_full');
    }
    let noted = 0;
    for (const { caption } of [...this.#sources.values()].slice(-this.#limits.maxBackfillFinals)) {
      const track = this.#track(caption.session, language);
      if (caption.segment < nextToNote(track)) continue;
      if (this.#note(track, caption.segment)) noted += 1;
      track.noted = caption.segment + 1;
    }
    return noted;
  }

  /** Deletes everything that was kept. */
  erase(): void {
    for (const kept of [this.sessions, this.wanted, this.#sources, this.#tracks, this.#gaps]) {
      kept.clear();
    }
    this.#pending.clear();
    this.#translated.clear();
    this.languages.clear();
    this.entries.length = 0;
    this.offers = [];
    this.glossary = NO_GLOSSARY;
    this.trimmedTo = null;
    this.erased = true;
  }

  get unclaimed(): number {
    return [...this.#pending.values()].filter((claim) => claim === 'free').length;
  }

  #track(session: string, language: string): Track {
    const name = `${session}:${language}`;
    const found = this.#tracks.get(name);
    if (found !== undefined) return found;
    const track = { session, language, queue: new Map(), published: 0, noted: 0 };
    this.#tracks.set(name, track);
    this.languages.add(language);
    return track;
  }

  #note(track: Track, segment: number): boolean {
    const caption = this.#sources.get(`${track.session}:${segment}`)?.caption;
    const key = `${track.session}:${segment}:${track.language}`;
    if (caption === undefined || caption.text === '' || caption.language === track.language) {
      return false;
    }
    if (this.#translated.has(key) || track.queue.has(segment)) return false;
    track.queue.set(segment, 'pending');
    this.#pending.set(key, 'free');
    return true;
  }

  #claim(key: string, node: string, now: number): void {
    this.#pending.set(key, { node, since: now, until: now + this.#limits.claimMs });
  }

  #parts(key: string): { source: Source; language: string } {
    const [session = '', segment = '', language = ''] = key.split(':');
    const source = this.#sources.get(`${session}:${segment}`);
    if (source === undefined) throw new Error('Expected a pending translation to have its source.');
    return { source, language };
  }

  #publish(track: Track): void {
    for (;;) {
      const head = Math.min(...track.queue.keys());
      const caption = track.queue.get(head);
      if (caption === undefined || caption === 'pending') return;
      track.queue.delete(head);
      track.published = head + 1;
      this.#translated.add(`${track.session}:${head}:${track.language}`);
      this.append({ type: 'final', caption });
    }
  }

  #trim(): void {
    const excess = this.#sources.size - this.#limits.maxFinalsPerRoom;
    const cut = excess > 0 ? [...this.#sources.values()][excess]?.cursor : undefined;
    const maxEntries = this.#limits.maxFinalsPerRoom * ENTRIES_PER_FINAL;
    const unblocked = new Set<Track>();
    for (;;) {
      const oldest = this.entries[0];
      if (oldest === undefined) break;
      const old = cut !== undefined && compareCursors(oldest.cursor, cut) < 0;
      if (!old && this.entries.length <= maxEntries) break;
      this.entries.shift();
      this.trimmedTo = oldest.cursor;
      this.#forget(oldest, unblocked);
    }
    for (const track of unblocked) this.#publish(track);
  }

  #forget(entry: PlacedEntry, unblocked: Set<Track>): void {
    if (entry.type === 'gap') {
      const { session, fromSeq, toSeq } = entry.gap;
      this.#gaps.delete(`${session}:${fromSeq}:${toSeq}`);
    }
    if (entry.type !== 'final') return;
    const { session, segment, language, sourceLanguage } = entry.caption;
    if (language !== sourceLanguage) {
      this.#translated.delete(`${session}:${segment}:${language}`);
      return;
    }
    this.#sources.delete(`${session}:${segment}`);
    for (const track of this.#tracks.values()) {
      if (track.session !== session || !track.queue.delete(segment)) continue;
      this.#pending.delete(`${session}:${segment}:${track.language}`);
      unblocked.add(track);
    }
  }
}

/** The next segment that may be noted: nothing before what was published or noted already. */
function nextToNote(track: Track): number {
  return Math.max(track.published, track.noted);
}
