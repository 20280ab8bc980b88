import { MAX_GLOSSARY_ENTRIES, MAX_HEARD_AS, MAX_TERM_LENGTH } from '../../../shared/limits.ts';
import type { Deed } from '../glossary/glossary-state.ts';
import type { FieldProblem } from '../glossary/term-fields.ts';
import { count } from './durations.ts';

/** Longer terms are cut where they are only mentioned. */
const MENTIONED_LENGTH = 16;

const FIELD_PROBLEM: Record<FieldProblem, string> = {
  missing: 'Write the term here.',
  too_long: `Too long: ${MAX_TERM_LENGTH} letters at most.`,
  no_letter: 'Needs a letter or a digit.',
  unreadable: 'Has a sign in it that cannot be shown.',
  twice: 'In the list already.',
  too_many_spellings: `Too many: ${MAX_HEARD_AS} at most.`,
  too_many_terms: `The list is full: ${MAX_GLOSSARY_ENTRIES} terms at most.`,
  too_much: 'The list is full: it has too many letters in all.',
};

/** What is wrong with one field of a term. */
export function fieldProblemInWords(problem: FieldProblem): string {
  return FIELD_PROBLEM[problem];
}

/** What was done last. */
export function deedInWords(deed: Deed): string {
  switch (deed.kind) {
    case 'added':
    case 'changed':
    case 'deleted':
      return `${mention(deed.term)} ${deed.kind}`;
    case 'cleared':
      return `${count(deed.terms, 'term')} deleted`;
    case 'imported':
      return `${count(deed.terms, 'term')} imported`;
    case 'undone':
      return 'Taken back';
  }
}

/** “Parlance”: a term in the middle of a sentence. */
export function mention(term: string): string {
  const letters = [...term];
  const short =
    letters.length > MENTIONED_LENGTH ? `${letters.slice(0, MENTIONED_LENGTH).join('')}…` : term;
  return `“${short}”`;
}
