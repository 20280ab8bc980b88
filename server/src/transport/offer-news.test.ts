import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import { OFFER_NEWS_INTERVAL_MS, OfferNews, type OfferReader } from './offer-news.ts';

const SPANISH: LanguageOffer = { language: 'es', engine: 'made', quality: 'neural', via: [] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function setUp(viewers: OfferReader[]) {
  const told: string[] = [];
  const asked: string[] = [];
  /** Rooms whose offers can not be read. */
  const away = new Set<string>();
  let held: Promise<void> | null = null;
  const news = new OfferNews({
    viewers,
    speakers: [{ tellOffers: () => told.push('speaker') }],
    offersIn: async (room) => {
      asked.push(room);
      await held;
      if (away.has(room)) throw new Error('Away.');
      return [SPANISH];
    },
    tellViewers: (room, languages) =>
      told.push(`${room}: ${languages.map(({ engine }) => engine).join()}`),
  });
  const hold = (): (() => void) => {
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  return { news, told, asked, away, hold };
}

const round = () => vi.advanceTimersByTimeAsync(OFFER_NEWS_INTERVAL_MS);

test('each room is asked about once, however many watch it, and speakers are told too', async () => {
  const { news, told, asked } = setUp([
    { room: 'a' },
    { room: 'a' },
    { room: null },
    { room: 'b' },
  ]);
  news.changed();
  expect(told).toEqual([]);
  await round();
  expect(told).toEqual(['speaker', 'a: made', 'b: made']);
  expect(asked).toEqual(['a', 'b']);
  await news.close();
});

test('[INV4] changes that come together are told together', async () => {
  const { news, told } = setUp([{ room: 'a' }]);
  for (let times = 0; times < 5; times += 1) news.changed();
  await round();
  expect(told).toHaveLength(2);
  await round();
  expect(told).toHaveLength(2);
  news.changed();
  await round();
  expect(told).toHaveLength(4);
  await news.close();
});

test('what changes while a round is under way is told in the next one', async () => {
  const { news, told, hold } = setUp([{ room: 'a' }]);
  const release = hold();
  news.changed();
  await round();
  news.changed();
  news.changed();
  release();
  await round();
  expect(told).toEqual(['speaker', 'a: made', 'speaker', 'a: made']);
  await news.close();
});

test('a room that can not be read keeps nothing from the others', async () => {
  const { news, told, away } = setUp([{ room: 'a' }, { room: 'b' }]);
  away.add('a');
  news.changed();
  await round();
  expect(told).toEqual(['speaker', 'b: made']);
  await news.close();
});

test('nothing is told once it is closed', async () => {
  const waiting = setUp([{ room: 'a' }]);
  waiting.news.changed();
  await waiting.news.close();
  waiting.news.changed();
  await round();
  expect(waiting.told).toEqual([]);

  const telling = setUp([{ room: 'a' }, { room: 'b' }]);
  const release = telling.hold();
  telling.news.changed();
  await round();
  const closed = telling.news.close();
  release();
  await closed;
  expect(telling.asked).toEqual(['a']);
});
