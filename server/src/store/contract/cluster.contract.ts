import { randomBytes } from 'node:crypto';
import { afterEach, expect } from 'vitest';
import type { FinalCaption, PlacedEntry } from '../../../../shared/captions.ts';
import type { ErrorCode } from '../../../../shared/errors.ts';
import type { StoreLimits } from '../store-limits.ts';
import type { SessionState, TranscriptStore } from '../transcript-store.ts';

/** Two nodes on the same records, and their common clock. */
export interface Cluster {
  readonly a: TranscriptStore;
  readonly b: TranscriptStore;
  /** A third node that starts now. */
  join(): Promise<TranscriptStore>;
  /** Moves the clock of leases, claims and demand. */
  advance(ms: number): void;
}

/** Makes a cluster with records of its own. */
export type OpenCluster = (limits?: Partial<StoreLimits>) => Promise<Cluster>;

/** Closes the clusters that a test opened once it is over. */
export function closingClusters(open: OpenCluster): OpenCluster {
  const opened: TranscriptStore[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });
  return async (limits) => {
    const cluster = await open(limits);
    opened.push(cluster.a, cluster.b);
    return {
      ...cluster,
      async join() {
        const store = await cluster.join();
        opened.push(store);
        return store;
      },
    };
  };
}

export const ROOM = 'room';
export const OWNER_SECRET = 'owner-secret-owner-secret';
export const INSTANCE = 'instance-one-instance-one';
export const OTHER_INSTANCE = 'instance-two-instance-two';
export const FRAMES_PER_FINAL = 100;

export interface Speaking {
  readonly room: string;
  readonly session: string;
  readonly secret: string;
  readonly instance: string;
  readonly language: string;
  readonly speakerName: string;
  readonly keyId?: string;
}

export function speaking(given: Partial<Speaking> = {}): Speaking {
  return {
    room: ROOM,
    session: randomBytes(12).toString('base64url'),
    secret: randomBytes(24).toString('base64url'),
    instance: INSTANCE,
    language: 'en',
    speakerName: 'Ada',
    ...given,
  };
}

/** Opens the room where it is new and begins a session in it. */
export async function speak(
  store: TranscriptStore,
  given: Partial<Speaking> = {},
): Promise<SessionState & { readonly request: Speaking }> {
  const request = speaking(given);
  await store.openRoom({ room: request.room, offers: ['en', 'es'], ownerSecret: OWNER_SECRET });
  return { ...(await store.createSession(request)), request };
}

/** Segment `segment` of a session whose segments are all of one length, without pauses. */
export function final(
  session: string,
  segment: number,
  given: Partial<FinalCaption> = {},
): FinalCaption {
  const startSeq = segment * FRAMES_PER_FINAL;
  const endSeq = startSeq + FRAMES_PER_FINAL;
  return {
    session,
    segment,
    language: 'en',
    sourceLanguage: 'en',
    text: `words ${segment}`,
    startMs: startSeq * 20,
    endMs: endSeq * 20,
    engine: 'scripted',
    startSeq,
    endSeq,
    storedAt: 1_700_000_000_000 + segment,
    quality: 'none',
    ...given,
  };
}

export function translated(source: FinalCaption, language: string): FinalCaption {
  return { ...source, language, text: `${language} of ${source.text}`, quality: 'basic' };
}

export async function entriesOf(store: TranscriptStore, room = ROOM): Promise<PlacedEntry[]> {
  return [...(await store.history(room, null, 100_000)).entries];
}

/** The finals of a room's record, in its order. */
export async function finalsOf(store: TranscriptStore, room = ROOM): Promise<FinalCaption[]> {
  return (await entriesOf(store, room)).flatMap((entry) =>
    entry.type === 'final' ? [entry.caption] : [],
  );
}

/** Segment numbers of a room's finals in one language, in the record's order. */
export async function segmentsIn(
  store: TranscriptStore,
  language: string,
  room = ROOM,
): Promise<number[]> {
  return (await finalsOf(store, room))
    .filter((caption) => caption.language === language)
    .map((caption) => caption.segment);
}

export async function expectRefusal(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name: 'AppError', code });
}

/** Takes the next `count` entries that a reader is given. */
export async function take(
  iterator: AsyncIterator<PlacedEntry>,
  count: number,
): Promise<PlacedEntry[]> {
  const taken: PlacedEntry[] = [];
  while (taken.length < count) {
    const { value, done } = await iterator.next();
    if (done) throw new Error(`Expected ${count} entries, got an end after ${taken.length}.`);
    taken.push(value);
  }
  return taken;
}
