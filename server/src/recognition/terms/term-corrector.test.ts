import { describe, expect, test } from 'vitest';
import type { Glossary } from '../../../../shared/glossary.ts';
import { MAX_GLOSSARY_ENTRIES } from '../../../../shared/limits.ts';
import { TermCorrector } from './term-corrector.ts';

const entry = (term: string, heardAs: string[] = [], language = 'en'): Glossary[number] => ({
  language,
  term,
  heardAs,
  translations: {},
  keep: true,
});

const GLOSSARY: Glossary = [
  entry('Parlance'),
  entry('OpenAI'),
  entry('Go', ['go lang']),
  entry('Apple'),
  entry('C#', ['see sharp']),
  entry('.NET', ['dot net']),
  entry('Yahoo!'),
  entry('kubectl', ['cube cuttle', 'cube control']),
  entry('Kubernetes'),
  entry('Postgres'),
  entry('Node.js'),
  entry('May Day'),
  entry('Guido van Rossum'),
  entry('Katharine Vance'),
  entry('Theranos'),
  entry('Crohn'),
  entry('metformin'),
  entry('Parlance Cloud', ['parlance clout']),
  entry('Äquator', ['equator']),
];
const corrector = new TermCorrector(GLOSSARY, 'en');
const correct = (text: string): string => corrector.correct(text).text;

describe('spellings', () => {
  test.each([
    ['We go with see sharp.', 'We go with C#.'],
    ['See-Sharp, or GO LANG!', 'C#, or Go!'],
    ['use cube cuttle or Cube control', 'use kubectl or kubectl'],
    ['plan C# is c, not C++', 'plan C# is c, not C++'],
    ['yahoo, Yahoo! dot net in .net', 'Yahoo!, Yahoo! .NET in .net'],
    ['go lang lang', 'Go lang'],
    ['the seesharp', 'the seesharp'],
    ['I see sharpness', 'I see sharpness'],
    ['the parlance clout of ours', 'the Parlance Cloud of ours'],
    ['at the Equator', 'at the Äquator'],
  ])('heard as: %s', (heard, expected) => {
    expect(correct(heard)).toBe(expected);
  });

  test.each([
    ['the par lance team, Par-Lance, parlance', 'the Parlance team, Parlance, Parlance'],
    ['we like Open AI and open AI', 'we like OpenAI and OpenAI'],
    ['node JS and Node.JS', 'Node.js and Node.js'],
    ['by guido van rossum himself', 'by Guido van Rossum himself'],
    ['KUBERNETES', 'Kubernetes'],
  ])('the term in another case or spacing: %s', (heard, expected) => {
    expect(correct(heard)).toBe(expected);
  });

  test.each([
    'let us go, an apple may do',
    'Go on. Apple pie.',
    'it may day by day, open a inn',
    'the parlances of others',
    'par. Lance',
    'par, lance',
  ])('ordinary words need to be listed: %s', (text) => {
    expect(correct(text)).toBe(text);
  });

  test('punctuation, possessive endings and capitals that open a sentence survive', () => {
    expect(correct('“Par lance’s” – (par lance), par-lance-based…')).toBe(
      '“Parlance’s” – (Parlance), Parlance-based…',
    );
    expect(correct('Cube cuttle. Cube control? The cube cuttle')).toBe(
      'Kubectl. Kubectl? The kubectl',
    );
  });
});

describe('sounds', () => {
  test.each([
    ['the cooper netties cluster', 'the Kubernetes cluster'],
    ["Cooper Nettie's, and Cubernetes's pods", "Kubernetes, and Kubernetes's pods"],
    ['post gress or Postgress', 'Postgres or Postgres'],
    ["catherine van's answer", 'Katharine Vance answer'],
    ['he takes Metforman', 'he takes metformin'],
  ])('%s', (heard, expected) => {
    expect(correct(heard)).toBe(expected);
  });

  test.each([
    'the crown of the Crown, a crone',
    'Trans-Alaska and the tyrannous',
    'post grass and a post grease',
    'the Theranoses',
  ])('words that mean themselves stay: %s', (text) => {
    expect(correct(text)).toBe(text);
  });

  test('only English has sounds', () => {
    const spanish = new TermCorrector([entry('Kubernetes', ['cúbernet'], 'es')], 'es');
    expect(spanish.correct('cuber netties y Cúbernet, kubernetes').text).toBe(
      'cuber netties y Kubernetes, kubernetes',
    );
  });
});

describe('what is open', () => {
  const open = (text: string): string => {
    const corrected = corrector.correct(text);
    return corrected.text.slice(corrected.openFrom);
  };

  test.each([
    ['this is par', 'par'],
    ['this is par.', 'par.'],
    ['a post', 'post'],
    ['we met Guido van', 'Guido van'],
    ['the par lance', 'Parlance'],
    ['the par lance is', ''],
    ['so we said this', ''],
    ['', ''],
  ])('"%s" leaves "%s" open', (text, expected) => {
    expect(open(text)).toBe(expected);
  });
});

test('a spelling that is a term itself stays that term', () => {
  const names = new TermCorrector([entry('Jon', ['John', 'jonn']), entry('John', ['Jon'])], 'en');
  expect(names.correct('Jon met John and Jonn').text).toBe('Jon met John and Jon');
});

test('entries of other languages, and of none, change nothing', () => {
  expect(new TermCorrector(GLOSSARY, 'de').correct('par lance').text).toBe('par lance');
  expect(new TermCorrector([], 'en').correct('par lance')).toEqual({
    text: 'par lance',
    openFrom: 9,
  });
});

test('scripts without spaces have their listed spellings corrected', () => {
  const japanese = new TermCorrector([entry('パーランス', ['パランス'], 'ja')], 'ja');
  expect(japanese.correct('これはパランスです').text).toBe('これはパーランスです');
});

test('[INV4] the longest glossary and text are corrected, whatever they hold', () => {
  const entries = Array.from({ length: MAX_GLOSSARY_ENTRIES }, (_, index) =>
    entry(`a${' a'.repeat(index % 39)} ${index}`, [`a${' a'.repeat(39)}`, 'a'.repeat(80)]),
  );
  const largest = new TermCorrector(entries, 'en');
  const text = 'a '.repeat(5_000) + 'b'.repeat(100_000);
  expect(largest.correct(text).text.length).toBeGreaterThan(100_000);
});
