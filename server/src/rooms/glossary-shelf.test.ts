import { expect, test } from 'vitest';
import type { Glossary } from '../../../shared/glossary.ts';
import { MemoryRecords } from '../store/memory/memory-records.ts';
import { createMemoryTranscriptStore } from '../store/memory/memory-transcript-store.ts';
import type { TranscriptStore } from '../store/transcript-store.ts';
import { GlossaryShelf, type GlossaryStore } from './glossary-shelf.ts';

const OWNER = 'owner-secret-owner-secret';
const keeping = (...terms: string[]): Glossary =>
  terms.map((term) => ({ language: 'en', term, heardAs: [], translations: {}, keep: true }));
const kept = (...terms: string[]) => terms.map((term) => ({ term, translation: term }));

/** A room in a store that two nodes share. */
async function sharedRoom(deployment: Glossary = []) {
  const records = new MemoryRecords();
  const store = createMemoryTranscriptStore({ records });
  await store.openRoom({ room: 'r', offers: [], ownerSecret: OWNER });
  const asked: string[] = [];
  const watched: GlossaryStore = {
    setGlossary: (room, secret, glossary) => store.setGlossary(room, secret, glossary),
    readGlossary: (room, known) => {
      asked.push(room);
      return store.readGlossary(room, known);
    },
  };
  const told: string[] = [];
  const here = new GlossaryShelf(watched, deployment, (room) => told.push(room));
  const there = new GlossaryShelf(createMemoryTranscriptStore({ records }), deployment);
  return { records, store, here, there, asked, told };
}

test('a held room is read once, and again when it is refreshed', async () => {
  const { here, there, asked } = await sharedRoom();
  await Promise.all([here.hold('r'), here.hold('r')]);
  expect(await here.termsFor('r', 'en', 'es')).toEqual([]);
  expect(asked).toEqual(['r']);
  await there.replace('r', OWNER, keeping('Ada'));
  expect(await here.termsFor('r', 'en', 'es')).toEqual([]);
  await here.refresh('r');
  expect(await here.termsFor('r', 'en', 'es')).toEqual(kept('Ada'));
  expect(here.knownTerms('r', 'en', 'es')).toBe(await here.termsFor('r', 'en', 'es'));
  const before = here.spokenTerms('r', 'en');
  await here.refresh('r');
  expect(here.spokenTerms('r', 'en')).toBe(before);
  expect(asked).toHaveLength(3);
});

test('a change applies at once where it was made, and the other nodes are told', async () => {
  const { here, told } = await sharedRoom();
  await here.hold('r');
  await here.replace('r', OWNER, keeping('Ada'));
  const first = here.spokenTerms('r', 'en');
  expect(first.entries).toEqual(keeping('Ada'));
  await here.replace('r', OWNER, keeping('Grace'));
  expect(here.knownTerms('r', 'en', 'es')).toEqual(kept('Grace'));
  expect(here.spokenTerms('r', 'en').version).not.toBe(first.version);
  expect(here.ownGlossary('r')).toEqual(keeping('Grace'));
  expect(told).toEqual(['r', 'r']);
});

test('what the store refuses changes nothing and is told to nobody', async () => {
  const { here, told } = await sharedRoom();
  await here.hold('r');
  await expect(here.replace('r', 'x'.repeat(24), keeping('Ada'))).rejects.toMatchObject({
    code: 'not_room_owner',
  });
  expect(here.knownTerms('r', 'en', 'es')).toEqual([]);
  expect(told).toEqual([]);
});

test("the deployment's terms hold in every room, the room's own before them", async () => {
  const { here } = await sharedRoom(keeping('Babbage', 'Ada'));
  await here.hold('r');
  expect(here.knownTerms('r', 'en', 'es')).toEqual(kept('Babbage', 'Ada'));
  await here.replace('r', OWNER, [
    { language: 'en', term: 'ada', heardAs: [], translations: { es: 'la condesa' }, keep: false },
  ]);
  expect(here.knownTerms('r', 'en', 'es')).toEqual([
    { term: 'ada', translation: 'la condesa' },
    ...kept('Babbage'),
  ]);
  expect(here.ownGlossary('r')).toHaveLength(1);
  expect(here.knownTerms('elsewhere', 'en', 'es')).toEqual(kept('Babbage', 'Ada'));
});

test('[INV5] while the store is away, translation goes on with what was known', async () => {
  const { records, here } = await sharedRoom(keeping('Babbage'));
  await here.hold('r');
  await here.replace('r', OWNER, keeping('Ada'));
  records.available = false;
  await here.refresh('r');
  expect(await here.termsFor('r', 'en', 'es')).toEqual(kept('Ada', 'Babbage'));
  await here.hold('new');
  expect(await here.termsFor('new', 'en', 'es')).toEqual(kept('Babbage'));
  expect(await here.termsFor('not-held', 'en', 'es')).toEqual(kept('Babbage'));
  records.available = true;
  expect(await here.termsFor('r', 'en', 'es')).toEqual(kept('Ada', 'Babbage'));
});

test('[INV4] nothing is kept of a room that is let go, or was never held', async () => {
  const { here, there, asked } = await sharedRoom();
  await there.replace('r', OWNER, keeping('Ada'));
  expect(await here.termsFor('r', 'en', 'es')).toEqual(kept('Ada'));
  expect(here.ownGlossary('r')).toEqual([]);
  await here.hold('r');
  expect(here.ownGlossary('r')).toEqual(keeping('Ada'));
  here.letGo('r');
  expect(here.spokenTerms('r', 'en').entries).toEqual([]);
  const { length } = asked;
  await here.refresh('r');
  expect(asked).toHaveLength(length);
  expect(await here.termsFor('r', 'en', 'es')).toEqual(kept('Ada'));
});

test('[INV7] an erased room’s terms are gone after the next refresh', async () => {
  const { store, here } = await sharedRoom();
  await here.hold('r');
  await here.replace('r', OWNER, keeping('Ada'));
  await store.endRoom('r', OWNER, true);
  await here.refresh('r');
  expect(here.ownGlossary('r')).toEqual([]);
  expect(here.knownTerms('r', 'en', 'es')).toEqual([]);
});

test('an answer that comes after a newer one is ignored', async () => {
  const late: ((stored: Awaited<ReturnType<TranscriptStore['readGlossary']>>) => void)[] = [];
  const slow: GlossaryStore = {
    setGlossary: () => Promise.resolve(20),
    readGlossary: () => new Promise((resolve) => late.push(resolve)),
  };
  const shelf = new GlossaryShelf(slow, []);
  const held = shelf.hold('r');
  await shelf.replace('r', OWNER, keeping('New'));
  late.shift()?.({ version: 10, glossary: keeping('Old') });
  await held;
  expect(await shelf.termsFor('r', 'en', 'es')).toEqual(kept('New'));
});
