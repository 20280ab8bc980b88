import type { TranslationQuality } from '../../../shared/captions.ts';
import { languageName } from '../../../shared/languages.ts';
import type { LanguageOffer } from '../../../shared/protocol.ts';

/** One or two words for a label, per kind of translator. */
export const QUALITY_LABEL: Record<TranslationQuality, string> = {
  neural: 'good',
  basic: 'basic',
  remote: 'remote',
  none: 'original',
};

/** Which translator is at work for a reader, and what to expect of it. */
export function translatorInWords(offer: LanguageOffer, spoken: string | null): string {
  const from = spoken === null ? '' : ` from ${languageName(spoken, 'en')}`;
  switch (offer.quality) {
    case 'none':
      return spoken === null || spoken === offer.language
        ? 'As it was spoken, without translation.'
        : `No translator serves ${languageName(offer.language, 'en')}: you read the original.`;
    case 'basic':
      return `Translated${from}${viaInWords(offer)} by ${engineName(offer.engine)}, by rules: expect the gist, and mistakes.`;
    case 'neural':
      return `Translated${from}${viaInWords(offer)} by ${engineName(offer.engine)}, a neural model on this server.`;
    case 'remote':
      return `Translated${from} by ${engineName(offer.engine)}, a service outside this server.`;
  }
}

/** Engines whose names people write otherwise than with a capital. */
const ENGINE_NAMES: Readonly<Record<string, string>> = {
  libretranslate: 'LibreTranslate',
  openai: 'a language model',
  'apertium-apy': 'Apertium on another server',
};

/** An engine's name as people write it. */
export function engineName(engine: string): string {
  const known = ENGINE_NAMES[engine];
  if (known !== undefined) return known;
  return engine.charAt(0).toUpperCase() + engine.slice(1);
}

function viaInWords({ via }: LanguageOffer): string {
  if (via.length === 0) return '';
  return ` through ${via.map((language) => languageName(language, 'en')).join(' and ')}`;
}
