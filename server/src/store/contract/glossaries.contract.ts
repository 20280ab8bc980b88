import { describe, expect, test } from 'vitest';
import type { Glossary } from '../../../../shared/glossary.ts';
import {
  closingClusters,
  expectRefusal,
  type OpenCluster,
  OWNER_SECRET,
  ROOM,
} from './cluster.contract.ts';

const opening = { room: ROOM, offers: ['en', 'es'], ownerSecret: OWNER_SECRET };
const TERMS: Glossary = [
  {
    language: 'en',
    term: 'Ada “Countess” Lovelace',
    heardAs: ['aided love lace'],
    translations: { es: 'Ada Lovelace — condesa', ja: 'エイダ🜁' },
    keep: true,
  },
];
const OTHER_TERMS: Glossary = [
  { language: 'en', term: 'Parlance', heardAs: [], translations: {}, keep: true },
];

export function glossariesContract(openCluster: OpenCluster): void {
  describe('glossaries', () => {
    const open = closingClusters(openCluster);

    test('what the owner sets on one node is read on the other', async () => {
      const { a, b } = await open();
      await a.openRoom(opening);
      const version = await a.setGlossary(ROOM, OWNER_SECRET, TERMS);
      expect(version).toBeGreaterThan(0);
      expect(await b.readGlossary(ROOM)).toEqual({ version, glossary: TERMS });
    });

    test('a room without one, and one that is not there, have an empty one', async () => {
      const { a } = await open();
      const none = { version: 0, glossary: [] };
      expect(await a.readGlossary(ROOM)).toEqual(none);
      await a.openRoom(opening);
      expect(await a.readGlossary(ROOM)).toEqual(none);
      expect(await a.readGlossary(ROOM, none)).toBe(none);
    });

    test('what is known is not sent again, and the same glossary is no change', async () => {
      const { a, b } = await open();
      await a.openRoom(opening);
      const first = await a.setGlossary(ROOM, OWNER_SECRET, TERMS);
      const known = await b.readGlossary(ROOM);
      expect(await b.readGlossary(ROOM, known)).toBe(known);
      expect(await a.setGlossary(ROOM, OWNER_SECRET, structuredClone(TERMS))).toBe(first);
      expect(await b.readGlossary(ROOM, known)).toBe(known);
      const second = await b.setGlossary(ROOM, OWNER_SECRET, OTHER_TERMS);
      expect(second).toBeGreaterThan(first);
      expect(await a.readGlossary(ROOM, known)).toEqual({ version: second, glossary: OTHER_TERMS });
      const third = await a.setGlossary(ROOM, OWNER_SECRET, []);
      expect(third).toBeGreaterThan(second);
      expect(await b.readGlossary(ROOM, known)).toEqual({ version: third, glossary: [] });
    });

    test('only the owner of a room that goes on sets it', async () => {
      const { a, b } = await open();
      await expectRefusal(a.setGlossary(ROOM, OWNER_SECRET, TERMS), 'room_not_found');
      await a.openRoom(opening);
      const version = await a.setGlossary(ROOM, OWNER_SECRET, TERMS);
      await expectRefusal(
        b.setGlossary(ROOM, 'another-secret-another', OTHER_TERMS),
        'not_room_owner',
      );
      await a.endRoom(ROOM, OWNER_SECRET, false);
      await expectRefusal(b.setGlossary(ROOM, OWNER_SECRET, OTHER_TERMS), 'room_ended');
      await expectRefusal(
        b.setGlossary(ROOM, 'another-secret-another', OTHER_TERMS),
        'not_room_owner',
      );
      // What was pending when the room ended is still translated with it.
      expect(await b.readGlossary(ROOM)).toEqual({ version, glossary: TERMS });
    });

    test.each([[false], [true]])(
      '[INV7] it is erased with the room (ended before: %s)',
      async (endedBefore) => {
        const { a, b } = await open();
        await a.openRoom(opening);
        await a.setGlossary(ROOM, OWNER_SECRET, TERMS);
        const known = await b.readGlossary(ROOM);
        if (endedBefore) await b.endRoom(ROOM, OWNER_SECRET, false);
        await b.endRoom(ROOM, OWNER_SECRET, true);
        expect(await a.readGlossary(ROOM, known)).toEqual({ version: 0, glossary: [] });
        await expectRefusal(a.setGlossary(ROOM, OWNER_SECRET, TERMS), 'room_ended');
      },
    );

    test('a later node finds it', async () => {
      const { a, join } = await open();
      await a.openRoom(opening);
      const version = await a.setGlossary(ROOM, OWNER_SECRET, TERMS);
      await a.close();
      expect(await (await join()).readGlossary(ROOM)).toEqual({ version, glossary: TERMS });
    });
  });
}
