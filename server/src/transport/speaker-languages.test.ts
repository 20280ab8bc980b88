import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import { storeUnavailable } from '../store/store-checks.ts';
import { CHANGE_INTERVAL_MS } from './paced-changes.ts';
import { SpeakerLanguages } from './speaker-languages.ts';
import { SpeakerSeat } from './speaker-seat.ts';

const OFFERS: readonly LanguageOffer[] = ['en', 'es', 'ca'].map((language) => ({
  language,
  engine: 'scripted',
  quality: 'basic',
  via: [],
}));

let seat: SpeakerSeat;
let languages: SpeakerLanguages;
const hub = { read: vi.fn() };
const store = { setLanguages: vi.fn() };
const tellLanguages = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  seat = new SpeakerSeat(
    's',
    'en',
    ['es'],
    () => undefined,
    () => undefined,
  );
  const parts = {
    ...{ hub, store, tellLanguages, recognizable: ['en'] },
    engines: {
      translator: {
        route: (_from: string, to: string) => (to === 'xx' ? null : { via: [] }),
        targets: () => ['es', 'ca'],
      },
    },
    offers: () => OFFERS,
  };
  languages = new SpeakerLanguages(parts as never, { room: 'r', language: 'en', seat });
});
afterEach(() => {
  languages.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test('a change is kept, read and told to the room', async () => {
  expect(await languages.change({ offers: ['ca'], reads: ['ca'] })).toEqual({ languages: OFFERS });
  expect(hub.read).toHaveBeenCalledWith('r', seat, ['ca']);
  expect(store.setLanguages).toHaveBeenCalledWith('r', ['ca']);
  expect(tellLanguages).toHaveBeenCalledWith('r', [OFFERS[0], OFFERS[2]]);
  expect(seat.reads).toEqual(['ca']);
});

test('[INV4] of many at once the newest is made, and all are answered', async () => {
  const asked = Array.from({ length: 500 }, (_, at) =>
    languages.change({ offers: at === 499 ? ['ca'] : ['es'], reads: [] }),
  );
  await vi.advanceTimersByTimeAsync(CHANGE_INTERVAL_MS);
  expect((await Promise.all(asked)).every((answer) => answer.languages === OFFERS)).toBe(true);
  expect(store.setLanguages.mock.calls).toEqual([
    ['r', ['es']],
    ['r', ['ca']],
  ]);
  expect(tellLanguages).toHaveBeenCalledTimes(2);
});

test('what nobody can translate is refused at once, and takes no turn', async () => {
  const unknown = languages.change({ offers: ['xx'], reads: [] });
  await expect(unknown).rejects.toMatchObject({ code: 'language_unsupported' });
  await languages.change({ offers: ['es'], reads: [] });
  expect(store.setLanguages).toHaveBeenCalledTimes(1);
});

test('what the store refuses changes nothing for the speaker', async () => {
  hub.read.mockRejectedValueOnce(storeUnavailable('away'));
  const refused = languages.change({ offers: ['ca'], reads: ['ca'] });
  await expect(refused).rejects.toMatchObject({ code: 'store_unavailable' });
  expect(seat.reads).toEqual(['es']);
  expect(tellLanguages).not.toHaveBeenCalled();
});
