/** A sentence with terms in it, and a translation by a person that holds the same terms. */
export interface TermSentence {
  readonly source: string;
  readonly reference: string;
  /** As they stand in both, each once in this list. */
  readonly terms: readonly string[];
}

/** A run of capitalised words that does not begin a sentence. */
const NAME = /(?<=[\p{Ll}\p{N},;)] )\p{Lu}[\p{L}\p{M}\p{N}]+(?: \p{Lu}[\p{L}\p{M}\p{N}]+)*/gu;
const MAX_TERMS = 4;

/** Made up, some of them of words that an engine would translate. */
const INVENTED = [
  'Quorvia',
  'Windmill Cloud',
  'OpenVelt',
  'Blue Heron',
  'Mirabo 3',
  'Signal Bridge',
  'Taskly',
  'Deep Harbor',
];

/** The sentences that hold names which their references write as they do: they are not to change. */
export function sentencesWithNames(
  sources: readonly string[],
  references: readonly string[],
): TermSentence[] {
  return sources.flatMap((source, at) => {
    const reference = references[at] ?? '';
    const names = [...new Set(source.match(NAME) ?? [])];
    const terms = names.filter((name) => countTerm(reference, name) > 0).slice(0, MAX_TERMS);
    return terms.length === 0 ? [] : [{ source, reference, terms }];
  });
}

/** The same sentences with invented names in the place of theirs. */
export function withInventedNames(sentences: readonly TermSentence[]): TermSentence[] {
  let next = 0;
  return sentences.map(({ source, reference, terms }) => {
    const planted = new Map<string, string>();
    for (const term of terms) {
      planted.set(term, INVENTED[next % INVENTED.length] ?? '');
      next += 1;
    }
    const plant = (text: string) =>
      terms.reduce((all, term) => all.replace(patternOf(term), planted.get(term) ?? ''), text);
    return { source: plant(source), reference: plant(reference), terms: [...planted.values()] };
  });
}

/** How often a term stands in a text, as it is written. */
export function countTerm(text: string, term: string): number {
  return text.match(patternOf(term))?.length ?? 0;
}

function patternOf(term: string): RegExp {
  const escaped = term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])${escaped}(?![\\p{L}\\p{M}\\p{N}])`, 'gu');
}
