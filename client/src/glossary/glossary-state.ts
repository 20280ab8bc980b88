import type { Glossary, GlossaryEntry } from './schema.ts';
import {
  checkFields,
  emptyFields,
  entryKey,
  type FieldProblems,
  fieldsOf,
  isSameFields,
  type TermFields,
} from './term-fields.ts';

/** The term that is being written, if any: one at a time. */
export type Draft =
  | { kind: 'none' }
  | { kind: 'adding'; language: string; fields: TermFields; problems: FieldProblems }
  | { kind: 'editing'; key: string; fields: TermFields; problems: FieldProblems };

type OpenDraft = Exclude<Draft, { kind: 'none' }>;

/** What was done last, to be told and to be taken back. */
export type Deed =
  | { kind: 'added' | 'changed' | 'deleted'; term: string }
  | { kind: 'cleared'; terms: number }
  | { kind: 'imported'; terms: number }
  | { kind: 'undone' };

export interface GlossaryState {
  entries: Glossary;
  draft: Draft;
  /** How often a form was opened: tells a new form from one that is being filled. */
  opened: number;
  search: string;
  deed: Deed | null;
  /** The list before the last deed; null where there is nothing to take back. */
  before: Glossary | null;
}

export type GlossaryEvent =
  /** The list came from elsewhere: the browser's storage, another tab, the server. */
  | { type: 'load'; entries: Glossary }
  | { type: 'add'; language: string; heardAs?: string }
  | { type: 'edit'; key: string }
  | { type: 'type'; fields: Partial<TermFields> }
  | { type: 'submit' }
  /** Takes over what was written, where it can be taken over. */
  | { type: 'settle' }
  | { type: 'cancel' }
  | { type: 'delete'; key: string }
  | { type: 'clear' }
  | { type: 'import'; entries: Glossary; terms: number }
  | { type: 'undo' }
  | { type: 'search'; text: string };

const NO_DRAFT: Draft = { kind: 'none' };
const NO_PROBLEMS: FieldProblems = {};

export function startState(entries: Glossary): GlossaryState {
  return { entries, draft: NO_DRAFT, opened: 0, search: '', deed: null, before: null };
}

/** The one place where a glossary changes. An event that does not fit changes nothing. */
export function nextGlossary(state: GlossaryState, event: GlossaryEvent): GlossaryState {
  switch (event.type) {
    case 'load':
      return {
        ...startState(event.entries),
        draft: keptDraft(state.draft, event.entries),
        opened: state.opened,
      };
    case 'add': {
      const settled = settle(state);
      if (isFaulty(settled.draft)) return settled;
      return opened(settled, newDraft(event.language, event.heardAs));
    }
    case 'edit': {
      const settled = settle(state);
      const entry = find(settled.entries, event.key);
      if (entry === null || isFaulty(settled.draft)) return settled;
      const draft = { key: event.key, fields: fieldsOf(entry), problems: NO_PROBLEMS };
      return opened(settled, { kind: 'editing', ...draft });
    }
    case 'type':
      return typed(state, event.fields);
    case 'submit':
      return submitted(state);
    case 'settle':
      return settle(state);
    case 'cancel':
      return { ...state, draft: NO_DRAFT };
    case 'delete': {
      const entry = find(state.entries, event.key);
      if (entry === null) return state;
      const entries = state.entries.filter((other) => other !== entry);
      const next = done(state, entries, { kind: 'deleted', term: entry.term });
      return { ...next, draft: keptDraft(state.draft, entries) };
    }
    case 'clear':
      if (state.entries.length === 0) return state;
      return {
        ...done(state, [], { kind: 'cleared', terms: state.entries.length }),
        draft: NO_DRAFT,
        search: '',
      };
    case 'import':
      return {
        ...done(state, event.entries, { kind: 'imported', terms: event.terms }),
        draft: keptDraft(state.draft, event.entries),
        search: '',
      };
    case 'undo':
      if (state.before === null) return state;
      return {
        ...done(state, state.before, { kind: 'undone' }),
        draft: keptDraft(state.draft, state.before),
        before: null,
      };
    case 'search':
      return { ...state, search: event.text };
  }
}

function done(state: GlossaryState, entries: Glossary, deed: Deed): GlossaryState {
  return { ...state, entries, deed, before: state.entries };
}

function opened(state: GlossaryState, draft: Draft): GlossaryState {
  return { ...state, draft, opened: state.opened + 1 };
}

function newDraft(language: string, heardAs?: string): Draft {
  return { kind: 'adding', language, fields: emptyFields(heardAs), problems: NO_PROBLEMS };
}

/** Nothing that was written gets lost because somebody turns to another term. */
function settle(state: GlossaryState): GlossaryState {
  const { draft } = state;
  if (draft.kind === 'none') return state;
  if (isUntouched(state, draft)) return { ...state, draft: NO_DRAFT };
  const next = submitted(state);
  return isFaulty(next.draft) ? next : { ...next, draft: NO_DRAFT };
}

function isUntouched(state: GlossaryState, draft: OpenDraft): boolean {
  const entry = draft.kind === 'editing' ? find(state.entries, draft.key) : null;
  return isSameFields(draft.fields, entry === null ? emptyFields() : fieldsOf(entry));
}

function isFaulty(draft: Draft): boolean {
  return draft.kind !== 'none' && Object.keys(draft.problems).length > 0;
}

/** A form whose entry is gone closes; any other stays as it is. */
function keptDraft(draft: Draft, entries: Glossary): Draft {
  return draft.kind === 'editing' && find(entries, draft.key) === null ? NO_DRAFT : draft;
}

/** Once something was found wrong, every letter is checked anew. */
function typed(state: GlossaryState, changed: Partial<TermFields>): GlossaryState {
  const { draft } = state;
  if (draft.kind === 'none') return state;
  const fields = { ...draft.fields, ...changed };
  if (!isFaulty(draft)) return { ...state, draft: { ...draft, fields } };
  const checked = check(state, { ...draft, fields });
  const problems = checked.kind === 'faulty' ? checked.problems : NO_PROBLEMS;
  return { ...state, draft: { ...draft, fields, problems } };
}

/** After one term was added the form is ready for the next. */
function submitted(state: GlossaryState): GlossaryState {
  const { draft } = state;
  if (draft.kind === 'none') return state;
  const checked = check(state, draft);
  if (checked.kind === 'faulty') {
    return { ...state, draft: { ...draft, problems: checked.problems } };
  }
  const { term } = checked.entry;
  const isNew = draft.kind === 'adding';
  return {
    ...done(state, checked.entries, { kind: isNew ? 'added' : 'changed', term }),
    draft: isNew ? newDraft(draft.language) : NO_DRAFT,
  };
}

function check(state: GlossaryState, draft: OpenDraft) {
  const before = draft.kind === 'editing' ? find(state.entries, draft.key) : null;
  const language = draft.kind === 'adding' ? draft.language : (before?.language ?? '');
  return checkFields(draft.fields, language, state.entries, before);
}

function find(entries: Glossary, key: string): GlossaryEntry | null {
  return entries.find((entry) => entryKey(entry) === key) ?? null;
}
