import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { FakeTranslator, type FakeTranslatorOptions } from './fake/fake-translator.ts';
import { createNoneTranslator } from './none/none-translator.ts';
import { TranslatorRouter } from './translator-router.ts';

const hello = { text: 'Hello.', from: 'en', to: 'es', kind: 'final' } as const;
const failing = (code: ErrorCode) => () => new AppError(code, 'Scripted.');

function fake(name: string, options: FakeTranslatorOptions = {}): FakeTranslator {
  return new FakeTranslator({ name, ...options });
}

describe('TranslatorRouter', () => {
  it('asks the first that has the pair', async () => {
    const router = new TranslatorRouter([
      fake('a', { routes: { 'en-fr': [] } }),
      fake('b'),
      fake('c'),
    ]);
    await expect(router.translate(hello)).resolves.toMatchObject({ engine: 'b' });
    await expect(router.translate({ ...hello, to: 'fr' })).resolves.toMatchObject({ engine: 'a' });
  });

  it('prefers a direct pair to a way round among equals, whatever their order', async () => {
    const router = new TranslatorRouter([
      fake('round', { routes: { 'en-fr': ['es'] } }),
      fake('direct', { routes: { 'en-fr': [] } }),
    ]);
    expect(router.route('en', 'fr')).toEqual({ via: [] });
    await expect(router.translate({ ...hello, to: 'fr' })).resolves.toMatchObject({
      engine: 'direct',
    });
  });

  it('keeps the order of preference between different qualities', async () => {
    const router = new TranslatorRouter([
      fake('neural', { quality: 'neural', routes: { 'es-fr': ['en'] } }),
      fake('rules', { quality: 'basic', routes: { 'es-fr': [] } }),
    ]);
    expect(router.route('es', 'fr')).toEqual({ via: ['en'] });
    await expect(router.translate({ ...hello, from: 'es', to: 'fr' })).resolves.toMatchObject({
      engine: 'neural',
      quality: 'neural',
    });
  });

  it.each(['translator_failed', 'server_busy', 'model_damaged'] as const)(
    'falls to the next one after %s',
    async (code) => {
      const first = fake('first', { failure: failing(code) });
      const router = new TranslatorRouter([first, fake('second')]);
      await expect(router.translate(hello)).resolves.toMatchObject({ engine: 'second' });
      expect(first.requests).toHaveLength(1);
    },
  );

  it('[INV8] leaves a partial out while the first one is busy', async () => {
    const second = fake('second');
    const router = new TranslatorRouter([
      fake('first', { failure: failing('server_busy') }),
      second,
    ]);
    await expect(router.translate({ ...hello, kind: 'partial' })).rejects.toMatchObject({
      code: 'server_busy',
    });
    expect(second.requests).toEqual([]);
  });

  it('gives the last error when all fail', async () => {
    const last = new AppError('translator_failed', 'The last one.');
    const router = new TranslatorRouter([
      fake('a', { failure: failing('server_busy') }),
      fake('b', { failure: () => last }),
    ]);
    await expect(router.translate(hello)).rejects.toBe(last);
  });

  it('does not hide other errors behind the next translator', async () => {
    const second = fake('second');
    const router = new TranslatorRouter([fake('first', { failure: failing('internal') }), second]);
    await expect(router.translate(hello)).rejects.toMatchObject({ code: 'internal' });
    expect(second.requests).toEqual([]);
  });

  it('asks nobody else once the caller has given up', async () => {
    const stop = new AbortController();
    const reason = new Error('gone');
    const second = fake('second');
    const first = fake('first', {
      failure: () => {
        stop.abort(reason);
        return new AppError('translator_failed', 'Scripted.');
      },
    });
    const router = new TranslatorRouter([first, second]);
    await expect(router.translate({ ...hello, signal: stop.signal })).rejects.toBe(reason);
    expect(second.requests).toEqual([]);
  });

  it('refuses a pair that nobody has by name', async () => {
    const router = new TranslatorRouter([createNoneTranslator(), fake('a')]);
    expect(router.route('en', 'de')).toBeNull();
    await expect(router.translate({ ...hello, to: 'de' })).rejects.toMatchObject({
      code: 'language_unsupported',
      message: expect.stringContaining('en to de'),
    });
  });

  it('offers every target once, the better quality first, then by name', () => {
    const router = new TranslatorRouter([
      fake('neural', { quality: 'neural', routes: { 'en-es': [], 'en-de': ['fr'] } }),
      fake('rules', { routes: { 'en-es': [], 'en-gl': [], 'en-ca': [], 'en-fr': ['ca'] } }),
    ]);
    expect(router.targets('en')).toEqual(['ca', 'de', 'es', 'fr', 'gl']);
    expect(router.offers('en')).toEqual([
      { language: 'de', engine: 'neural', quality: 'neural', via: ['fr'] },
      { language: 'es', engine: 'neural', quality: 'neural', via: [] },
      { language: 'ca', engine: 'rules', quality: 'basic', via: [] },
      { language: 'fr', engine: 'rules', quality: 'basic', via: ['ca'] },
      { language: 'gl', engine: 'rules', quality: 'basic', via: [] },
    ]);
    expect(router.offers('xx')).toEqual([]);
  });

  it('is called after its parts and as good as the best of them', () => {
    const router = new TranslatorRouter([fake('rules'), fake('n', { quality: 'neural' })]);
    expect(router.name).toBe('rules+n');
    expect(router.quality).toBe('neural');
    const empty = new TranslatorRouter([]);
    expect(empty.name).toBe('none');
    expect(empty.quality).toBe('none');
    expect(empty.offers('en')).toEqual([]);
  });

  it('closes all of them, also twice', async () => {
    const parts = [fake('a'), fake('b')];
    const router = new TranslatorRouter(parts);
    await Promise.all([router.close(), router.close()]);
    expect(parts.map(({ closed }) => closed)).toEqual([true, true]);
    await expect(router.translate(hello)).rejects.toMatchObject({ code: 'shutting_down' });
  });
});
