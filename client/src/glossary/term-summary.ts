import { ownName } from '../words/language-labels.ts';
import type { GlossaryEntry } from './schema.ts';

/** One thing that is said of a term, in the language that it is in. */
export interface SummaryPart {
  label: string | null;
  text: string;
  language: string | null;
}

/** What becomes of a term in the languages on offer. */
export function summaryOf(entry: GlossaryEntry, offers: readonly string[]): SummaryPart[] {
  const targets = offers.filter((language) => language !== entry.language);
  const own = targets.flatMap((language): SummaryPart[] => {
    const text = entry.translations[language];
    return text === undefined ? [] : [{ label: ownName(language), text, language }];
  });
  const isComplete = own.length > 0 && own.length === targets.length;
  const hidden = Object.keys(entry.translations).length - own.length;
  return [
    ...own,
    ...(isComplete ? [] : [plain(restInWords(entry.keep, own.length > 0))]),
    ...(hidden > 0 ? [plain(`${hidden} more for languages not on offer`)] : []),
  ];
}

function restInWords(keep: boolean, hasOwn: boolean): string {
  if (hasOwn) return keep ? 'elsewhere as it is' : 'elsewhere translated as usual';
  return keep ? 'as it is' : 'translated as usual';
}

function plain(text: string): SummaryPart {
  return { label: null, text, language: null };
}
