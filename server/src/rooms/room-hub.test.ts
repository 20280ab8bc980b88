import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemoryRecords } from '../store/memory/memory-records.ts';
import { createMemoryTranscriptStore } from '../store/memory/memory-transcript-store.ts';
import { FakeTranslator } from '../translation/fake/fake-translator.ts';
import { GlossaryShelf } from './glossary-shelf.ts';
import type { Seat } from './room-feed.ts';
import { DEMAND_REFRESH_MS, FEED_LINGER_MS, RoomHub } from './room-hub.ts';
import { TranslationDesk } from './translation-desk.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const seat = (): Seat => ({
  role: 'viewer',
  wants: () => true,
  deliver: () => undefined,
  lost: () => undefined,
});

/** A node whose hub tells which languages are wanted. */
function node(records: MemoryRecords, nodeId: string) {
  const store = createMemoryTranscriptStore({ records, nodeId });
  const events = { translated: () => undefined, failed: () => undefined };
  const desk = new TranslationDesk(store, new FakeTranslator(), events);
  const heard: string[][] = [];
  const glossary = new GlossaryShelf(store, []);
  const hub = new RoomHub(store, desk, glossary, 10, (languages) => heard.push([...languages]));
  const close = async () => {
    await hub.close();
    await desk.close();
    await store.close();
  };
  return { store, hub, glossary, heard, close };
}

test('what is read is told at once, again while it is, and of other nodes too', async () => {
  const records = new MemoryRecords();
  const [here, there] = [node(records, 'here'), node(records, 'there')];
  await here.store.openRoom({ room: 'r', offers: ['es', 'fr'], ownerSecret: 's'.repeat(32) });
  await here.hub.join('r', seat(), ['es'], null);
  expect(here.heard).toEqual([['es']]);
  await there.hub.join('r', seat(), ['fr'], null);

  await vi.advanceTimersByTimeAsync(DEMAND_REFRESH_MS);
  expect(here.heard.slice(1).map((languages) => languages.sort())).toEqual([['es', 'fr']]);
  await here.close();
  await there.close();
  const { length } = here.heard;
  await vi.advanceTimersByTimeAsync(DEMAND_REFRESH_MS * 2);
  expect(here.heard).toHaveLength(length);
  expect(vi.getTimerCount()).toBe(0);
});

test('a room’s glossary is at hand while the room is served, at most a refresh old', async () => {
  const records = new MemoryRecords();
  const [here, there] = [node(records, 'here'), node(records, 'there')];
  const ownerSecret = 's'.repeat(32);
  await here.store.openRoom({ room: 'r', offers: ['es'], ownerSecret });
  const terms = (term: string) => [
    { language: 'en', term, heardAs: [], translations: {}, keep: true },
  ];
  await there.glossary.replace('r', ownerSecret, terms('Ada'));
  const reader = seat();
  await here.hub.join('r', reader, ['es'], null);
  expect(here.glossary.ownGlossary('r')).toEqual(terms('Ada'));
  await there.glossary.replace('r', ownerSecret, terms('Grace'));
  await vi.advanceTimersByTimeAsync(DEMAND_REFRESH_MS);
  expect(here.glossary.ownGlossary('r')).toEqual(terms('Grace'));
  here.hub.leave('r', reader);
  await vi.advanceTimersByTimeAsync(DEMAND_REFRESH_MS);
  expect(here.glossary.ownGlossary('r')).toEqual(terms('Grace'));
  await vi.advanceTimersByTimeAsync(FEED_LINGER_MS);
  expect(here.glossary.ownGlossary('r')).toEqual([]);

  await here.hub.join('r', reader, ['es'], null);
  await here.close();
  expect(here.glossary.ownGlossary('r')).toEqual([]);
  await there.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('[INV6] a session that moves here knows at once what readers on other nodes read', async () => {
  const records = new MemoryRecords();
  const [here, there] = [node(records, 'here'), node(records, 'there')];
  await here.store.openRoom({ room: 'r', offers: ['es'], ownerSecret: 's'.repeat(32) });
  await there.hub.join('r', seat(), ['es'], null);
  await here.hub.join('r', { ...seat(), role: 'speaker' }, [], null);
  expect(here.hub.wanted('r')).toEqual(['es']);
  await here.close();
  await there.close();
});
