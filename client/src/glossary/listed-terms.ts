import type { Glossary, GlossaryEntry } from './schema.ts';
import { entryKey } from './term-fields.ts';

/** Fewer terms than this are found by eye. */
export const SEARCH_FROM = 8;

const byTerm = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

/**
 * The terms that a search finds, by the alphabet; all of them for an empty search. The one that is
 * being edited is always among them: what was typed into its form must not go out of sight.
 */
export function listedTerms(
  entries: Glossary,
  search: string,
  edited: string | null = null,
): GlossaryEntry[] {
  const wanted = fold(search.trim());
  return entries
    .filter(
      (entry) =>
        wanted === '' ||
        entryKey(entry) === edited ||
        textsOf(entry).some((text) => fold(text).includes(wanted)),
    )
    .sort((one, other) => byTerm.compare(one.term, other.term));
}

function textsOf({ term, heardAs, translations }: GlossaryEntry): string[] {
  return [term, ...heardAs, ...Object.values(translations)];
}

/** Case and accents do not count: "ines" finds "Inês". */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
}
