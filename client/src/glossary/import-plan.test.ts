import { describe, expect, it } from 'vitest';
import { MAX_GLOSSARY_ENTRIES } from '../../../shared/limits.ts';
import { planImport } from './import-plan.ts';
import { glossaryEntry } from './testing/glossary-entry.ts';

describe('planImport', () => {
  const mine = [
    glossaryEntry('Parlance', { heardAs: ['par lance'], translations: { es: 'Parlance' } }),
    glossaryEntry('main', { translations: { es: 'tubería' }, keep: false }),
    glossaryEntry('Inês'),
  ];

  it('tells what is new, what changes and what stays', () => {
    const plan = planImport(mine, [
      glossaryEntry('parlance', { translations: { fr: 'Parlance' } }),
      glossaryEntry('main', { keep: false }),
      glossaryEntry('Porto'),
    ]);
    const changes = (way: 'merged' | 'replaced') => plan[way].terms.map(({ change }) => change);
    expect(changes('merged')).toEqual(['changed', 'same', 'new']);
    expect(changes('replaced')).toEqual(['changed', 'changed', 'new']);
    expect(plan.missing).toBe(1);
  });

  it('merges: the file has the last word where it says something', () => {
    const { merged } = planImport(mine, [
      glossaryEntry('parlance', { translations: { fr: 'Parlance' }, keep: false }),
      glossaryEntry('Porto'),
    ]);
    expect(merged.entries).toEqual([
      glossaryEntry('parlance', {
        heardAs: ['par lance'],
        translations: { es: 'Parlance', fr: 'Parlance' },
        keep: false,
      }),
      mine[1],
      mine[2],
      glossaryEntry('Porto'),
    ]);
  });

  it('replaces: the file as it is', () => {
    const incoming = [glossaryEntry('main')];
    expect(planImport(mine, incoming).replaced).toMatchObject({ entries: incoming, problem: null });
  });

  it('[INV4] names the limit that a list would break, each way for itself', () => {
    const full = Array.from({ length: MAX_GLOSSARY_ENTRIES }, (_, n) => glossaryEntry(`t${n}`));
    const plan = planImport(full, [glossaryEntry('one more')]);
    expect(plan.merged.problem).toBe('too_many_terms');
    expect(plan.replaced.problem).toBeNull();
    expect(planImport([], [...full, glossaryEntry('x')]).replaced.problem).toBe('too_many_terms');
  });

  it('tells terms of different languages apart', () => {
    const plan = planImport(mine, [glossaryEntry('main', { language: 'fr' })]);
    expect(plan.merged.terms[0]?.change).toBe('new');
    expect(plan.merged.entries).toHaveLength(4);
  });
});
