import { describe, expect, it } from 'vitest';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import { translatorInWords } from './quality-words.ts';

const apertium: LanguageOffer = {
  language: 'pt',
  engine: 'apertium',
  quality: 'basic',
  via: ['es'],
};

describe('translatorInWords', () => {
  it('says of a translator that works by rules what to expect', () => {
    const words = translatorInWords(apertium, 'en');
    expect(words).toContain('Translated from English through Spanish by Apertium');
    expect(words).toContain('by rules: expect the gist, and mistakes');
  });

  it('warns of no others', () => {
    expect(translatorInWords({ ...apertium, quality: 'neural', via: [] }, 'en')).not.toContain(
      'mistakes',
    );
    expect(translatorInWords({ ...apertium, quality: 'remote' }, null)).toContain('outside');
  });

  it('names services outside so that people know them', () => {
    const chat = { ...apertium, engine: 'openai', quality: 'remote' } as const;
    expect(translatorInWords(chat, 'en')).toBe(
      'Translated from English by a language model, a service outside this server.',
    );
    expect(translatorInWords({ ...apertium, engine: 'apertium-apy', via: [] }, 'en')).toContain(
      'by Apertium on another server, by rules',
    );
  });

  it('tells the original from a missing translator', () => {
    const none = { ...apertium, quality: 'none', engine: 'none', via: [] } as const;
    expect(translatorInWords({ ...none, language: 'en' }, 'en')).toContain('As it was spoken');
    expect(translatorInWords(none, 'en')).toContain('No translator serves Portuguese');
  });
});
