import { describe, expect, test } from 'vitest';
import type { PlacedEntry } from '../../../../shared/captions.ts';
import {
  closingClusters,
  entriesOf,
  expectRefusal,
  final,
  type OpenCluster,
  OWNER_SECRET,
  ROOM,
  segmentsIn,
  speak,
  take,
  translated,
} from './cluster.contract.ts';

function segmentOf(entry: PlacedEntry): number | null {
  return entry.type === 'final' ? entry.caption.segment : null;
}

export function recordContract(openCluster: OpenCluster): void {
  describe('history', () => {
    const open = closingClusters(openCluster);

    test('an empty record has nothing, from the first cursor on', async () => {
      const { a } = await open();
      const nothing = { entries: [], cursor: '0-0', truncated: false };
      expect(await a.history('nowhere', null, 10)).toEqual(nothing);
      expect(await a.history('nowhere', '5-3', 10)).toEqual({ ...nothing, cursor: '5-3' });
    });

    test('[INV3] it goes on after a cursor, oldest first', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      for (let segment = 0; segment < 6; segment += 1) {
        await a.storeFinal(key, final(key.session, segment), []);
      }
      const whole = await b.history(ROOM, null, 100);
      expect(whole.entries.map(segmentOf)).toEqual([null, 0, 1, 2, 3, 4, 5]);
      expect(whole.cursor).toBe(whole.entries.at(-1)?.cursor);
      const after = whole.entries[3]?.cursor ?? '';
      const rest = await b.history(ROOM, after, 100);
      expect(rest).toEqual({ ...whole, entries: whole.entries.slice(4) });
      expect(await b.history(ROOM, whole.cursor, 100)).toEqual({ ...whole, entries: [] });
    });

    test('[INV4] at a limit the newest are given, and the rest is not kept silent', async () => {
      const { a } = await open();
      const { key } = await speak(a);
      for (let segment = 0; segment < 6; segment += 1) {
        await a.storeFinal(key, final(key.session, segment), ['es']);
        await a.storeTranslation(ROOM, translated(final(key.session, segment), 'es'));
      }
      const newest = await a.history(ROOM, null, 3);
      expect(newest.entries.map(segmentOf)).toEqual([4, 5, 5]);
      expect(newest.truncated).toBe(true);
      const english = (entry: PlacedEntry) =>
        entry.type === 'final' && entry.caption.language === 'en';
      const kept = await a.history(ROOM, null, 3, english);
      expect(kept.entries.map(segmentOf)).toEqual([3, 4, 5]);
      expect(kept).toMatchObject({ truncated: true, cursor: newest.cursor });
      const all = await a.history(ROOM, null, 6, english);
      expect(all.entries.map(segmentOf)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(all.truncated).toBe(false);
    });

    test.each(['', 'now', '1-', '99999999999999999999-0', '1-18446744073709551616'])(
      'a cursor "%s" is refused',
      async (cursor) => {
        const { a } = await open();
        await expectRefusal(a.history(ROOM, cursor, 1), 'invalid_message');
      },
    );

    test('the greatest cursor there can be is taken', async () => {
      const { a } = await open();
      await speak(a);
      const last = '18446744073709551615-18446744073709551615';
      expect((await a.history(ROOM, last, 1)).entries).toEqual([]);
      expect(
        (await a.history(ROOM, '18446744073709551614-18446744073709551615', 1)).entries,
      ).toEqual([]);
      expect((await a.history(ROOM, '0-18446744073709551615', 1)).entries).toHaveLength(1);
    });
  });

  describe('a full room', () => {
    const open = closingClusters(openCluster);

    test('[INV4] keeps its newest finals with their translations, and says so', async () => {
      const { a } = await open({ maxFinalsPerRoom: 3 });
      const { key } = await speak(a);
      for (let segment = 0; segment < 8; segment += 1) {
        await a.storeFinal(key, final(key.session, segment), ['es']);
        await a.storeTranslation(ROOM, translated(final(key.session, segment), 'es'));
      }
      const history = await a.history(ROOM, null, 100);
      expect(history.entries.map(segmentOf)).toEqual([5, 5, 6, 6, 7, 7]);
      expect(history.truncated).toBe(true);
      expect((await a.history(ROOM, history.entries[0]?.cursor ?? '', 100)).truncated).toBe(false);
    });

    test('[INV3] a pending translation that went with its source blocks nothing', async () => {
      const { a, b } = await open({ maxFinalsPerRoom: 3 });
      const { key } = await speak(a);
      for (let segment = 0; segment < 3; segment += 1) {
        await a.storeFinal(key, final(key.session, segment), ['es']);
      }
      await a.storeTranslation(ROOM, translated(final(key.session, 1), 'es'));
      expect(await segmentsIn(a, 'es')).toEqual([]);
      await a.storeFinal(key, final(key.session, 3), ['es']);
      expect(await segmentsIn(a, 'es')).toEqual([1]);
      await a.storeTranslation(ROOM, translated(final(key.session, 0), 'es'));
      await a.storeTranslation(ROOM, translated(final(key.session, 3), 'es'));
      await a.storeTranslation(ROOM, translated(final(key.session, 2), 'es'));
      expect(await segmentsIn(b, 'es')).toEqual([1, 2, 3]);
    });

    test('[INV4] what was trimmed is not given to be translated', async () => {
      const { a, b } = await open({ maxFinalsPerRoom: 3 });
      const { key } = await speak(a);
      for (let segment = 0; segment < 3; segment += 1) {
        await a.storeFinal(key, final(key.session, segment), []);
      }
      expect(await a.requestTranslations(ROOM, 'es')).toBe(3);
      await a.storeFinal(key, final(key.session, 3), []);
      expect(await a.storeFinal(key, final(key.session, 4), [])).toEqual({ unclaimed: 1 });
      const pending = await b.claimPending(ROOM, 10);
      expect(pending.map(({ source }) => source.segment)).toEqual([2]);
    });

    test('[INV4] entries other than finals are bounded too', async () => {
      const { a } = await open({ maxFinalsPerRoom: 2 });
      const { key } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), ['es']);
      for (let seq = 200; seq < 240; seq += 2) {
        await a.storeGap(key, { session: key.session, fromSeq: seq, toSeq: seq + 1 });
      }
      expect(await entriesOf(a)).toHaveLength(16);
      expect(await a.claimPending(ROOM, 10)).toEqual([]);
      await a.storeFinal(key, final(key.session, 1, { startSeq: 300, endSeq: 310 }), ['es']);
      await a.storeTranslation(ROOM, translated(final(key.session, 1), 'es'));
      expect(await segmentsIn(a, 'es')).toEqual([1]);
    });
  });

  describe('following', () => {
    const open = closingClusters(openCluster);

    test('[INV3] history goes over into what comes, without a seam, on every node', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      for (let segment = 0; segment < 4; segment += 1) {
        await a.storeFinal(key, final(key.session, segment), []);
      }
      const { cursor } = await b.history(ROOM, null, 100);
      const stop = new AbortController();
      const fromStart = b.follow(ROOM, '0-0', stop.signal)[Symbol.asyncIterator]();
      const fromNow = b.follow(ROOM, cursor, stop.signal)[Symbol.asyncIterator]();
      const first = take(fromNow, 2);
      for (let segment = 4; segment < 6; segment += 1) {
        await a.storeFinal(key, final(key.session, segment), []);
      }
      expect((await first).map(segmentOf)).toEqual([4, 5]);
      expect((await take(fromStart, 7)).map(segmentOf)).toEqual([null, 0, 1, 2, 3, 4, 5]);
      stop.abort();
      expect((await fromStart.next()).done).toBe(true);
      expect((await fromNow.next()).done).toBe(true);
    });

    test('[INV3] who reads history slowly misses nothing that others saw meanwhile', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      const stop = new AbortController();
      const quick = b.follow(ROOM, '0-0', stop.signal)[Symbol.asyncIterator]();
      const slow = b.follow(ROOM, '0-0', stop.signal)[Symbol.asyncIterator]();
      await take(quick, 1);
      await take(slow, 1);
      const [seen] = await Promise.all([
        take(quick, 1),
        a.storeFinal(key, final(key.session, 0), []),
      ]);
      expect(await take(slow, 1)).toEqual(seen);
      stop.abort();
    });

    test('rooms are followed apart, and one that is not there yet as well', async () => {
      const { a, b } = await open();
      const stop = new AbortController();
      const names = ['one', 'two', 'three'];
      const iterators = names.map((name) =>
        b.follow(name, '0-0', stop.signal)[Symbol.asyncIterator](),
      );
      const awaited = iterators.map((iterator) => take(iterator, 1));
      for (const room of names) await speak(a, { room, speakerName: room });
      expect(await Promise.all(awaited)).toMatchObject(
        names.map((name) => [{ type: 'speaker', speaker: { name } }]),
      );
      stop.abort();
      for (const iterator of iterators) expect((await iterator.next()).done).toBe(true);
    });

    test('a reader that has gone already is given nothing', async () => {
      const { a } = await open();
      await speak(a);
      const reader = a.follow(ROOM, '0-0', AbortSignal.abort())[Symbol.asyncIterator]();
      expect((await reader.next()).done).toBe(true);
    });

    test('an `ended` entry reaches those who follow an erased room', async () => {
      const { a, b } = await open();
      const { key } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), []);
      const { cursor } = await b.history(ROOM, null, 1);
      const stop = new AbortController();
      const iterator = b.follow(ROOM, cursor, stop.signal)[Symbol.asyncIterator]();
      const [entry] = await Promise.all([take(iterator, 1), a.endRoom(ROOM, OWNER_SECRET, true)]);
      expect(entry).toMatchObject([{ type: 'ended', erased: true }]);
      stop.abort();
    });

    test('[INV4] a follower that does not keep up gets an error, not memory', async () => {
      const { a, b } = await open({ maxFollowerEntries: 5 });
      const { key } = await speak(a);
      const stop = new AbortController();
      const iterator = b.follow(ROOM, '0-0', stop.signal)[Symbol.asyncIterator]();
      const quick = b.follow(ROOM, '0-0', stop.signal)[Symbol.asyncIterator]();
      expect(await take(iterator, 1)).toHaveLength(1);
      expect(await take(quick, 1)).toHaveLength(1);
      const attached = Promise.all([take(iterator, 1), take(quick, 1)]);
      await a.storeFinal(key, final(key.session, 0), []);
      await attached;
      for (let segment = 1; segment <= 6; segment += 1) {
        const [seen] = await Promise.all([
          take(quick, 1),
          a.storeFinal(key, final(key.session, segment), []),
        ]);
        expect(seen.map(segmentOf)).toEqual([segment]);
      }
      await expectRefusal(iterator.next(), 'slow_viewer');
      expect((await iterator.next()).done).toBe(true);
      stop.abort();
      expect((await quick.next()).done).toBe(true);
    });

    test('[INV4] a node follows so many rooms at most, and a free place is given on', async () => {
      const { a, b } = await open({ maxFollowedRooms: 1 });
      await speak(a, { room: 'one' });
      await speak(a, { room: 'two' });
      const stop = new AbortController();
      const one = b.follow('one', '0-0', stop.signal)[Symbol.asyncIterator]();
      await take(one, 1);
      const waiting = one.next();
      const two = b.follow('two', '0-0', stop.signal)[Symbol.asyncIterator]();
      await take(two, 1);
      await expectRefusal(two.next(), 'server_busy');
      stop.abort();
      expect((await waiting).done).toBe(true);
      const later = new AbortController();
      const again = b.follow('two', '0-0', later.signal)[Symbol.asyncIterator]();
      await take(again, 1);
      const next = take(again, 1);
      await speak(a, { room: 'two' });
      expect(await next).toHaveLength(1);
      later.abort();
    });
  });

  describe('a closed store', () => {
    const open = closingClusters(openCluster);

    test('ends what is followed, refuses by name, and closes once more without harm', async () => {
      const { a } = await open();
      await speak(a);
      expect(a.healthy()).toBe(true);
      const iterator = a.follow(ROOM, '0-0', new AbortController().signal)[Symbol.asyncIterator]();
      await take(iterator, 1);
      const waiting = iterator.next();
      await Promise.all([a.close(), a.close()]);
      expect((await waiting).done).toBe(true);
      expect(a.healthy()).toBe(false);
      await expectRefusal(a.readRoom(ROOM), 'store_unavailable');
      await expectRefusal(a.history(ROOM, null, 1), 'store_unavailable');
    });
  });
}
