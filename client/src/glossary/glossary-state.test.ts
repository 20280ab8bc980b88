import { describe, expect, it } from 'vitest';
import {
  MAX_GLOSSARY_CHARS,
  MAX_GLOSSARY_ENTRIES,
  MAX_HEARD_AS,
  MAX_TERM_LENGTH,
} from '../../../shared/limits.ts';
import {
  type GlossaryEvent,
  type GlossaryState,
  nextGlossary,
  startState,
} from './glossary-state.ts';
import { type GlossaryEntry, glossarySchema } from './schema.ts';
import { glossaryEntry } from './testing/glossary-entry.ts';

function step(state: GlossaryState, ...events: GlossaryEvent[]): GlossaryState {
  return events.reduce(nextGlossary, state);
}

const ADD: GlossaryEvent = { type: 'add', language: 'en' };
const SUBMIT: GlossaryEvent = { type: 'submit' };
const EMPTY = startState([]);

function problemsOf({ draft }: GlossaryState) {
  return draft.kind === 'none' ? null : draft.problems;
}

describe('adding a term', () => {
  it('puts it into the list, tidied, and is ready for the next', () => {
    const fields = {
      term: ' Parlance ',
      heardAs: 'par lance, Par  Lance，parlence,, ',
      translations: { es: ' Parlance ', fr: ' ' },
    };
    const state = step(EMPTY, ADD, { type: 'type', fields }, SUBMIT);
    expect(state.entries).toEqual([
      glossaryEntry('Parlance', {
        heardAs: ['par lance', 'parlence'],
        translations: { es: 'Parlance' },
      }),
    ]);
    expect(state.deed).toEqual({ kind: 'added', term: 'Parlance' });
    expect(state.draft).toMatchObject({ kind: 'adding', fields: { term: '', heardAs: '' } });
  });

  it.each([
    ['', 'missing'],
    [' ', 'missing'],
    ['—?', 'no_letter'],
    ['x'.repeat(MAX_TERM_LENGTH + 1), 'too_long'],
    ['a\u0000b', 'unreadable'],
  ])('refuses %j as %s, at each field', (text, problem) => {
    const typed = { term: text, heardAs: text, translations: { es: text } };
    const state = step(EMPTY, ADD, { type: 'type', fields: typed }, SUBMIT);
    const empty = text.trim() === '';
    expect(problemsOf(state)).toEqual(
      empty ? { term: problem } : { term: problem, heardAs: problem, 'to-es': problem },
    );
    expect(state.entries).toEqual([]);
  });

  it('takes a term of just the greatest length', () => {
    const term = 'x'.repeat(MAX_TERM_LENGTH);
    expect(step(EMPTY, ADD, { type: 'type', fields: { term } }, SUBMIT).entries).toHaveLength(1);
  });

  it('refuses a term that is there already, however it is written', () => {
    const start = startState([glossaryEntry('Par Lance')]);
    const state = step(start, ADD, { type: 'type', fields: { term: 'PAR  lance' } }, SUBMIT);
    expect(problemsOf(state)).toEqual({ term: 'twice' });
    const german = step(
      start,
      { type: 'add', language: 'de' },
      { type: 'type', fields: { term: 'Par Lance' } },
      SUBMIT,
    );
    expect(german.entries).toHaveLength(2);
  });

  it('tells while one types when it is mended', () => {
    const wrong = step(EMPTY, ADD, SUBMIT);
    expect(problemsOf(wrong)).toEqual({ term: 'missing' });
    const mended = step(wrong, { type: 'type', fields: { term: 'a' } });
    expect(problemsOf(mended)).toEqual({});
    expect(mended.entries).toEqual([]);
  });

  it('says nothing of mistakes before one has finished writing', () => {
    const state = step(EMPTY, ADD, { type: 'type', fields: { term: '?' } });
    expect(problemsOf(state)).toEqual({});
  });

  it('[INV4] refuses one spelling, one term and one letter too many', () => {
    const spellings = Array.from({ length: MAX_HEARD_AS + 1 }, (_, n) => `s${n}`);
    const heardAs = spellings.join(',');
    const heard = step(EMPTY, ADD, { type: 'type', fields: { term: 'a', heardAs } }, SUBMIT);
    expect(problemsOf(heard)).toEqual({ heardAs: 'too_many_spellings' });

    const full = startState(
      Array.from({ length: MAX_GLOSSARY_ENTRIES }, (_, n) => glossaryEntry(`t${n}`)),
    );
    const more = step(full, ADD, { type: 'type', fields: { term: 'one more' } }, SUBMIT);
    expect(problemsOf(more)).toEqual({ term: 'too_many_terms' });
    expect(more.entries).toBe(full.entries);

    const long = startState(longList());
    const letters = 'y'.repeat(MAX_TERM_LENGTH);
    const much = step(long, ADD, { type: 'type', fields: { term: letters } }, SUBMIT);
    expect(problemsOf(much)).toEqual({ term: 'too_much' });
  });
});

describe('changing a term', () => {
  const kept = glossaryEntry('water main', {
    heardAs: ['water, mane'],
    translations: { es: 'tubería', de: 'Leitung' },
    keep: false,
  });
  const EDIT: GlossaryEvent = { type: 'edit', key: 'en water main' };

  it('keeps what is not shown: languages not on offer, spellings with a comma', () => {
    const fields = { term: 'Water Main', translations: { es: '', fr: 'conduite' } };
    const state = step(startState([kept]), EDIT, { type: 'type', fields }, SUBMIT);
    expect(state.entries).toEqual([
      { ...kept, term: 'Water Main', translations: { de: 'Leitung', fr: 'conduite' } },
    ]);
    expect(state.draft.kind).toBe('none');
  });

  it('may keep its own name, but not take that of another', () => {
    const start = startState([kept, glossaryEntry('Parlance')]);
    const same = step(start, EDIT, { type: 'type', fields: { keep: true } }, SUBMIT);
    expect(same.entries[0]?.keep).toBe(true);
    const taken = step(start, EDIT, { type: 'type', fields: { term: 'parlance' } }, SUBMIT);
    expect(problemsOf(taken)).toEqual({ term: 'twice' });
  });

  it('is undone by leaving the form', () => {
    const start = startState([kept]);
    const fields = { term: 'other' };
    const state = step(start, EDIT, { type: 'type', fields }, { type: 'cancel' });
    expect(state).toEqual({ ...start, opened: 1 });
  });

  it('is not lost when one turns to another term, unless something is wrong with it', () => {
    const start = startState([kept, glossaryEntry('Parlance')]);
    const other: GlossaryEvent = { type: 'edit', key: 'en parlance' };
    const turned = step(start, EDIT, { type: 'type', fields: { term: 'pipe' } }, other);
    expect(turned.entries[0]?.term).toBe('pipe');
    expect(turned.draft).toMatchObject({ kind: 'editing', key: 'en parlance' });
    const wrong = step(start, EDIT, { type: 'type', fields: { term: '' } }, other);
    expect(wrong.draft).toMatchObject({ key: 'en water main', problems: { term: 'missing' } });
    const untouched = step(start, EDIT, other);
    expect(untouched.entries).toBe(start.entries);
    expect(untouched.deed).toBeNull();
  });

  it('changes nothing where the term is gone', () => {
    const start = startState([kept]);
    expect(step(start, { type: 'edit', key: 'en other' })).toEqual(start);
    const loaded = step(start, EDIT, { type: 'load', entries: [] });
    expect(loaded).toEqual({ ...EMPTY, opened: 1 });
  });
});

describe('settling a form', () => {
  it('takes over what can be taken over, and leaves the rest open', () => {
    const SETTLE: GlossaryEvent = { type: 'settle' };
    const fine = step(EMPTY, ADD, { type: 'type', fields: { term: 'Inês' } }, SETTLE);
    expect(fine.entries).toEqual([glossaryEntry('Inês')]);
    expect(fine.draft.kind).toBe('none');
    expect(step(EMPTY, ADD, SETTLE)).toEqual({ ...EMPTY, opened: 1 });
    const wrong = step(EMPTY, ADD, { type: 'type', fields: { heardAs: 'in s' } }, SETTLE);
    expect(problemsOf(wrong)).toEqual({ term: 'missing' });
  });
});

describe('deleting, importing and undoing', () => {
  const list = [glossaryEntry('one'), glossaryEntry('two'), glossaryEntry('three')];
  const start = startState(list);

  it('deletes a term and brings it back to where it was', () => {
    const state = step(start, { type: 'delete', key: 'en two' });
    expect(state.entries.map(({ term }) => term)).toEqual(['one', 'three']);
    expect(state.deed).toEqual({ kind: 'deleted', term: 'two' });
    const undone = step(state, { type: 'undo' });
    expect(undone.entries).toEqual(list);
    expect(step(undone, { type: 'undo' })).toEqual(undone);
  });

  it('closes the form of a term that is deleted, and leaves any other open', () => {
    const editing = step(start, { type: 'edit', key: 'en two' });
    expect(step(editing, { type: 'delete', key: 'en two' }).draft.kind).toBe('none');
    expect(step(editing, { type: 'delete', key: 'en one' }).draft).toEqual(editing.draft);
  });

  it('deletes all and brings all back', () => {
    const cleared = step(start, { type: 'search', text: 'one' }, { type: 'clear' });
    expect(cleared).toMatchObject({ entries: [], search: '', deed: { kind: 'cleared', terms: 3 } });
    expect(step(cleared, { type: 'undo' }).entries).toEqual(list);
    expect(step(EMPTY, { type: 'clear' })).toEqual(EMPTY);
  });

  it('takes a file in and takes it back', () => {
    const imported = step(start, { type: 'import', entries: [glossaryEntry('new')], terms: 1 });
    expect(imported.entries).toEqual([glossaryEntry('new')]);
    expect(step(imported, { type: 'undo' }).entries).toEqual(list);
  });
});

/** A list that is as long as a list may be, give or take a few letters. */
function longList(): GlossaryEntry[] {
  const entries: GlossaryEntry[] = [];
  for (let n = 0; ; n += 1) {
    const spellings = Array.from({ length: MAX_HEARD_AS }, (_, k) => `${n} ${k} `.padEnd(75, 'x'));
    const next = glossaryEntry(`${n}`, { heardAs: spellings });
    if (JSON.stringify([...entries, next]).length > MAX_GLOSSARY_CHARS - 900) break;
    entries.push(next);
  }
  while (JSON.stringify(entries).length < MAX_GLOSSARY_CHARS - 150) {
    entries.push(glossaryEntry(`fill ${entries.length}`));
  }
  if (!glossarySchema.safeParse(entries).success) throw new Error('Expected a list that fits.');
  return entries;
}
