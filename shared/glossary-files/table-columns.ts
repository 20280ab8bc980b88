import type { GlossaryFileOptions } from './glossary-file.ts';
import { languageOf } from './language-tag.ts';

/** Where the terms of a table with a header stand. */
export type TermColumns =
  | {
      readonly kind: 'column';
      readonly index: number;
      /** A column that says in which language each term is. */
      readonly language: number | undefined;
      /** The language where no column says so; null where that is not clear. */
      readonly spoken: string | null;
    }
  /** Each language is a column of its own; these are spoken. */
  | { readonly kind: 'languages'; readonly languages: readonly string[] };

export type Columns =
  | {
      readonly kind: 'headed';
      readonly terms: TermColumns;
      readonly heardAs: number | undefined;
      readonly keep: number | undefined;
      readonly languages: ReadonlyMap<string, number>;
      /** Every column that has a name. */
      readonly named: ReadonlySet<number>;
    }
  /** No header: term and translation. */
  | { readonly kind: 'pairs'; readonly spoken: string; readonly second: string }
  /** No header: term, translation, their two languages. */
  | { readonly kind: 'own-pairs' }
  | { readonly kind: 'problem'; readonly problem: string };

type Name = 'term' | 'language' | 'heard as' | 'keep';

const NAMES: readonly Name[] = ['term', 'language', 'heard as', 'keep'];

/** What the first row says of a table's columns. */
export function columnsOf(cells: readonly string[], options: GlossaryFileOptions): Columns {
  const { spoken, secondColumn } = options;
  const hasTerm = cells.some((cell) => nameOf(cell) === 'term');
  const used = cells.findLastIndex((cell) => cell !== '') + 1;
  if (!hasTerm && used === 4 && namesItsLanguages(cells)) return { kind: 'own-pairs' };
  const hasSpoken = cells.some((cell) => spoken.includes(languageOf(cell) ?? ''));
  if (hasTerm || hasSpoken || cells.every((cell) => cell === '' || isKnown(cell))) {
    return readHeader(cells, spoken);
  }
  const [only] = spoken;
  if (used !== 2 || only === undefined || spoken.length > 1) {
    return problem(noTerms(spoken));
  }
  if (secondColumn === undefined) {
    return problem(
      `expected a header such as "${only},es", got none: nothing tells the language of the second column`,
    );
  }
  return { kind: 'pairs', spoken: only, second: secondColumn };
}

/** A term, its translation, and the languages of both, as other products write them. */
function namesItsLanguages([
  term = '',
  translation = '',
  from = '',
  to = '',
]: readonly string[]): boolean {
  const named = [term, translation].every((cell) => isKnown(cell));
  return !named && languageOf(from) !== null && languageOf(to) !== null;
}

function readHeader(cells: readonly string[], spoken: readonly string[]): Columns {
  const names = new Map<Name, number>();
  const languages = new Map<string, number>();
  const named = new Set<number>();
  for (const [index, cell] of cells.entries()) {
    if (cell === '') continue;
    const name = nameOf(cell);
    const language = languageOf(cell);
    if (name === null && language === null) {
      return problem(
        `expected ${NAMES.map((known) => `"${known}"`).join(', ')} or a language code in column ${index + 1}, got another word`,
      );
    }
    if (name === null ? languages.has(language ?? '') : names.has(name)) {
      return problem(`expected each column once, got "${name ?? language}" again`);
    }
    if (name !== null) names.set(name, index);
    else languages.set(language ?? '', index);
    named.add(index);
  }
  const terms = termColumns(names, languages, spoken);
  if (typeof terms === 'string') return problem(terms);
  return {
    kind: 'headed',
    terms,
    heardAs: names.get('heard as'),
    keep: names.get('keep'),
    languages,
    named,
  };
}

function termColumns(
  names: ReadonlyMap<Name, number>,
  languages: ReadonlyMap<string, number>,
  spoken: readonly string[],
): TermColumns | string {
  const index = names.get('term');
  const language = names.get('language');
  if (index !== undefined) {
    const [only = null] = spoken.length === 1 ? spoken : [];
    if (language === undefined && only === null) {
      return `expected a column "language" beside "term", got none: ${spoken.join(' and ')} are spoken here`;
    }
    return { kind: 'column', index, language, spoken: only };
  }
  if (language !== undefined) return 'expected a column "term" beside "language", got none';
  const there = spoken.filter((code) => languages.has(code));
  if (there.length === 0) return noTerms(spoken);
  if (names.has('heard as') && there.length > 1) {
    return 'expected columns "term" and "language" beside "heard as", got several spoken languages';
  }
  return { kind: 'languages', languages: there };
}

function noTerms(spoken: readonly string[]): string {
  const names = ['term', ...spoken].map((name) => `"${name}"`).join(' or ');
  return `expected a header with a column ${names}, got none`;
}

function isKnown(cell: string): boolean {
  return nameOf(cell) !== null || languageOf(cell) !== null;
}

function nameOf(cell: string): Name | null {
  const name = cell.toLowerCase().replace(/[\s_-]+/g, ' ');
  return NAMES.find((known) => known === name) ?? null;
}

function problem(text: string): Columns {
  return { kind: 'problem', problem: text };
}
