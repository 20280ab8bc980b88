import type { Glossary, GlossaryEntry } from './schema.ts';
import { entryKey, listProblem } from './term-fields.ts';

/** What becomes of one term of a file. */
export interface PlannedTerm {
  entry: GlossaryEntry;
  change: 'new' | 'changed' | 'same';
}

/** One of the two ways to take a file in. */
export interface ImportOutcome {
  /** The file's terms as they would stand in the list. */
  terms: readonly PlannedTerm[];
  entries: Glossary;
  problem: ReturnType<typeof listProblem>;
}

export interface ImportPlan {
  /** Both lists: what the file says of a term counts, what it leaves open stays. */
  merged: ImportOutcome;
  /** The file's list alone. */
  replaced: ImportOutcome;
  /** Terms that are not in the file, and would be gone if it replaced the list. */
  missing: number;
}

export function planImport(current: Glossary, incoming: Glossary): ImportPlan {
  const mine = new Map(current.map((entry) => [entryKey(entry), entry]));
  const merged = incoming.map((entry) => {
    const before = mine.get(entryKey(entry));
    return before === undefined ? entry : mergeEntries(before, entry);
  });
  const both = new Map(mine);
  for (const entry of merged) both.set(entryKey(entry), entry);
  return {
    merged: outcome(mine, merged, [...both.values()]),
    replaced: outcome(mine, incoming, incoming),
    missing: both.size - incoming.length,
  };
}

function outcome(
  mine: ReadonlyMap<string, GlossaryEntry>,
  terms: Glossary,
  entries: Glossary,
): ImportOutcome {
  return {
    terms: terms.map((entry) => ({ entry, change: changeOf(mine.get(entryKey(entry)), entry) })),
    entries,
    problem: listProblem(entries),
  };
}

function mergeEntries(before: GlossaryEntry, entry: GlossaryEntry): GlossaryEntry {
  return {
    ...entry,
    heardAs: entry.heardAs.length === 0 ? before.heardAs : entry.heardAs,
    translations: { ...before.translations, ...entry.translations },
  };
}

function changeOf(before: GlossaryEntry | undefined, after: GlossaryEntry): PlannedTerm['change'] {
  if (before === undefined) return 'new';
  return sameEntry(before, after) ? 'same' : 'changed';
}

function sameEntry(one: GlossaryEntry, other: GlossaryEntry): boolean {
  const languages = Object.keys(other.translations);
  return (
    one.term === other.term &&
    one.keep === other.keep &&
    one.heardAs.length === other.heardAs.length &&
    one.heardAs.every((spelling, index) => spelling === other.heardAs[index]) &&
    Object.keys(one.translations).length === languages.length &&
    languages.every((language) => one.translations[language] === other.translations[language])
  );
}
