import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FinalCaption } from '../../../../shared/captions.ts';
import {
  type Cluster,
  entriesOf,
  finalsOf,
  type OpenCluster,
  ROOM,
  take,
} from './cluster.contract.ts';
import { type Promised, READ_LANGUAGES, runTurns, turns } from './random-speakers.contract.ts';

const PROPERTY_TIMEOUT_MS = 180_000;

function bySession(captions: readonly FinalCaption[]): Map<string, FinalCaption[]> {
  const groups = new Map<string, FinalCaption[]>();
  for (const caption of captions) {
    groups.set(caption.session, [...(groups.get(caption.session) ?? []), caption]);
  }
  return groups;
}

function checkSources(finals: readonly FinalCaption[], promised: Promised): void {
  const sources = finals.filter(({ language, sourceLanguage }) => language === sourceLanguage);
  for (const [session, captions] of bySession(sources)) {
    expect(captions.map(({ segment }) => segment)).toEqual([...captions.keys()]);
    let coveredTo = 0;
    for (const { startSeq, endSeq } of captions) {
      expect(startSeq).toBeGreaterThanOrEqual(coveredTo);
      coveredTo = endSeq;
    }
    const told = promised.finals.filter((caption) => caption.session === session);
    expect([...told].sort((left, right) => left.segment - right.segment)).toEqual(captions);
  }
  expect(sources).toHaveLength(promised.finals.length);
}

function checkAcks(finals: readonly FinalCaption[], promised: Promised): void {
  const sources = finals.filter(({ language, sourceLanguage }) => language === sourceLanguage);
  for (const [session, told] of promised.acks) {
    const acks = [...told].sort((left, right) => left.epoch - right.epoch);
    expect(new Set(acks.map(({ epoch }) => epoch)).size).toBe(acks.length);
    const seqs = acks.map(({ ackedSeq }) => ackedSeq);
    expect(seqs).toEqual([...seqs].sort((left, right) => left - right));
    const covered = Math.max(
      0,
      ...sources.filter((caption) => caption.session === session).map(({ endSeq }) => endSeq),
    );
    expect(seqs.at(-1)).toBeGreaterThanOrEqual(covered);
  }
}

function checkTranslations(finals: readonly FinalCaption[], promised: Promised): void {
  const placeOf = new Map(
    finals.map(({ session, segment, language }, place) => [
      `${session}:${segment}:${language}`,
      place,
    ]),
  );
  expect(placeOf.size).toBe(finals.length);
  for (const [session, captions] of bySession(finals)) {
    for (const language of READ_LANGUAGES) {
      const segments = captions
        .filter((caption) => caption.language === language)
        .map(({ segment }) => segment);
      expect(segments).toEqual([...segments].sort((left, right) => left - right));
      // Where a language was wanted once, nothing said before it is left out either.
      const last = Math.max(-1, ...segments);
      const spoken = captions.filter(
        (caption) => caption.language === 'en' && caption.text !== '' && caption.segment <= last,
      );
      expect(segments).toEqual(spoken.map(({ segment }) => segment));
      for (const segment of segments) {
        const source = placeOf.get(`${session}:${segment}:en`) ?? Number.POSITIVE_INFINITY;
        expect(placeOf.get(`${session}:${segment}:${language}`)).toBeGreaterThan(source);
      }
    }
  }
  for (const place of promised.translations) expect(placeOf.has(place), place).toBe(true);
}

async function checkFollowing(cluster: Cluster): Promise<void> {
  const entries = await entriesOf(cluster.b);
  const stop = new AbortController();
  const iterator = cluster.b.follow(ROOM, '0-0', stop.signal)[Symbol.asyncIterator]();
  expect(await take(iterator, entries.length)).toEqual(entries);
  stop.abort();
}

/** Random speakers, takeovers and translators on two nodes; `runs` tells how many times. */
export function propertiesContract(openCluster: OpenCluster, runs: number): void {
  describe('whatever two nodes do', () => {
    test(
      '[R2] [R3] [R4] [INV1] [INV2] [INV3] nothing is lost, doubled or out of order',
      async () => {
        await fc.assert(
          fc.asyncProperty(turns, async (played) => {
            const base = await openCluster({ claimMs: 5_000, leaseMs: 8_000 });
            const third = await base.join();
            const cluster = { ...base, join: async () => third };
            try {
              const promised = await runTurns(cluster, played);
              const finals = await finalsOf(cluster.a);
              checkSources(finals, promised);
              checkAcks(finals, promised);
              checkTranslations(finals, promised);
              await checkFollowing(cluster);
            } finally {
              await Promise.all([base.a, base.b, third].map((store) => store.close()));
            }
          }),
          { numRuns: runs },
        );
      },
      PROPERTY_TIMEOUT_MS,
    );
  });
}
