import { afterEach, expect, test, vi } from 'vitest';
import type { FinalCaption } from '../../../shared/captions.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Translator } from '../translation/translator.ts';
import { type DeskStore, MAX_DESK_JOBS, TranslationDesk } from './translation-desk.ts';

const source = (segment: number): FinalCaption => ({
  session: 'session-1',
  segment,
  language: 'en',
  sourceLanguage: 'en',
  text: `sentence ${segment}`,
  startMs: 0,
  endMs: 20,
  startSeq: segment,
  endSeq: segment + 1,
  storedAt: 0,
  engine: 'scripted',
  quality: 'none',
});

function scriptedTranslator(work: (text: string) => Promise<string>): Translator {
  return {
    name: 'scripted',
    quality: 'basic',
    route: () => ({ via: [] }),
    targets: () => ['es'],
    translate: async ({ text }) => ({
      text: await work(text),
      engine: 'scripted',
      quality: 'basic',
    }),
    close: () => Promise.resolve(),
  };
}

function scriptedStore(fail: (caption: FinalCaption) => AppError | null = () => null) {
  const stored: FinalCaption[] = [];
  const pending: FinalCaption[] = [];
  const released: number[] = [];
  const store: DeskStore = {
    storeTranslation: (_room, caption) => {
      const error = fail(caption);
      if (error !== null) return Promise.reject(error);
      stored.push(caption);
      return Promise.resolve();
    },
    releaseClaims: (_room, claims) => {
      released.push(...claims.map((claim) => claim.source.segment));
      return Promise.resolve();
    },
    claimPending: (_room, limit) =>
      Promise.resolve(pending.splice(0, limit).map((at) => ({ source: at, language: 'es' }))),
  };
  return { store, stored, pending, released };
}

const quiet = { translated: () => undefined, failed: () => undefined };
const settle = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => void vi.useRealTimers());

test("[INV3] one session's sentences are translated in their order", async () => {
  const { store, stored } = scriptedStore();
  const release: (() => void)[] = [];
  const translator = scriptedTranslator(
    (text) => new Promise((resolve) => release.push(() => resolve(`es:${text}`))),
  );
  const desk = new TranslationDesk(store, translator, quiet);
  for (const segment of [0, 1]) desk.enqueue('room', source(segment), 'es');
  await settle();
  expect(release).toHaveLength(1);
  release[0]?.();
  await settle();
  release[1]?.();
  await settle();
  expect(stored.map((caption) => caption.text)).toEqual(['es:sentence 0', 'es:sentence 1']);
  expect(stored[0]).toMatchObject({ language: 'es', engine: 'scripted', quality: 'basic' });
});

test('what no engine can translate is stored as the original with a notice', async () => {
  const { store, stored } = scriptedStore();
  const desk = new TranslationDesk(
    store,
    scriptedTranslator(() => Promise.reject(new AppError('translator_failed', 'No.'))),
    quiet,
  );
  desk.enqueue('room', source(0), 'es');
  await settle();
  expect(stored[0]).toMatchObject({
    language: 'es',
    text: 'sentence 0',
    quality: 'none',
    notice: 'untranslated',
  });
});

test('a busy translator is asked again, and not for ever', async () => {
  const { store, stored } = scriptedStore();
  const busy = () => new AppError('server_busy', 'Full.', { retryAfterMs: 1 });
  let tries = 0;
  const soonFree = scriptedTranslator((text) => {
    tries += 1;
    return tries < 3 ? Promise.reject(busy()) : Promise.resolve(`es:${text}`);
  });
  new TranslationDesk(store, soonFree, quiet).enqueue('room', source(0), 'es');
  await expect.poll(() => stored.at(0)?.text).toBe('es:sentence 0');
  const neverFree = scriptedTranslator(() => Promise.reject(busy()));
  new TranslationDesk(store, neverFree, quiet).enqueue('room', source(1), 'es');
  await expect.poll(() => stored.at(1)?.notice).toBe('untranslated');
});

test('a translation outlives an outage of the store', async () => {
  let tries = 0;
  const { store, stored } = scriptedStore(() => {
    tries += 1;
    return tries === 1 ? new AppError('store_unavailable', 'Away.') : null;
  });
  const desk = new TranslationDesk(
    store,
    scriptedTranslator((text) => Promise.resolve(text)),
    quiet,
    { storeRetryMs: 1 },
  );
  desk.enqueue('room', source(0), 'es');
  await expect.poll(() => stored.length).toBe(1);
});

test('the time of a translation begins when it waits, and no original counts as one', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { store } = scriptedStore();
  const times: number[] = [];
  const lags: (readonly [string, number])[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const desk = new TranslationDesk(
    store,
    scriptedTranslator(async (text) => {
      await held;
      if (text === 'sentence 2') throw new AppError('translator_failed', 'No.');
      return text;
    }),
    {
      translated: (_, durationMs) => times.push(durationMs),
      stored: (engine, lagMs) => lags.push([engine, lagMs]),
      failed: () => undefined,
    },
  );
  for (const segment of [0, 1, 2]) desk.enqueue('room', source(segment), 'es', performance.now());
  vi.advanceTimersByTime(5_000);
  release();
  await desk.settled();
  // The second had nothing to do but to wait for the first.
  expect(times).toEqual([5_000, 5_000]);
  expect(lags).toEqual([
    ['scripted', 5_000],
    ['scripted', 5_000],
  ]);
});

test('what the store refuses is stored as the original, so that nothing behind it waits', async () => {
  const { store, stored } = scriptedStore((caption) =>
    caption.notice === undefined ? new AppError('invalid_message', 'Too long.') : null,
  );
  const translator = scriptedTranslator((text) => Promise.resolve(text.repeat(10_000)));
  new TranslationDesk(store, translator, quiet).enqueue('room', source(0), 'es');
  await expect
    .poll(() => stored.at(0))
    .toMatchObject({ text: 'sentence 0', notice: 'untranslated' });
});

test('[INV4] beyond the limit claims are given back to whoever takes them next', async () => {
  const { store, released } = scriptedStore();
  const desk = new TranslationDesk(
    store,
    scriptedTranslator(() => new Promise(() => undefined)),
    quiet,
  );
  for (let segment = 0; segment < MAX_DESK_JOBS + 10; segment += 1) {
    desk.enqueue('room', source(segment), 'es');
  }
  expect(desk.jobs).toBe(MAX_DESK_JOBS);
  expect(released).toHaveLength(10);
});

test('a sweep claims everything that is pending', async () => {
  const { store, stored, pending } = scriptedStore();
  for (let segment = 0; segment < 120; segment += 1) pending.push(source(segment));
  const desk = new TranslationDesk(
    store,
    scriptedTranslator((text) => Promise.resolve(text)),
    quiet,
  );
  await desk.sweep('room');
  await expect.poll(() => stored.length).toBe(120);
  expect(desk.jobs).toBe(0);
});

test('closing gives back what waits and stores nothing afterwards', async () => {
  const { store, stored, released } = scriptedStore();
  let finish = () => {};
  const desk = new TranslationDesk(
    store,
    scriptedTranslator(
      (text) =>
        new Promise((resolve) => {
          finish = () => resolve(text);
        }),
    ),
    quiet,
  );
  for (const segment of [0, 1]) desk.enqueue('room', source(segment), 'es');
  await settle();
  const closed = desk.close();
  finish();
  await closed;
  expect(stored).toEqual([]);
  expect(released).toEqual([0, 1]);
});

test('terms go with each final, as they stand when it is translated', async () => {
  const { store, stored } = scriptedStore();
  const asked: unknown[] = [];
  const translator: Translator = {
    ...scriptedTranslator((text) => Promise.resolve(text)),
    translate: ({ text, terms = 'none' }) => {
      asked.push(terms);
      return Promise.resolve({ text, engine: 'scripted', quality: 'basic' });
    },
  };
  const rules = [[{ term: 'Ada', translation: 'Ada' }], []];
  const told: string[] = [];
  const glossary = {
    termsFor: (...place: string[]) => {
      told.push(place.join(' '));
      return Promise.resolve(rules.shift() ?? []);
    },
  };
  const desk = new TranslationDesk(store, translator, quiet, { glossary });
  desk.enqueue('room', source(0), 'es');
  desk.enqueue('room', source(1), 'es');
  await expect.poll(() => stored.length).toBe(2);
  expect(told).toEqual(['room en es', 'room en es']);
  expect(asked).toEqual([[{ term: 'Ada', translation: 'Ada' }], 'none']);
});

test('times of words stay with the words that were said', async () => {
  const { store, stored } = scriptedStore();
  const translator = scriptedTranslator((text) =>
    text.endsWith('0') ? Promise.resolve('dicho') : Promise.reject(new Error('failed')),
  );
  const desk = new TranslationDesk(store, translator, quiet);
  for (const segment of [0, 1]) {
    desk.enqueue('room', { ...source(segment), wordTimes: [[0, 10]] }, 'es');
  }
  await settle();
  await settle();
  expect(stored.map(({ text }) => text)).toEqual(['dicho', 'sentence 1']);
  for (const caption of stored) expect(caption).not.toHaveProperty('wordTimes');
});
