import type { TermRule } from '../translator.ts';
import { BLANK, spell } from './spelling.ts';
import { beginsWord, endsWord } from './word-edges.ts';

/** A term in a text: `text.slice(start, end)` is what was said. */
export interface FoundTerm {
  readonly start: number;
  readonly end: number;
  readonly translation: string;
}

export interface FoundTerms {
  /** The text in NFC, to which the places refer. */
  readonly text: string;
  /** In order, none over another. */
  readonly terms: readonly FoundTerm[];
}

/** "US" is not "us": short capitals mean something only as capitals. */
const ACRONYM = /^\p{Lu}{1,4}$/u;
const SOMETHING = /[\p{L}\p{N}]/u;

interface CompiledRule {
  readonly translation: string;
  /** How it has to be written, or null where case does not matter. */
  readonly exactly: string | null;
}

interface Step {
  readonly next: Map<string, Step>;
  readonly rules: CompiledRule[];
}

const compiled = new WeakMap<readonly TermRule[], Step>();

/**
 * Finds whole words: the longest term from the left, then on behind it. Case, composition, the kind
 * of apostrophe, and how words of a term are parted (any white space, hyphens) do not count; short
 * capitals match only themselves. Terms are compiled once for each array, which must not change. A
 * text costs its length times that of the longest term at the most, however many terms there are.
 */
export function findTerms(text: string, terms: readonly TermRule[]): FoundTerms {
  const normal = text.normalize('NFC');
  const { units, starts, ends } = spell(normal);
  const root = compile(terms);
  const found: FoundTerm[] = [];
  let at = 0;
  while (at < units.length) {
    const start = starts[at] ?? -1;
    const step = root.next.get(units[at] ?? '');
    const longest =
      step !== undefined && start !== -1 && beginsWord(normal, start)
        ? findLongest(step, at, start)
        : null;
    if (longest === null) {
      at += 1;
    } else {
      found.push(longest.term);
      at = longest.next;
    }
  }
  return { text: normal, terms: found };

  function findLongest(first: Step, from: number, start: number) {
    let longest: { term: FoundTerm; next: number } | null = null;
    let step: Step | undefined = first;
    for (let unit = from; step !== undefined; unit += 1) {
      const end = ends[unit] ?? -1;
      if (step.rules.length > 0 && end !== -1) {
        const said = normal.slice(start, end);
        const rule = step.rules.find(({ exactly }) => exactly === null || exactly === said);
        if (rule !== undefined && endsWord(normal, end)) {
          longest = { term: { start, end, translation: rule.translation }, next: unit + 1 };
        }
      }
      step = step.next.get(units[unit + 1] ?? '');
    }
    return longest;
  }
}

function compile(terms: readonly TermRule[]): Step {
  const known = compiled.get(terms);
  if (known !== undefined) return known;
  const root: Step = { next: new Map(), rules: [] };
  for (const { term, translation } of terms) {
    const normal = term.normalize('NFC').trim();
    const units = trimBlanks(spell(normal).units);
    if (!units.some((unit) => SOMETHING.test(unit))) continue;
    let step = root;
    for (const unit of units) {
      const next = step.next.get(unit) ?? { next: new Map(), rules: [] };
      step.next.set(unit, next);
      step = next;
    }
    const rule = { translation, exactly: ACRONYM.test(normal) ? normal : null };
    // Where a term is there in capitals and in small letters, each is for its own.
    if (rule.exactly === null) step.rules.push(rule);
    else step.rules.unshift(rule);
  }
  compiled.set(terms, root);
  return root;
}

function trimBlanks(units: readonly string[]): readonly string[] {
  const first = units.findIndex((unit) => unit !== BLANK);
  const last = units.findLastIndex((unit) => unit !== BLANK);
  return first === -1 ? [] : units.slice(first, last + 1);
}
