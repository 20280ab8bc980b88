import { describe, expect, test } from 'vitest';
import {
  closingClusters,
  entriesOf,
  expectRefusal,
  final,
  type OpenCluster,
  OTHER_INSTANCE,
  OWNER_SECRET,
  ROOM,
  speak,
  speaking,
  translated,
} from './cluster.contract.ts';

const opening = { room: ROOM, offers: ['en', 'es'], ownerSecret: OWNER_SECRET };

export function roomsContract(openCluster: OpenCluster): void {
  describe('rooms', () => {
    const open = closingClusters(openCluster);

    test('a room is created once, and its creator owns it', async () => {
      const { a, b } = await open();
      expect(await a.openRoom(opening)).toEqual({ created: true, owned: true });
      expect(await b.openRoom(opening)).toEqual({ created: false, owned: true });
      const stranger = { ...opening, ownerSecret: 'another-secret-another' };
      expect(await b.openRoom(stranger)).toEqual({ created: false, owned: false });
    });

    test('the state of a room is the same for every node', async () => {
      const { a, b } = await open();
      expect(await b.readRoom(ROOM)).toBeNull();
      const { key } = await speak(a, { speakerName: 'Grace “G” Hopper / 🜁' });
      await a.setLanguages(ROOM, ['en', 'ca']);
      expect(await b.readRoom(ROOM)).toEqual({
        room: ROOM,
        offers: ['en', 'ca'],
        ended: false,
        speakers: [
          { session: key.session, name: 'Grace “G” Hopper / 🜁', language: 'en', live: true },
        ],
      });
    });

    test('languages of a room that is not there or has ended cannot be set', async () => {
      const { a } = await open();
      await expectRefusal(a.setLanguages(ROOM, ['en']), 'room_not_found');
      await a.openRoom(opening);
      await a.endRoom(ROOM, OWNER_SECRET, false);
      await expectRefusal(a.setLanguages(ROOM, ['en']), 'room_ended');
    });

    test('only the owner ends a room', async () => {
      const { a } = await open();
      await expectRefusal(a.endRoom(ROOM, OWNER_SECRET, false), 'room_not_found');
      await a.openRoom(opening);
      await expectRefusal(a.endRoom(ROOM, 'another-secret-another', true), 'not_room_owner');
      expect((await a.readRoom(ROOM))?.ended).toBe(false);
    });

    test('an ended room keeps its record, ends its sessions and takes no new ones', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), []);
      await b.endRoom(ROOM, OWNER_SECRET, false);
      await b.endRoom(ROOM, OWNER_SECRET, false);
      expect((await entriesOf(a)).map((entry) => entry.type)).toEqual([
        'speaker',
        'final',
        'speaker',
        'ended',
      ]);
      expect((await a.readRoom(ROOM))?.speakers[0]?.live).toBe(false);
      await expectRefusal(a.storeFinal(key, final(key.session, 1), []), 'room_ended');
      await expectRefusal(a.createSession(speaking()), 'room_ended');
      await expectRefusal(a.takeSession(request), 'room_ended');
      await expectRefusal(a.openRoom(opening), 'room_ended');
      expect(await a.renewLease(key)).toBe(false);
      await a.endSession(key);
    });

    test('what was pending when a room ended is still translated', async () => {
      const { a } = await open();
      const { key } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), ['es']);
      await a.endRoom(ROOM, OWNER_SECRET, false);
      await a.storeTranslation(ROOM, translated(final(key.session, 0), 'es'));
      expect((await entriesOf(a)).at(-1)).toMatchObject({ caption: { language: 'es' } });
    });

    test.each([[false], [true]])(
      'erasing leaves one entry that says so (ended before: %s)',
      async (endedBefore) => {
        const { a, b } = await open();
        const { key } = await speak(a);
        await a.storeFinal(key, final(key.session, 0), ['es', 'ca']);
        await a.storeFinal(key, final(key.session, 1), ['es', 'ca']);
        await a.storeTranslation(ROOM, translated(final(key.session, 1), 'es'));
        if (endedBefore) await b.endRoom(ROOM, OWNER_SECRET, false);
        const before = await a.history(ROOM, null, 10);
        await b.endRoom(ROOM, OWNER_SECRET, true);
        const history = await a.history(ROOM, before.cursor, 10);
        expect(history.entries).toMatchObject([{ type: 'ended', erased: true }]);
        expect(await a.history(ROOM, null, 10)).toEqual(history);
        expect(await a.readRoom(ROOM)).toEqual({
          room: ROOM,
          offers: [],
          ended: true,
          speakers: [],
        });
      },
    );

    test('nothing that is stored late brings an erased room back', async () => {
      const { a, b } = await open();
      const { key, request } = await speak(a);
      await a.storeFinal(key, final(key.session, 0), ['es']);
      await b.endRoom(ROOM, OWNER_SECRET, true);
      await a.storeTranslation(ROOM, translated(final(key.session, 0), 'es'));
      await expectRefusal(a.storeFinal(key, final(key.session, 1), ['es']), 'room_ended');
      await expectRefusal(
        a.storeGap(key, { session: key.session, fromSeq: 0, toSeq: 5 }),
        'room_ended',
      );
      await expectRefusal(a.advanceAck(key, 500), 'room_ended');
      await expectRefusal(a.takeSession({ ...request, instance: OTHER_INSTANCE }), 'room_ended');
      expect(await a.requestTranslations(ROOM, 'ca')).toBe(0);
      expect(await a.claimPending(ROOM, 10)).toEqual([]);
      expect(await entriesOf(a)).toHaveLength(1);
      await b.endRoom(ROOM, OWNER_SECRET, true);
      expect(await entriesOf(a)).toHaveLength(1);
    });
  });
}
