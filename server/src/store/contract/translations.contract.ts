import { describe, expect, test } from 'vitest';
import { DEFAULT_STORE_LIMITS } from '../store-limits.ts';
import type { PendingTranslation, SessionKey, TranscriptStore } from '../transcript-store.ts';
import {
  closingClusters,
  expectRefusal,
  final,
  finalsOf,
  type OpenCluster,
  ROOM,
  segmentsIn,
  speak,
  translated,
} from './cluster.contract.ts';

/** Stores finals `from` to `to`, both included, that somebody wants in these languages. */
async function storeFinals(
  store: TranscriptStore,
  key: SessionKey,
  from: number,
  to: number,
  wanted: readonly string[],
): Promise<void> {
  for (let segment = from; segment <= to; segment += 1) {
    await store.storeFinal(key, final(key.session, segment), wanted);
  }
}

async function translate(
  store: TranscriptStore,
  session: string,
  segments: readonly number[],
  language = 'es',
): Promise<void> {
  for (const segment of segments) {
    await store.storeTranslation(ROOM, translated(final(session, segment), language));
  }
}

function segments(pending: readonly PendingTranslation[]): number[] {
  return pending.map(({ source }) => source.segment);
}

export function translationsContract(openCluster: OpenCluster): void {
  describe('translations', () => {
    const open = closingClusters(openCluster);

    test('[INV3] a translation appears after those of all earlier segments', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      await storeFinals(a, key, 0, 11, ['es', 'ca']);
      await translate(b, key.session, [11, 2, 1]);
      expect(await segmentsIn(a, 'es')).toEqual([]);
      await translate(b, key.session, [0]);
      expect(await segmentsIn(a, 'es')).toEqual([0, 1, 2]);
      await translate(a, key.session, [10, 9, 8, 7, 6, 5, 4, 3]);
      expect(await segmentsIn(a, 'es')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(await segmentsIn(a, 'ca')).toEqual([]);
    });

    test('[INV6] a translation is stored once, in the record or waiting for its turn', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      await storeFinals(a, key, 0, 1, ['es']);
      const again = (segment: number) =>
        b.storeTranslation(ROOM, {
          ...translated(final(key.session, segment), 'es'),
          text: 'another',
        });
      await translate(a, key.session, [1]);
      await again(1);
      await translate(a, key.session, [0]);
      await again(0);
      await again(1);
      expect((await finalsOf(b)).slice(2).map(({ text }) => text)).toEqual([
        'es of words 0',
        'es of words 1',
      ]);
    });

    test('[INV6] a reader who has just come on another node is served from the next final on', async () => {
      const { a, b, advance } = await open();
      const { key } = await speak(a);
      await a.want(ROOM, ['en']);
      await b.want(ROOM, ['es']);
      // What the caller knows of demand is some seconds old.
      expect(await a.storeFinal(key, final(key.session, 0), ['ca'])).toEqual({ unclaimed: 1 });
      const pending = await b.claimPending(ROOM, 10);
      expect(pending.map(({ language, source }) => [language, source.segment])).toEqual([
        ['es', 0],
      ]);
      await translate(b, key.session, [0]);
      expect(await segmentsIn(a, 'es')).toEqual([0]);
      advance(DEFAULT_STORE_LIMITS.wantMs + 1);
      expect(await a.storeFinal(key, final(key.session, 1), [])).toEqual({ unclaimed: 0 });
    });

    test('[INV3] what needs no translation never blocks the order', async () => {
      const { a } = await open();
      const { key } = await speak(a);
      await a.storeFinal(key, final(key.session, 0, { text: '' }), ['es', 'en']);
      await a.storeFinal(key, final(key.session, 1), ['es', 'en']);
      await a.storeFinal(key, final(key.session, 2, { text: '' }), ['es']);
      await a.storeFinal(key, final(key.session, 3), ['es']);
      await translate(a, key.session, [3, 1]);
      expect(await segmentsIn(a, 'es')).toEqual([1, 3]);
      expect(await a.requestTranslations(ROOM, 'en')).toBe(0);
      expect(await a.requestTranslations(ROOM, 'es')).toBe(0);
    });

    test('what nobody asked for is taken in order all the same, and never out of it', async () => {
      const { a } = await open();
      const { key } = await speak(a);
      await storeFinals(a, key, 0, 3, []);
      await translate(a, key.session, [1, 3, 2]);
      expect(await segmentsIn(a, 'es')).toEqual([1, 3]);
    });

    test('a translation without its source is dropped', async () => {
      const { a } = await open();
      const { key } = await speak(a);
      await translate(a, key.session, [0]);
      await a.storeTranslation('nowhere', translated(final(key.session, 0), 'es'));
      await storeFinals(a, key, 0, 0, ['es']);
      expect(await segmentsIn(a, 'es')).toEqual([]);
      await expectRefusal(a.storeTranslation(ROOM, final(key.session, 0)), 'final_misplaced');
    });

    test('a final’s translations belong to the node that stored it', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      expect(await a.storeFinal(key, final(key.session, 0), ['es', 'ca', 'en', 'es'])).toEqual({
        unclaimed: 0,
      });
      expect(await b.claimPending(ROOM, 10)).toEqual([]);
      expect(await a.claimPending(ROOM, 10)).toEqual([]);
    });

    test('[INV1] claims of a node that is gone run out, and any node takes them', async () => {
      const { a, b, advance } = await open({ claimMs: 10_000 });
      const { key } = await speak(a);
      await storeFinals(a, key, 0, 10, ['es', 'ca']);
      await translate(a, key.session, [0]);
      advance(9_000);
      expect(await b.claimPending(ROOM, 100)).toEqual([]);
      advance(1_001);
      const first = await b.claimPending(ROOM, 3);
      expect(first.map(({ source, language }) => [source.segment, language])).toEqual(
        expect.arrayContaining([[0, 'ca']]),
      );
      expect(first[0]?.source).toEqual(final(key.session, 0));
      const rest = await b.claimPending(ROOM, 100);
      expect(first.length + rest.length).toBe(21);
      expect(segments(rest)).toEqual([...segments(rest)].sort((left, right) => left - right));
      expect(await b.claimPending(ROOM, 100)).toEqual([]);
      for (const { source, language } of [...first, ...rest]) {
        await b.storeTranslation(ROOM, translated(source, language));
      }
      await translate(a, key.session, [5]);
      expect(await segmentsIn(a, 'es')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(await segmentsIn(a, 'ca')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

    test('[INV6] a node that goes on asking keeps its claims, up to a limit', async () => {
      const { a, b, advance } = await open({ claimMs: 10_000, maxClaimMs: 25_000 });
      const { key } = await speak(a);
      await storeFinals(a, key, 0, 0, ['es']);
      for (const _ of [1, 2]) {
        advance(8_000);
        expect(await a.claimPending(ROOM, 10)).toEqual([]);
        expect(await b.claimPending(ROOM, 10)).toEqual([]);
      }
      advance(8_500);
      expect(await a.claimPending(ROOM, 0)).toEqual([]);
      advance(501);
      expect(segments(await b.claimPending(ROOM, 10))).toEqual([0]);
    });

    test('claims that are given back are anybody’s at once', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      await storeFinals(a, key, 0, 1, ['es']);
      const claims = [0, 1].map((segment) => ({
        source: final(key.session, segment),
        language: 'es',
      }));
      await b.releaseClaims(ROOM, claims);
      expect(await b.claimPending(ROOM, 10)).toEqual([]);
      await a.releaseClaims(ROOM, claims);
      expect(segments(await b.claimPending(ROOM, 10))).toEqual([0, 1]);
      await a.releaseClaims(ROOM, claims);
      expect(await a.claimPending(ROOM, 10)).toEqual([]);
    });
  });

  describe('late languages', () => {
    const open = closingClusters(openCluster);

    test('[INV3] everything said before is translated, in order, and once', async () => {
      const { a, b } = await open();
      const one = await speak(a);
      const two = await speak(a, { language: 'es' });
      await storeFinals(a, one.key, 0, 11, []);
      const spanish = { language: 'es', sourceLanguage: 'es' };
      await a.storeFinal(two.key, final(two.key.session, 0, spanish), []);
      expect(await b.requestTranslations(ROOM, 'es')).toBe(12);
      expect(await b.requestTranslations(ROOM, 'es')).toBe(0);
      const pending = await b.claimPending(ROOM, 100);
      expect(segments(pending)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      await storeFinals(a, one.key, 12, 12, ['es']);
      await translate(a, one.key.session, [12]);
      await translate(b, one.key.session, [...segments(pending)].reverse());
      expect((await segmentsIn(b, 'es')).slice(1)).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
      ]);
      expect(await b.requestTranslations('nowhere', 'es')).toBe(0);
    });

    test('[INV3] a language that nobody read for a while is caught up and never blocks', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      await storeFinals(a, key, 0, 1, ['es']);
      await translate(a, key.session, [0, 1]);
      await storeFinals(a, key, 2, 4, []);
      expect(await a.storeFinal(key, final(key.session, 5), ['es'])).toEqual({ unclaimed: 3 });
      await translate(a, key.session, [5]);
      expect(await segmentsIn(a, 'es')).toEqual([0, 1]);
      const pending = await b.claimPending(ROOM, 10);
      expect(segments(pending)).toEqual([2, 3, 4]);
      await translate(b, key.session, [4, 3, 2]);
      expect(await segmentsIn(a, 'es')).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test('[INV4] how far back is limited, and what lies before does not block', async () => {
      const { a } = await open({ maxBackfillFinals: 3 });
      const { key } = await speak(a);
      await storeFinals(a, key, 0, 9, []);
      expect(await a.requestTranslations(ROOM, 'es')).toBe(3);
      await translate(a, key.session, [9, 8, 7]);
      expect(await segmentsIn(a, 'es')).toEqual([7, 8, 9]);
      await storeFinals(a, key, 10, 20, []);
      await storeFinals(a, key, 21, 21, ['es', 'ca']);
      await translate(a, key.session, [21, 20, 19, 18]);
      await translate(a, key.session, [21, 20, 19, 18], 'ca');
      expect(await segmentsIn(a, 'es')).toEqual([7, 8, 9, 18, 19, 20, 21]);
      expect(await segmentsIn(a, 'ca')).toEqual([18, 19, 20, 21]);
    });

    test('[INV4] a room is read in so many languages at most', async () => {
      const { a, b } = await open({ maxLanguagesPerRoom: 2 });
      await speak(a);
      await a.want(ROOM, ['es', 'ca']);
      await expectRefusal(b.want(ROOM, ['gl']), 'room_full');
      await expectRefusal(b.requestTranslations(ROOM, 'gl'), 'room_full');
      await b.want(ROOM, ['ca']);
      expect(await b.requestTranslations(ROOM, 'ca')).toBe(0);
    });
  });

  describe('demand', () => {
    const open = closingClusters(openCluster);

    test('languages count as read while some node says so', async () => {
      const { a, b, advance } = await open({ wantMs: 10_000 });
      await speak(a);
      expect(await a.wanted(ROOM)).toEqual([]);
      await a.want(ROOM, ['es', 'ca']);
      advance(6_000);
      await b.want(ROOM, ['ca']);
      await a.want(ROOM, ['gl']);
      expect([...(await b.wanted(ROOM))].sort()).toEqual(['ca', 'es', 'gl']);
      advance(4_001);
      expect([...(await a.wanted(ROOM))].sort()).toEqual(['ca', 'gl']);
      advance(6_000);
      expect(await a.wanted(ROOM)).toEqual([]);
    });

    test('nobody wants anything of a room that is not there', async () => {
      const { a } = await open();
      await a.want(ROOM, ['es']);
      expect(await a.wanted(ROOM)).toEqual([]);
    });
  });
}
