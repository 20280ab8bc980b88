import { languageName } from '../../../shared/languages.ts';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import type { Settings } from '../config/settings.ts';
import { addCommand, improvements, sizeOf } from '../models/translation/improvements.ts';
import { inspectOwnModels } from '../models/translation/own-models.ts';
import { PINNED_OFFERS } from '../models/translation/pinned-registry.ts';
import {
  TranslationFolder,
  type TranslationModelState,
} from '../models/translation/translation-folder.ts';
import type { Finding } from './finding.ts';

/** Spoken language that the advice is for: the one that is recognised. */
const SPOKEN = 'en';

/**
 * Whether the installed translation models are whole, and what others would improve of the
 * languages that are reached by rules.
 */
export async function checkTranslationModels(
  settings: Settings,
  byRules: readonly string[],
): Promise<Finding> {
  const base = { id: 'translation-models', title: 'Neural models' };
  const folder = new TranslationFolder(settings.PARLANCE_CACHE);
  const states = await Promise.all((await folder.pairs()).map((pair) => folder.inspect(pair)));
  const own = await inspectOwnModels(settings.MODELS_DIR);
  const pairsOf = (kind: 'intact' | 'damaged', some: readonly (TranslationModelState | null)[]) =>
    some.flatMap((state) => (state?.kind === kind ? [state.pair] : []));
  const intact = [...new Set(pairsOf('intact', [...states, ...own]))].sort();
  const damaged = pairsOf('damaged', states);
  const found = intact.length === 0 ? 'none installed' : `${intact.join(' ')}, whole`;
  const broken = pairsOf('damaged', own);
  if (broken.length > 0) {
    return {
      ...base,
      level: 'warn',
      found: `${found}; ${broken.join(' ')} in MODELS_DIR damaged`,
      meaning: 'Damaged ones are not used; "parlance models verify" tells what is wrong.',
      mend: `put whole ones into ${settings.MODELS_DIR}, or remove them from there`,
    };
  }
  if (damaged.length > 0) {
    return {
      ...base,
      level: 'warn',
      found: `${found}; ${damaged.join(' ')} damaged`,
      meaning: 'Damaged ones are not used; "parlance models verify" tells what is wrong.',
      mend: `npx parlance models add ${damaged.join(' ')}`,
    };
  }
  const better = improvements(SPOKEN, byRules.map(offerByRules), PINNED_OFFERS, intact);
  if (better.length === 0) return { ...base, level: 'ok', found };
  const offers = [...new Set(better.flatMap((improvement) => improvement.offers))];
  const names = better.map(({ to }) => languageName(to, 'en')).join(', ');
  const them = better.length === 1 ? 'it' : 'them';
  return {
    ...base,
    level: 'warn',
    found,
    meaning: `${names}: basic. This makes ${them} neural${sizeOf(offers)}:`,
    mend: addCommand(offers),
  };
}

function offerByRules(language: string): LanguageOffer {
  return { language, engine: 'apertium', quality: 'basic', via: [] };
}
