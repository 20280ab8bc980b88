import { expect, test } from 'vitest';
import type { PartialCaption } from '../../../shared/captions.ts';
import type { Translation, TranslationRoute, Translator } from '../translation/translator.ts';
import { PartialTranslation } from './partial-translation.ts';

const partial = (text: string, stableLength: number, segment = 0): PartialCaption => ({
  session: 's',
  segment,
  language: 'en',
  sourceLanguage: 'en',
  text,
  stableLength,
  revision: 1,
  epoch: 1,
  startMs: 0,
  endMs: 1000,
  engine: 'scripted',
});

const ROUTES: Readonly<Record<string, TranslationRoute>> = {
  es: { via: [] },
  ca: { via: [] },
  fr: { via: [] },
  it: { via: [] },
  paid: { via: [], finalsOnly: true },
};

/** Answers each translation when the test says so. */
function steppedTranslator() {
  const asked: string[] = [];
  const answer: ((text: string) => void)[] = [];
  const translator: Translator = {
    name: 'stepped',
    quality: 'basic',
    route: (_from, to) => ROUTES[to] ?? null,
    targets: () => ['es'],
    translate: ({ text, to }) => {
      asked.push(`${to}: ${text}`);
      return new Promise((resolve, reject) => {
        answer.push((translated) => {
          if (translated === '') reject(new Error('failed'));
          else resolve({ text: translated, engine: 'stepped', quality: 'basic' });
        });
      });
    },
    close: () => Promise.resolve(),
  };
  const shown: PartialCaption[] = [];
  const partials = new PartialTranslation(translator, (caption) => shown.push(caption));
  const reply = async (text: string): Promise<void> => {
    answer.shift()?.(text);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { partials, asked, shown, reply };
}

test('only committed words are translated, and all but the last of their translation stay', async () => {
  const { partials, asked, shown, reply } = steppedTranslator();
  partials.offer(partial('one two thr', 'one two'.length), ['es']);
  await reply('uno dos');
  partials.offer(partial('one two three four fi', 'one two three four'.length), ['es']);
  await reply('uno dos tres cuatro');
  expect(asked).toEqual(['es: one two', 'es: one two three four']);
  expect(shown.map(({ text, stableLength }) => [text, stableLength])).toEqual([
    ['uno dos', 0],
    ['uno dos tres cuatro', 'uno dos'.length],
  ]);
  expect(shown[1]).toMatchObject({ language: 'es', engine: 'stepped', sourceLanguage: 'en' });
});

test('what was committed stays, even when a later translation has it otherwise', async () => {
  const { partials, shown, reply } = steppedTranslator();
  const translations = ['el perro come', 'el can come carne', 'el perro come carne y pan'];
  for (const [index, translation] of translations.entries()) {
    const text = 'a b '.repeat(index + 1).trim();
    partials.offer(partial(text, text.length), ['es']);
    await reply(translation);
  }
  expect(shown.map(({ text, stableLength }) => text.slice(0, stableLength))).toEqual([
    'el',
    'el can',
    'el can',
  ]);
  expect(shown.at(-1)?.text).toBe('el can come carne y pan');
});

test('a single new word is not worth a translation, nor is a language without a route', () => {
  const { partials, asked } = steppedTranslator();
  partials.offer(partial('one', 'one'.length), ['es']);
  partials.offer(partial('one two', 'one two'.length), ['en', 'xx']);
  expect(asked).toEqual([]);
});

test('[INV4] at most one translation a language is under way; the newest text comes next', async () => {
  const { partials, asked, reply } = steppedTranslator();
  partials.offer(partial('a b', 3), ['es', 'ca']);
  partials.offer(partial('a b c d', 7), ['es']);
  partials.offer(partial('a b c d e f', 11), ['es']);
  expect(asked).toEqual(['es: a b', 'ca: a b']);
  await reply('x y');
  partials.offer(partial('a b c d e f', 11), ['es']);
  expect(asked.at(-1)).toBe('es: a b c d e f');
});

test('what comes back after the final, of another segment, or after the end is not shown', async () => {
  const { partials, shown, reply } = steppedTranslator();
  partials.offer(partial('a b', 3), ['es']);
  partials.settle(0);
  await reply('late');
  partials.offer(partial('c d', 3, 1), ['es']);
  partials.close();
  await reply('closed');
  expect(shown).toEqual([]);
});

test('[INV5] what waits is given up when its segment is over, so that the final goes first', () => {
  const signals: (AbortSignal | undefined)[] = [];
  const translator: Translator = {
    name: 'noting',
    quality: 'basic',
    route: () => ({ via: [] }),
    targets: () => ['es'],
    translate: ({ signal }) => {
      signals.push(signal);
      return new Promise<Translation>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    },
    close: () => Promise.resolve(),
  };
  const partials = new PartialTranslation(translator, () => undefined);
  const given = () => signals.map((signal) => signal?.aborted);
  partials.offer(partial('a b', 3), ['es', 'ca']);
  partials.settle(7);
  expect(given()).toEqual([false, false]);
  partials.settle(0);
  expect(given()).toEqual([true, true]);
  // The next segment can begin before the final of this one is there.
  partials.offer(partial('a b', 3, 1), ['fr']);
  partials.offer(partial('a b', 3, 2), ['it']);
  expect(given()).toEqual([true, true, true, false]);
  partials.close();
  expect(given()).toEqual([true, true, true, true]);
});

test('a failed translation is forgotten, and the next one goes on', async () => {
  const { partials, shown, reply } = steppedTranslator();
  partials.offer(partial('a b', 3), ['es']);
  await reply('');
  partials.offer(partial('a b c d', 7), ['es']);
  await reply('x y z');
  expect(shown.map((caption) => caption.text)).toEqual(['x y z']);
});

test('terms go with each partial, as they stand at that moment', async () => {
  const asked: unknown[] = [];
  const never = new Promise<Translation>(() => {});
  const translator: Translator = {
    name: 'noting',
    quality: 'basic',
    route: () => ({ via: [] }),
    targets: () => ['es'],
    translate: ({ to, terms = 'none' }) => {
      asked.push([to, terms]);
      return never;
    },
    close: () => Promise.resolve(),
  };
  const terms = (from: string, to: string) =>
    to === 'es' ? [{ term: from, translation: to }] : [];
  const partials = new PartialTranslation(translator, () => undefined, terms);
  partials.offer(partial('one two three', 13), ['es', 'ca']);
  expect(asked).toEqual([
    ['es', [{ term: 'en', translation: 'es' }]],
    ['ca', 'none'],
  ]);
  partials.close();
});

test('a language whose partials are paid for waits for the final', () => {
  const { partials, asked } = steppedTranslator();
  partials.offer(partial('one two three', 13), ['paid', 'es']);
  expect(asked).toEqual(['es: one two three']);
});
