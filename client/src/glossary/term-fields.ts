import { MAX_GLOSSARY_ENTRIES, MAX_HEARD_AS, MAX_TERM_LENGTH } from '../../../shared/limits.ts';
import {
  type Glossary,
  type GlossaryEntry,
  glossarySchema,
  termKey,
  termSchema,
} from './schema.ts';

/** One term as it stands in the form, before anybody checked it. */
export interface TermFields {
  term: string;
  /** Separated by commas. */
  heardAs: string;
  keep: boolean;
  /** As typed, for the languages that are shown; empty where there is none. */
  translations: Readonly<Record<string, string>>;
}

export type FieldName = 'term' | 'heardAs' | `to-${string}`;

export type FieldProblem =
  | 'missing'
  | 'too_long'
  | 'no_letter'
  | 'unreadable'
  | 'twice'
  | 'too_many_spellings'
  | 'too_many_terms'
  | 'too_much';

export type FieldProblems = Readonly<Partial<Record<FieldName, FieldProblem>>>;

/** What comes of a form: the list with the term in it, or what is wrong with each field. */
export type Checked =
  | { kind: 'fine'; entry: GlossaryEntry; entries: Glossary }
  | { kind: 'faulty'; problems: FieldProblems };

const NO_TRANSLATIONS: Readonly<Record<string, string>> = {};
/** The comma of several scripts. */
const COMMAS = /[,،、，]/;

export function emptyFields(heardAs = ''): TermFields {
  return { term: '', heardAs, keep: true, translations: NO_TRANSLATIONS };
}

export function fieldsOf(entry: GlossaryEntry): TermFields {
  const { term, heardAs, keep, translations } = entry;
  return { term, heardAs: joinSpellings(heardAs), keep, translations };
}

export function isSameFields(one: TermFields, other: TermFields): boolean {
  const languages = new Set([...Object.keys(one.translations), ...Object.keys(other.translations)]);
  return (
    one.term === other.term &&
    one.heardAs === other.heardAs &&
    one.keep === other.keep &&
    [...languages].every(
      (language) => (one.translations[language] ?? '') === (other.translations[language] ?? ''),
    )
  );
}

/** What tells one entry from another in a list. */
export function entryKey({ language, term }: Pick<GlossaryEntry, 'language' | 'term'>): string {
  return `${language} ${termKey(term)}`;
}

/** Checks a form and puts its term into the list, in the place of `before` where that is given. */
export function checkFields(
  fields: TermFields,
  language: string,
  entries: Glossary,
  before: GlossaryEntry | null,
): Checked {
  const entry = toEntry(fields, language, before);
  const key = entryKey(entry);
  const others = entries.filter((other) => other !== before);
  const problems: Partial<Record<FieldName, FieldProblem>> = {};
  const termTrouble = others.some((other) => entryKey(other) === key)
    ? 'twice'
    : termProblem(fields.term);
  if (termTrouble !== null) problems.term = termTrouble;
  const heardTrouble = spellingsProblem(entry.heardAs);
  if (heardTrouble !== null) problems.heardAs = heardTrouble;
  for (const [target, text] of Object.entries(entry.translations)) {
    const trouble = termProblem(text);
    if (trouble !== null) problems[`to-${target}`] = trouble;
  }
  if (Object.keys(problems).length > 0) return { kind: 'faulty', problems };
  const next =
    before === null
      ? [...entries, entry]
      : entries.map((other) => (other === before ? entry : other));
  const listTrouble = listProblem(next);
  if (listTrouble !== null) return { kind: 'faulty', problems: { term: listTrouble } };
  return { kind: 'fine', entry, entries: next };
}

/** Why a list cannot be sent as a whole; null where it can. */
export function listProblem(entries: Glossary): 'too_many_terms' | 'too_much' | null {
  if (entries.length > MAX_GLOSSARY_ENTRIES) return 'too_many_terms';
  return glossarySchema.safeParse(entries).success ? null : 'too_much';
}

/** Languages that are not shown keep what they have. */
function toEntry(
  fields: TermFields,
  language: string,
  before: GlossaryEntry | null,
): GlossaryEntry {
  const translations = { ...before?.translations };
  for (const [target, text] of Object.entries(fields.translations)) {
    if (text.trim() === '') delete translations[target];
    else translations[target] = text.trim();
  }
  const untouched = before !== null && fields.heardAs === joinSpellings(before.heardAs);
  return {
    language,
    term: fields.term.trim(),
    // Spellings that were imported may have a comma inside.
    heardAs: untouched ? before.heardAs : splitSpellings(fields.heardAs),
    translations,
    keep: fields.keep,
  };
}

function joinSpellings(spellings: readonly string[]): string {
  return spellings.join(', ');
}

/** Each spelling once. */
function splitSpellings(text: string): string[] {
  const byKey = new Map<string, string>();
  for (const part of text.split(COMMAS)) {
    const spelling = part.trim();
    const key = termKey(spelling);
    if (key !== '' && !byKey.has(key)) byKey.set(key, spelling);
  }
  return [...byKey.values()];
}

function spellingsProblem(spellings: readonly string[]): FieldProblem | null {
  if (spellings.length > MAX_HEARD_AS) return 'too_many_spellings';
  return spellings.map(termProblem).find((problem) => problem !== null) ?? null;
}

/** The schema decides; this only finds the words for its verdict. */
function termProblem(text: string): FieldProblem | null {
  if (termSchema.safeParse(text).success) return null;
  const trimmed = text.trim();
  if (trimmed === '') return 'missing';
  if (trimmed.length > MAX_TERM_LENGTH) return 'too_long';
  return /\p{L}|\p{N}/u.test(trimmed) ? 'unreadable' : 'no_letter';
}
