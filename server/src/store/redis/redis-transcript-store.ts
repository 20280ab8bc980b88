import type { Redis } from 'ioredis';
import type {
  FinalCaption,
  PlacedEntry,
  RecordEntry,
  SessionGapNotice,
} from '../../../../shared/captions.ts';
import type { AppError } from '../../../../shared/errors.ts';
import type { Glossary } from '../../../../shared/glossary.ts';
import { checkCursor } from '../cursor.ts';
import { checkSource, encodeEntry, hashSecret, NO_GLOSSARY } from '../store-checks.ts';
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
import {
  type ConnectionReport,
  closeConnection,
  connectionReady,
  openConnection,
  type RedisTarget,
  redisFailure,
} from './connections.ts';
import { DEFAULT_KEY_PREFIX, roomKeys, wakeKey } from './keys.ts';
import { LiveSessions } from './live-sessions.ts';
import { Pulse } from './pulse.ts';
import { readHistory } from './read-history.ts';
import { RecordTail } from './record-tail.ts';
import { ScriptRunner } from './script.ts';
import { SCRIPTS } from './scripts.ts';

export interface RedisStoreOptions {
  readonly redis: RedisTarget;
  /** Different for every process and every start of it: letters, digits, `_` and `-`. */
  readonly nodeId: string;
  readonly limits?: Partial<StoreLimits>;
  readonly keyPrefix?: string;
  /** Told when a connection is ready or lost. */
  readonly report?: ConnectionReport;
  /** Called once a room is erased, for a server that should forget it on disk too. */
  readonly onErased?: () => void;
  /** Added to Redis's clock; a test moves time with it. */
  readonly clockShiftMs?: () => number;
}

/** Opens the store's two connections and waits for them; rejects with `store_unavailable`. */
export async function createRedisTranscriptStore(
  options: RedisStoreOptions,
): Promise<TranscriptStore> {
  const commands = openConnection(options.redis, 'commands', options.report);
  const blocking = openConnection(options.redis, 'tail', options.report);
  try {
    await Promise.all([connectionReady(commands), connectionReady(blocking)]);
  } catch (error) {
    await Promise.all([closeConnection(commands), closeConnection(blocking)]);
    throw error;
  }
  return new RedisTranscriptStore(commands, blocking, options);
}

/** The transcript store over Redis: Lua scripts decide, this class passes on and translates. */
class RedisTranscriptStore implements TranscriptStore {
  readonly #commands: Redis;
  readonly #blocking: Redis;
  readonly #limits: StoreLimits;
  readonly #prefix: string;
  readonly #scripts: ScriptRunner;
  readonly #live: LiveSessions;
  readonly #tail: RecordTail;
  readonly #pulse: Pulse;
  readonly #onErased: () => void;
  #closing: Promise<void> | null = null;

  constructor(commands: Redis, blocking: Redis, options: RedisStoreOptions) {
    const clockShiftMs = options.clockShiftMs ?? (() => 0);
    this.#commands = commands;
    this.#blocking = blocking;
    this.#limits = { ...DEFAULT_STORE_LIMITS, ...options.limits };
    this.#prefix = options.keyPrefix ?? DEFAULT_KEY_PREFIX;
    this.#onErased = options.onErased ?? (() => undefined);
    this.#scripts = new ScriptRunner({
      redis: commands,
      keyPrefix: this.#prefix,
      nodeId: options.nodeId,
      limits: this.#limits,
      clockShiftMs,
      translate: (error) => this.#translate(error),
    });
    this.#live = new LiveSessions(this.#scripts, this.#prefix, this.#limits.leaseMs);
    this.#tail = new RecordTail({
      commands,
      blocking,
      wakeKey: wakeKey(this.#prefix, options.nodeId),
      maxFollowerEntries: this.#limits.maxFollowerEntries,
      maxRooms: this.#limits.maxFollowedRooms,
    });
    this.#pulse = new Pulse(commands, () => performance.now() + clockShiftMs());
  }

  async openRoom({ room, offers, ownerSecret }: OpenRoom): Promise<OpenedRoom> {
    const [created, owned] = await this.#scripts.runInRoom(SCRIPTS.openRoom, room, {
      offers: JSON.stringify(offers),
      ownerHash: hashSecret(ownerSecret),
    });
    return { created: created === 1, owned: owned === 1 };
  }

  async readRoom(room: string): Promise<RoomState | null> {
    const reply = await this.#scripts.runInRoom(SCRIPTS.readRoom, room, {});
    const [ended, offers, ...speakers] = reply;
    if (ended === undefined) return null;
    return {
      room,
      offers: JSON.parse(String(offers)),
      ended: ended === '1',
      speakers: speakers.filter(Array.isArray).map(([session, name, language, over]) => ({
        session,
        name,
        language,
        live: over === '0',
      })),
    };
  }

  async endRoom(room: string, ownerSecret: string, erase: boolean): Promise<void> {
    const ownerHash = hashSecret(ownerSecret);
    await this.#scripts.runInRoom(SCRIPTS.endRoom, room, { ownerHash, erase });
    if (erase) this.#onErased();
  }

  async setLanguages(room: string, offers: readonly string[]): Promise<void> {
    await this.#scripts.runInRoom(SCRIPTS.setLanguages, room, { offers: JSON.stringify(offers) });
  }

  async setGlossary(room: string, ownerSecret: string, glossary: Glossary): Promise<number> {
    const [version] = await this.#scripts.runInRoom(SCRIPTS.setGlossary, room, {
      ownerHash: hashSecret(ownerSecret),
      glossary: JSON.stringify(glossary),
    });
    return Number(version);
  }

  async readGlossary(room: string, known: StoredGlossary = NO_GLOSSARY): Promise<StoredGlossary> {
    const args = { known: known.version };
    const [version, glossary] = await this.#scripts.runInRoom(SCRIPTS.readGlossary, room, args);
    if (version === known.version) return known;
    return version === 0
      ? NO_GLOSSARY
      : { version: Number(version), glossary: JSON.parse(String(glossary)) };
  }

  async createSession(request: CreateSession): Promise<SessionState> {
    await this.#live.add(request);
    const { room, session, language, speakerName, keyId = '' } = request;
    const args = { ...hashes(request), language, name: speakerName, keyId };
    const reply = await this.#scripts.runInRoom(SCRIPTS.createSession, room, args, session);
    return sessionState(request, reply);
  }

  async checkSession(request: TakeSession): Promise<void> {
    const { room, session } = request;
    await this.#scripts.runInRoom(SCRIPTS.checkSession, room, hashes(request), session);
  }

  async takeSession(request: TakeSession): Promise<SessionState> {
    const { room, session } = request;
    const reply = await this.#scripts.runInRoom(
      SCRIPTS.takeSession,
      room,
      hashes(request),
      session,
    );
    await this.#live.add(request);
    return sessionState(request, reply);
  }

  async renewLease(key: SessionKey): Promise<boolean> {
    const [kept] = await this.#runForSession(SCRIPTS.renewLease, key);
    if (kept === 1) await this.#live.add(key);
    return kept === 1;
  }

  async releaseLease(key: SessionKey): Promise<void> {
    await this.#runForSession(SCRIPTS.releaseLease, key);
  }

  async endSession(key: SessionKey): Promise<void> {
    await this.#runForSession(SCRIPTS.endSession, key);
    await this.#live.remove(key);
  }

  async reapSessions(graceMs: number): Promise<readonly EndedSession[]> {
    if (this.#pulse.unbrokenMs < graceMs) return [];
    return this.#live.reap(graceMs);
  }

  async storeFinal(
    key: SessionKey,
    caption: FinalCaption,
    wanted: readonly string[],
    detectorMemory = '',
  ): Promise<StoredFinal> {
    checkSource(key, caption);
    const [unclaimed] = await this.#runForSession(SCRIPTS.storeFinal, key, {
      entry: this.#encode({ type: 'final', caption }),
      segment: caption.segment,
      language: caption.language,
      startSeq: caption.startSeq,
      endSeq: caption.endSeq,
      empty: caption.text === '',
      wanted: [...new Set(wanted)],
      detectorMemory,
    });
    return { unclaimed: Number(unclaimed) };
  }

  async advanceAck(key: SessionKey, ackedSeq: number, detectorMemory = ''): Promise<void> {
    await this.#runForSession(SCRIPTS.advanceAck, key, { ackedSeq, detectorMemory });
  }

  async storeGap(key: SessionKey, { fromSeq, toSeq }: SessionGapNotice): Promise<void> {
    const gap = { session: key.session, fromSeq, toSeq };
    const entry = this.#encode({ type: 'gap', gap });
    await this.#runForSession(SCRIPTS.storeGap, key, { entry, fromSeq, toSeq });
  }

  async storeTranslation(room: string, caption: FinalCaption): Promise<void> {
    const { session, segment, language } = caption;
    const entry = this.#encode({ type: 'final', caption });
    await this.#scripts.runInRoom(SCRIPTS.storeTranslation, room, {
      entry,
      session,
      segment,
      language,
    });
  }

  async claimPending(room: string, limit: number): Promise<readonly PendingTranslation[]> {
    const claimed = await this.#scripts.runInRoom(SCRIPTS.claimPending, room, { limit });
    return claimed.filter(Array.isArray).map(([language, entry]) => {
      const source: { caption: FinalCaption } = JSON.parse(entry);
      return { language, source: source.caption };
    });
  }

  async releaseClaims(room: string, claims: readonly PendingTranslation[]): Promise<void> {
    await this.#scripts.runInRoom(SCRIPTS.releaseClaims, room, {
      claims: claims.map(({ source, language }) =>
        [source.session, source.segment, language].join(':'),
      ),
    });
  }

  async requestTranslations(room: string, language: string): Promise<number> {
    const reply = await this.#scripts.runInRoom(SCRIPTS.requestTranslations, room, { language });
    return Number(reply[0]);
  }

  async want(room: string, languages: readonly string[]): Promise<void> {
    await this.#scripts.runInRoom(SCRIPTS.want, room, { languages });
  }

  async wanted(room: string): Promise<readonly string[]> {
    return (await this.#scripts.runInRoom(SCRIPTS.wantedLanguages, room, {})).map(String);
  }

  async history(
    room: string,
    after: string | null,
    limit: number,
    keep: (entry: PlacedEntry) => boolean = () => true,
  ): Promise<History> {
    const from = after === null ? null : checkCursor(after);
    try {
      return await readHistory(this.#commands, roomKeys(this.#prefix, room), from, limit, keep);
    } catch (error) {
      throw this.#translate(error);
    }
  }

  follow(room: string, after: string, signal: AbortSignal): AsyncIterable<PlacedEntry> {
    return this.#tail.follow(roomKeys(this.#prefix, room).record, checkCursor(after), signal);
  }

  healthy(): boolean {
    return this.#pulse.answers;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#pulse.close();
    await this.#tail.close();
    await Promise.all([closeConnection(this.#commands), closeConnection(this.#blocking)]);
  }

  #translate(error: unknown): AppError {
    const failure = redisFailure(error);
    if (failure.code === 'store_unavailable') this.#pulse.missed();
    return failure;
  }

  #encode(entry: RecordEntry): string {
    return encodeEntry(entry, this.#limits.maxEntryBytes);
  }

  #runForSession(
    script: (typeof SCRIPTS)[keyof typeof SCRIPTS],
    { room, session, epoch }: SessionKey,
    args: object = {},
  ): Promise<readonly unknown[]> {
    return this.#scripts.runInRoom(script, room, { ...args, epoch }, session);
  }
}

function hashes(request: TakeSession): { secretHash: string; instanceHash: string } {
  return { secretHash: hashSecret(request.secret), instanceHash: hashSecret(request.instance) };
}

function sessionState({ room, session }: EndedSession, reply: readonly unknown[]): SessionState {
  const [epoch, language, speakerName, ackedSeq, nextSegment, detectorMemory, keyId] = reply;
  return {
    key: { room, session, epoch: Number(epoch) },
    language: String(language),
    speakerName: String(speakerName),
    ackedSeq: Number(ackedSeq),
    nextSegment: Number(nextSegment),
    detectorMemory: String(detectorMemory ?? ''),
    keyId: String(keyId ?? ''),
  };
}
