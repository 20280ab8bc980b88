import { expect, test, vi } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import { FakeTranslator } from '../fake/fake-translator.ts';
import type { CacheEntries } from './cache-entries.ts';
import { cacheFinals, TranslationCache } from './cache-finals.ts';

const hello = { text: 'Hello.', from: 'en', to: 'es', kind: 'final' } as const;

function entriesIn(kept = new Map<string, Buffer>()): CacheEntries {
  return {
    read: async (name) => kept.get(name) ?? null,
    write: async (name, entry) => {
      kept.set(name, entry);
    },
  };
}

function scene(entries: CacheEntries | null = entriesIn(), variant = 'one') {
  const cache = new TranslationCache();
  if (entries !== null) cache.attach(entries);
  const engine = new FakeTranslator({ name: 'far', quality: 'remote' });
  return { cache, engine, cached: cacheFinals(engine, cache, variant) };
}

test('[INV6] a final that was translated of late is not asked for again, by nobody', async () => {
  const entries = entriesIn();
  const { cache, engine, cached } = scene(entries);
  const first = await cached.translate(hello);
  expect(await cached.translate(hello)).toEqual(first);
  expect(first).toEqual({ text: '[es] Hello.', engine: 'far', quality: 'remote' });
  const other = scene(entries);
  expect(await other.cached.translate(hello)).toEqual(first);
  expect([engine.requests.length, other.engine.requests.length]).toEqual([1, 0]);
  expect(cache.stats).toEqual({ hits: 1, misses: 1 });
});

test('another text, language, engine or model is', async () => {
  const entries = entriesIn();
  const { engine, cached } = scene(entries);
  await cached.translate(hello);
  await cached.translate({ ...hello, text: 'Hello!' });
  await cached.translate({ ...hello, to: 'ca' });
  const other = scene(entries, 'two');
  await other.cached.translate(hello);
  expect([engine.requests.length, other.engine.requests.length]).toEqual([3, 1]);
});

test('partials are neither looked up nor kept, nor is what is very long or nothing', async () => {
  const kept = new Map<string, Buffer>();
  const { cache, cached } = scene(entriesIn(kept));
  await cached.translate({ ...hello, kind: 'partial' });
  await cached.translate({ ...hello, text: 'word '.repeat(1_000) });
  await cached.translate({ ...hello, text: ' ' });
  expect(kept.size).toBe(0);
  expect(cache.stats).toEqual({ hits: 0, misses: 0 });
});

test('a failure is not kept', async () => {
  const kept = new Map<string, Buffer>();
  const cache = new TranslationCache();
  cache.attach(entriesIn(kept));
  const failure = new AppError('translator_failed', 'Scripted.');
  const cached = cacheFinals(new FakeTranslator({ failure: () => failure }), cache, '');
  await expect(cached.translate(hello)).rejects.toBe(failure);
  expect(kept.size).toBe(0);
});

test.each<[string, CacheEntries | null]>([
  ['is not there yet', null],
  ['fails', { read: () => Promise.reject(new Error()), write: () => Promise.reject(new Error()) }],
  [
    'is silent',
    { read: () => new Promise(() => undefined), write: () => new Promise(() => undefined) },
  ],
  ['holds nonsense', { read: async () => Buffer.from('x'), write: async () => undefined }],
])('[INV5] a cache that %s is a miss', async (_, entries) => {
  const { cached } = scene(entries);
  await expect(cached.translate(hello)).resolves.toMatchObject({ text: '[es] Hello.' });
});

test('is otherwise the translator that it was', async () => {
  const { engine, cached } = scene();
  expect([cached.name, cached.quality]).toEqual(['far', 'remote']);
  expect(cached.targets('en')).toEqual(engine.targets('en'));
  expect(cached.route('en', 'fr')).toEqual({ via: ['ca'] });
  await expect(cached.translate({ ...hello, to: 'de' })).rejects.toMatchObject({
    code: 'language_unsupported',
  });
  const close = vi.spyOn(engine, 'close');
  await cached.translate(hello);
  await cached.close();
  expect(close).toHaveBeenCalledOnce();
  await expect(cached.translate(hello)).rejects.toMatchObject({ code: 'shutting_down' });
});
