import type { FinalCaption, PlacedEntry, SessionGapNotice } from '../../../../shared/captions.ts';
import { compareCursors } from '../../../../shared/cursor.ts';
import type { Glossary } from '../../../../shared/glossary.ts';
import { checkCursor, FIRST_CURSOR } from '../cursor.ts';
import {
  checkSource,
  hashSecret,
  NO_GLOSSARY,
  refused,
  storeUnavailable,
} from '../store-checks.ts';
import { DEFAULT_STORE_LIMITS, type StoreLimits } from '../store-limits.ts';
import type {
  CreateSession,
  EndedSession,
  History,
  OpenedRoom,
  OpenRoom,
  PendingTranslation,
  RoomState,
  SessionKey,
  SessionState,
  StoredFinal,
  StoredGlossary,
  TakeSession,
  TranscriptStore,
} from '../transcript-store.ts';
import { MemoryRecords } from './memory-records.ts';
import { MemoryRoom, type MemorySession } from './memory-room.ts';

export interface MemoryStoreOptions {
  /** Give the same one to several stores to have several nodes. */
  readonly records?: MemoryRecords;
  readonly nodeId?: string;
  readonly limits?: Partial<StoreLimits>;
  /** Added to the clock; a test moves time with it. */
  readonly clockShiftMs?: () => number;
}

/** The shipped fake for unit tests: the same rules as over Redis, gone with the process. */
export function createMemoryTranscriptStore(options: MemoryStoreOptions = {}): TranscriptStore {
  return new MemoryTranscriptStore(options);
}

class MemoryTranscriptStore implements TranscriptStore {
  readonly #records: MemoryRecords;
  readonly #nodeId: string;
  readonly #limits: StoreLimits;
  readonly #clockShiftMs: () => number;
  readonly #startedAt: number;
  readonly #closed = new AbortController();

  constructor(options: MemoryStoreOptions) {
    this.#records = options.records ?? new MemoryRecords();
    this.#nodeId = options.nodeId ?? 'memory';
    this.#limits = { ...DEFAULT_STORE_LIMITS, ...options.limits };
    this.#clockShiftMs = options.clockShiftMs ?? (() => 0);
    this.#startedAt = this.#now();
  }

  async openRoom({ room, offers, ownerSecret }: OpenRoom): Promise<OpenedRoom> {
    const ownerHash = hashSecret(ownerSecret);
    const found = this.#find(room);
    if (found?.ended) throw refused('room_ended');
    if (found !== undefined) {
      this.#keep(found);
      return { created: false, owned: found.ownerHash === ownerHash };
    }
    const made = new MemoryRoom(ownerHash, [...offers], this.#limits, (target, entry) =>
      this.#records.place(room, target, entry, this.#now()),
    );
    this.#keep(made);
    this.#records.open(room, made);
    return { created: true, owned: true };
  }

  async readRoom(room: string): Promise<RoomState | null> {
    const found = this.#find(room);
    if (found === undefined) return null;
    const speakers = [...found.sessions.values()].map((session) => ({
      session: session.session,
      name: session.speakerName,
      language: session.language,
      live: !session.ended,
    }));
    return { room, offers: [...found.offers], ended: found.ended, speakers };
  }

  async endRoom(room: string, ownerSecret: string, erase: boolean): Promise<void> {
    const found = this.#find(room);
    if (found === undefined) throw refused('room_not_found');
    if (found.ownerHash !== hashSecret(ownerSecret)) throw refused('not_room_owner');
    if (found.erased || (found.ended && !erase)) return;
    if (!found.ended) this.#keep(found);
    for (const session of found.sessions.values()) {
      if (erase || session.ended) continue;
      session.epoch += 1;
      session.ended = true;
      found.announce(session, false);
    }
    if (erase) found.erase();
    found.ended = true;
    found.append({ type: 'ended', erased: erase });
  }

  async setLanguages(room: string, offers: readonly string[]): Promise<void> {
    this.#live(room).offers = [...offers];
  }

  async setGlossary(room: string, ownerSecret: string, glossary: Glossary): Promise<number> {
    const found = this.#find(room);
    if (found === undefined) throw refused('room_not_found');
    if (found.ownerHash !== hashSecret(ownerSecret)) throw refused('not_room_owner');
    if (found.ended) throw refused('room_ended');
    const { version, glossary: kept } = found.glossary;
    if (version > 0 && JSON.stringify(kept) === JSON.stringify(glossary)) return version;
    const next = Math.max(version + 1, this.#now());
    found.glossary = { version: next, glossary: structuredClone(glossary) };
    return next;
  }

  async readGlossary(room: string, known: StoredGlossary = NO_GLOSSARY): Promise<StoredGlossary> {
    const stored = this.#find(room)?.glossary ?? NO_GLOSSARY;
    return stored.version === known.version ? known : structuredClone(stored);
  }

  async createSession(request: CreateSession): Promise<SessionState> {
    const room = this.#live(request.room);
    const { session, language, speakerName, keyId = '' } = request;
    const secretHash = hashSecret(request.secret);
    const instanceHash = hashSecret(request.instance);
    const found = room.sessions.get(session);
    if (found !== undefined) {
      const same = found.secretHash === secretHash && found.instanceHash === instanceHash;
      if (!same || found.ended) throw refused('session_taken');
      return this.#take(room, request, found);
    }
    if (room.sessions.size >= this.#limits.maxSessionsPerRoom) {
      const forgotten = [...room.sessions.values()].find((other) => other.ended);
      if (forgotten === undefined) throw refused('room_full');
      room.sessions.delete(forgotten.session);
    }
    const made: MemorySession = {
      ...{ session, secretHash, instanceHash, language, speakerName, keyId },
      ...{ epoch: 0, leaseUntil: 0, ackedSeq: 0, nextSegment: 0, detectorMemory: '', ended: false },
    };
    room.sessions.set(session, made);
    room.announce(made, true);
    return this.#take(room, request, made);
  }

  async checkSession(request: TakeSession): Promise<void> {
    this.#takeable(request);
  }

  async takeSession(request: TakeSession): Promise<SessionState> {
    const { room, session } = this.#takeable(request);
    return this.#take(room, request, session);
  }

  async renewLease(key: SessionKey): Promise<boolean> {
    const room = this.#find(key.room);
    const session = room?.sessions.get(key.session);
    if (!room || room.ended || !session || session.ended || session.epoch !== key.epoch) {
      return false;
    }
    session.leaseUntil = this.#now() + this.#limits.leaseMs;
    this.#keep(room);
    return true;
  }

  async releaseLease(key: SessionKey): Promise<void> {
    const session = this.#find(key.room)?.sessions.get(key.session);
    if (session?.epoch === key.epoch) session.leaseUntil = this.#now();
  }

  async endSession(key: SessionKey): Promise<void> {
    const room = this.#find(key.room);
    if (room?.ended || room?.sessions.get(key.session)?.ended) return;
    const owned = this.#owned(key);
    owned.session.ended = true;
    owned.room.announce(owned.session, false);
  }

  async reapSessions(graceMs: number): Promise<readonly EndedSession[]> {
    this.#check();
    const now = this.#now();
    if (now - this.#startedAt < graceMs) return [];
    const ended: EndedSession[] = [];
    for (const name of this.#records.rooms) {
      const room = this.#find(name);
      if (room === undefined || room.ended) continue;
      for (const session of room.sessions.values()) {
        if (session.ended || session.leaseUntil + graceMs > now) continue;
        session.epoch += 1;
        session.ended = true;
        room.announce(session, false);
        ended.push({ room: name, session: session.session });
      }
    }
    return ended;
  }

  async storeFinal(
    key: SessionKey,
    caption: FinalCaption,
    wanted: readonly string[],
    detectorMemory = '',
  ): Promise<StoredFinal> {
    checkSource(key, caption);
    const { room, session } = this.#owned(key);
    const languages = [...new Set(wanted)];
    const now = this.#now();
    const acked = session.ackedSeq;
    const unclaimed = room.storeFinal(session, caption, languages, this.#nodeId, now);
    if (session.ackedSeq > acked) session.detectorMemory = detectorMemory;
    this.#keep(room);
    return { unclaimed };
  }

  async advanceAck(key: SessionKey, ackedSeq: number, detectorMemory = ''): Promise<void> {
    const { session } = this.#owned(key);
    if (ackedSeq <= session.ackedSeq) return;
    session.ackedSeq = ackedSeq;
    session.detectorMemory = detectorMemory;
  }

  async storeGap(key: SessionKey, gap: SessionGapNotice): Promise<void> {
    const { room, session } = this.#owned(key);
    room.storeGap(session, gap.fromSeq, gap.toSeq);
  }

  async storeTranslation(room: string, caption: FinalCaption): Promise<void> {
    this.#find(room)?.storeTranslation(caption);
  }

  async claimPending(room: string, limit: number): Promise<readonly PendingTranslation[]> {
    return this.#find(room)?.claimPending(this.#nodeId, limit, this.#now()) ?? [];
  }

  async releaseClaims(room: string, claims: readonly PendingTranslation[]): Promise<void> {
    this.#find(room)?.releaseClaims(this.#nodeId, claims);
  }

  async requestTranslations(room: string, language: string): Promise<number> {
    return this.#find(room)?.requestTranslations(language) ?? 0;
  }

  async want(name: string, languages: readonly string[]): Promise<void> {
    const room = this.#find(name);
    if (room === undefined) return;
    for (const language of languages) {
      const full = room.languages.size >= this.#limits.maxLanguagesPerRoom;
      if (full && !room.languages.has(language)) throw refused('room_full');
      room.languages.add(language);
      room.wanted.set(`${language} ${this.#nodeId}`, this.#now() + this.#limits.wantMs);
    }
  }

  async wanted(name: string): Promise<readonly string[]> {
    const wanted = this.#find(name)?.wanted ?? new Map<string, number>();
    const languages = [...wanted]
      .filter(([, until]) => until > this.#now())
      .map(([member]) => member.slice(0, member.indexOf(' ')));
    return [...new Set(languages)];
  }

  async history(
    name: string,
    after: string | null,
    limit: number,
    keep: (entry: PlacedEntry) => boolean = () => true,
  ): Promise<History> {
    const room = this.#find(name);
    const from = after === null ? FIRST_CURSOR : checkCursor(after);
    const later = (room?.entries ?? []).filter((entry) => compareCursors(entry.cursor, from) > 0);
    const kept = later.filter(keep);
    const trimmedTo = room?.trimmedTo ?? FIRST_CURSOR;
    return {
      entries: structuredClone(limit > 0 ? kept.slice(-limit) : []),
      cursor: later.at(-1)?.cursor ?? from,
      truncated: kept.length > limit || compareCursors(from, trimmedTo) < 0,
    };
  }

  follow(room: string, after: string, signal: AbortSignal): AsyncIterable<PlacedEntry> {
    const stop = AbortSignal.any([signal, this.#closed.signal]);
    return this.#records.follow(room, checkCursor(after), stop, this.#limits);
  }

  healthy(): boolean {
    return this.#records.available && !this.#closed.signal.aborted;
  }

  async close(): Promise<void> {
    this.#closed.abort();
  }

  #now(): number {
    return Date.now() + this.#clockShiftMs();
  }

  #check(): void {
    if (!this.healthy()) throw storeUnavailable('made unavailable');
  }

  #find(name: string): MemoryRoom | undefined {
    this.#check();
    return this.#records.find(name, this.#now());
  }

  #live(name: string): MemoryRoom {
    const room = this.#find(name);
    if (room === undefined) throw refused('room_not_found');
    if (room.ended) throw refused('room_ended');
    return room;
  }

  #owned(key: SessionKey): { room: MemoryRoom; session: MemorySession } {
    const room = this.#find(key.room);
    if (room?.ended) throw refused('room_ended');
    const session = room?.sessions.get(key.session);
    if (room === undefined || session === undefined) throw refused('session_not_found');
    if (session.epoch !== key.epoch) throw refused('session_fenced');
    if (session.ended) throw refused('session_ended');
    return { room, session };
  }

  #takeable(request: TakeSession): { room: MemoryRoom; session: MemorySession } {
    const room = this.#find(request.room);
    if (room?.ended) throw refused('room_ended');
    const session = room?.sessions.get(request.session);
    if (room === undefined || session === undefined) throw refused('session_not_found');
    if (session.secretHash !== hashSecret(request.secret)) throw refused('session_not_found');
    if (session.ended) throw refused('session_ended');
    const leftMs = session.leaseUntil - this.#now();
    if (session.instanceHash !== hashSecret(request.instance) && leftMs > 0) {
      throw refused('session_taken', leftMs);
    }
    return { room, session };
  }

  #take(room: MemoryRoom, request: TakeSession, session: MemorySession): SessionState {
    session.epoch += 1;
    session.instanceHash = hashSecret(request.instance);
    session.leaseUntil = this.#now() + this.#limits.leaseMs;
    this.#keep(room);
    return {
      key: { room: request.room, session: session.session, epoch: session.epoch },
      language: session.language,
      speakerName: session.speakerName,
      ackedSeq: session.ackedSeq,
      nextSegment: session.nextSegment,
      detectorMemory: session.detectorMemory,
      keyId: session.keyId,
    };
  }

  #keep(room: MemoryRoom): void {
    room.expiresAt = this.#now() + this.#limits.roomTtlMs;
  }
}
