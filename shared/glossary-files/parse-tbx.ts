import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { termKey } from '../glossary.ts';
import { GlossaryCollector } from './glossary-collector.ts';
import type { GlossaryFileResult } from './glossary-file.ts';
import { languageOf } from './language-tag.ts';

/** Elements within each other: a term stands seven deep, notes a little deeper. */
export const MAX_XML_DEPTH = 64;

/** What TBX version 2 (ISO 30042:2008) and version 3 (2019) call the same things. */
const ROOTS: ReadonlySet<string> = new Set(['martif', 'tbx']);
const CONCEPTS: ReadonlySet<string> = new Set(['termEntry', 'conceptEntry']);
const LANGUAGES: ReadonlySet<string> = new Set(['langSet', 'langSec']);
const TERM_SECTIONS: ReadonlySet<string> = new Set(['tig', 'ntig', 'termSec']);
/** The style of version 3 with an element for each data category, and the one with attributes. */
const STATUS = 'administrativeStatus';
const AVOIDED = /^(?:superseded|deprecated)Term|^(?:notRecommended|obsolete)/;
const PREFERRED = /^preferred/;

interface FoundTerm {
  readonly line: number;
  text: string;
  status: string;
}

/** Where the parser is; deeper ones keep what the ones above them gather. */
interface Cursor {
  concept: Map<string, FoundTerm[]> | null;
  language: string | null;
  term: FoundTerm | null;
  /** What the text that comes belongs to. */
  reading: 'term' | 'status' | null;
}

/** What a file's own entities would become is of no interest: no file needs any, and some harm. */
class XmlFault extends Error {}

/** Reads a glossary out of TBX: the terms of the spoken languages, and those of others as theirs. */
export function parseTbx(text: string, spoken: readonly string[]): GlossaryFileResult {
  const found = new GlossaryCollector();
  const parser = new SaxesParser();
  const path: string[] = [];
  const cursor: Cursor = { concept: null, language: null, term: null, reading: null };
  let terms = 0;
  const place = (): string => `Line ${parser.line}`;

  parser.on('error', ({ message }) => {
    throw new XmlFault(
      message.includes('entity')
        ? 'expected no entities but those of XML itself, got another'
        : 'expected well-formed XML, got a fault',
    );
  });
  parser.on('opentag', (tag) => {
    const name = localName(tag);
    if (path.length === 0 && !ROOTS.has(name)) {
      throw new XmlFault('expected TBX (an element "martif" or "tbx"), got another element');
    }
    if (path.length === MAX_XML_DEPTH) {
      throw new XmlFault(`expected elements at most ${MAX_XML_DEPTH} deep, got deeper ones`);
    }
    path.push(name);
    open(name, tag.attributes);
  });
  parser.on('text', (piece) => read(piece));
  parser.on('cdata', (piece) => read(piece));
  parser.on('closetag', () => close(path.pop() ?? ''));

  function open(name: string, attributes: SaxesTagPlain['attributes']): void {
    if (CONCEPTS.has(name)) cursor.concept = new Map();
    else if (LANGUAGES.has(name)) {
      cursor.language = languageOf(attributes['xml:lang'] ?? '');
      if (cursor.language === null) {
        found.problem(place(), 'expected xml:lang with a language code, got none');
      }
    } else if (TERM_SECTIONS.has(name)) cursor.term = { line: parser.line, text: '', status: '' };
    else if (name === 'term') {
      const status = cursor.term?.status ?? '';
      cursor.term = { line: parser.line, text: '', status };
      cursor.reading = 'term';
    } else if (name === STATUS || (name === 'termNote' && attributes.type === STATUS))
      cursor.reading = 'status';
  }

  function read(piece: string): void {
    if (cursor.term === null) return;
    if (cursor.reading === 'term') cursor.term.text += piece;
    if (cursor.reading === 'status') cursor.term.status += piece.trim();
  }

  function close(name: string): void {
    const { concept, language, term } = cursor;
    if (name === 'term' && term !== null && language !== null) {
      const others = concept?.get(language);
      if (others === undefined) concept?.set(language, [term]);
      else others.push(term);
      terms += 1;
    }
    if (name === 'term' || name === STATUS || name === 'termNote') cursor.reading = null;
    else if (TERM_SECTIONS.has(name)) cursor.term = null;
    else if (LANGUAGES.has(name)) cursor.language = null;
    else if (CONCEPTS.has(name) && concept !== null) {
      cursor.concept = null;
      addConcept(concept, spoken, found);
    }
  }

  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    found.problem(place(), error.message);
    return found.result();
  }
  const result = found.result();
  if (!result.ok || result.glossary.length > 0) return result;
  const got = terms === 0 ? 'no terms at all' : `${terms} in other languages`;
  const problem = `Expected terms in ${spoken.join(' or ')}, got ${got}.`;
  return { ok: false, problems: [problem], readable: [] };
}

function addConcept(
  concept: ReadonlyMap<string, readonly FoundTerm[]>,
  spoken: readonly string[],
  found: GlossaryCollector,
): void {
  const translations = new Map<string, string>();
  for (const [language, terms] of concept) {
    const usable = terms.filter(({ status }) => !AVOIDED.test(status));
    const best = usable.find(({ status }) => PREFERRED.test(status)) ?? usable[0];
    if (best !== undefined) translations.set(language, oneLine(best.text));
  }
  for (const language of spoken) {
    const seen = new Set<string>();
    for (const { line, text } of concept.get(language) ?? []) {
      const term = oneLine(text);
      // en-GB and en-US often have the same word.
      if (seen.has(termKey(term))) continue;
      seen.add(termKey(term));
      const others = [...translations].filter(([other]) => other !== language);
      const entry = { language, term, heardAs: [], keep: false };
      found.add(`Line ${line}`, { ...entry, translations: Object.fromEntries(others) }, null);
    }
  }
}

/** Line breaks and indentation within an element are no part of a term. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function localName({ name }: SaxesTagPlain): string {
  return name.slice(name.indexOf(':') + 1);
}
