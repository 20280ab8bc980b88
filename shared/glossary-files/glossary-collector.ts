import type { z } from 'zod';
import { type GlossaryEntry, glossaryEntrySchema, glossarySchema, termKey } from '../glossary.ts';
import { MAX_GLOSSARY_ENTRIES } from '../limits.ts';
import type { GlossaryFileResult } from './glossary-file.ts';

/** Problems that are spelled out; of more, only the number is told. */
export const MAX_TOLD_PROBLEMS = 20;

type Issue = z.core.$ZodIssue;

/** Gathers what a file holds, and what is wrong with it, place by place. */
export class GlossaryCollector {
  readonly #entries: GlossaryEntry[] = [];
  readonly #problems: string[] = [];
  /** Where each term stood first. */
  readonly #places = new Map<string, string>();
  #untold = 0;
  #surplus = 0;

  /** `place` is where the user finds it, for example "Row 7". */
  problem(place: string, text: string): void {
    if (this.#problems.length < MAX_TOLD_PROBLEMS) this.#problems.push(`${place}: ${text}.`);
    else this.#untold += 1;
  }

  /** Takes an entry as it was read; `termColumn` is what its term's column is called, if anything. */
  add(place: string, draft: GlossaryEntry, termColumn: string | null): void {
    const parsed = glossaryEntrySchema.safeParse(draft);
    if (!parsed.success) {
      const told = new Set<string>();
      for (const issue of parsed.error.issues) {
        // An empty term, say, also lacks a letter: one word for each field is enough.
        const field = issue.path.join('.');
        if (!told.has(field)) this.problem(place, words(issue, draft, termColumn));
        told.add(field);
      }
      return;
    }
    const entry = parsed.data;
    const key = `${entry.language} ${termKey(entry.term)}`;
    const first = this.#places.get(key);
    if (first !== undefined) {
      this.problem(place, `expected each term once, got the one of ${first.toLowerCase()} again`);
      return;
    }
    this.#places.set(key, place);
    if (this.#entries.length < MAX_GLOSSARY_ENTRIES) this.#entries.push(entry);
    else this.#surplus += 1;
  }

  /** All of the entries, or all of the problems and what is left without them. */
  result(): GlossaryFileResult {
    const problems = [...this.#problems];
    if (this.#untold > 0) problems.push(`And ${this.#untold} more of the kind.`);
    if (this.#surplus > 0) {
      problems.push(
        `Expected at most ${MAX_GLOSSARY_ENTRIES} terms, got ${this.#entries.length + this.#surplus}.`,
      );
    }
    const whole = glossarySchema.safeParse(this.#entries);
    if (!whole.success) problems.push(...whole.error.issues.map(({ message }) => `${message}.`));
    const readable = whole.success ? whole.data : [];
    return problems.length > 0
      ? { ok: false, problems, readable }
      : { ok: true, glossary: readable };
  }
}

function words(issue: Issue, draft: GlossaryEntry, termColumn: string | null): string {
  const [field, part] = issue.path;
  if (field === 'heardAs') {
    const value = part === undefined ? draft.heardAs : draft.heardAs[Number(part)];
    return complaint(issue, value, 'heard as');
  }
  if (field === 'translations') {
    return complaint(issue, draft.translations[String(part)], String(part));
  }
  return complaint(issue, draft.term, termColumn);
}

/** Says how long a value is, and never what it is. */
function complaint(
  issue: Issue,
  value: string | readonly string[] | undefined,
  column: string | null,
): string {
  const where = column === null ? '' : ` in column "${column}"`;
  if (issue.code === 'too_big') {
    const things = typeof value === 'string' ? 'characters' : 'spellings';
    const length = (typeof value === 'string' ? value.trim() : (value ?? [])).length;
    return `expected at most ${issue.maximum} ${things}${where}, got ${length}`;
  }
  if (issue.code === 'too_small') return `expected a term${where}, got nothing`;
  return `${issue.message.replace(/^Expected/, 'expected')}${where}, got another`;
}
