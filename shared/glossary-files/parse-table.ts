import Papa from 'papaparse';
import { GlossaryCollector } from './glossary-collector.ts';
import type { GlossaryFileOptions, GlossaryFileResult } from './glossary-file.ts';
import { languageOf } from './language-tag.ts';
import { readCell, readSpellings } from './table-cells.ts';
import { type Columns, columnsOf } from './table-columns.ts';

/** Rows of one table, empty ones too: a glossary has no more than 500 terms. */
export const MAX_TABLE_ROWS = 10_000;
/** Excel writes semicolons where the comma is the decimal sign. */
const CSV_DELIMITERS = [',', ';', '\t'];
const YES: ReadonlySet<string> = new Set(['yes', 'y', 'true', '1', 'x']);
const NO: ReadonlySet<string> = new Set(['no', 'n', 'false', '0', '']);

interface Row {
  readonly place: string;
  readonly cells: readonly string[];
}

/** Reads a glossary out of a table, whose rows are counted as a spreadsheet does. */
export function parseTable(
  text: string,
  kind: 'csv' | 'tsv',
  options: GlossaryFileOptions,
): GlossaryFileResult {
  const found = new GlossaryCollector();
  const lines = text.replace(/\r\n?/g, '\n');
  const { data, errors } = Papa.parse<string[]>(lines, {
    delimiter: kind === 'tsv' ? '\t' : delimiterOf(lines, options),
    delimitersToGuess: CSV_DELIMITERS,
    newline: '\n',
    preview: MAX_TABLE_ROWS + 1,
  });
  // What follows a quote that is out of place is anybody's guess.
  const fault = errors.find(({ type }) => type === 'Quotes');
  if (fault !== undefined) {
    found.problem(
      placeOf(fault.row ?? 0),
      'expected quotes around a whole field, and doubled within it, got another one',
    );
    return found.result();
  }
  if (data.length > MAX_TABLE_ROWS) {
    found.problem(placeOf(MAX_TABLE_ROWS), `expected at most ${MAX_TABLE_ROWS} rows, got more`);
    return found.result();
  }
  const rows = data
    .map((cells, index): Row => ({ place: placeOf(index), cells: cells.map(readCell) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  const [first, ...rest] = rows;
  if (first === undefined) {
    found.problem(placeOf(0), 'expected terms, got an empty file');
    return found.result();
  }
  const columns = columnsOf(first.cells, options);
  if (columns.kind === 'problem') found.problem(first.place, columns.problem);
  else if (columns.kind === 'headed') for (const row of rest) readHeaded(row, columns, found);
  else if (columns.kind === 'pairs') for (const row of rows) readPair(row, columns, found);
  else for (const row of rows) readOwnPair(row, found);
  return found.result();
}

/** With a header, the one that makes sense of it; else empty, and the shape of the rows decides. */
function delimiterOf(lines: string, options: GlossaryFileOptions): string {
  const start = lines.replace(/^\s*\n/, '');
  const makesSense = (delimiter: string): boolean => {
    const config = { delimiter, newline: '\n', preview: 1 } as const;
    const [cells = []] = Papa.parse<string[]>(start, config).data;
    return columnsOf(cells.map(readCell), options).kind === 'headed';
  };
  return CSV_DELIMITERS.find(makesSense) ?? '';
}

function readHeaded(
  row: Row,
  columns: Columns & { kind: 'headed' },
  found: GlossaryCollector,
): void {
  const { place, cells } = row;
  const nameless = cells.findIndex((cell, at) => cell !== '' && !columns.named.has(at));
  if (nameless >= 0) {
    found.problem(
      place,
      `expected nothing in column ${nameless + 1}, which has no name, got a value`,
    );
    return;
  }
  const at = (index: number | undefined): string =>
    index === undefined ? '' : (cells[index] ?? '');
  const keep = at(columns.keep).toLowerCase();
  if (!YES.has(keep) && !NO.has(keep)) {
    found.problem(place, 'expected yes or no in column "keep", got another word');
    return;
  }
  const entry = {
    heardAs: readSpellings(at(columns.heardAs)),
    keep: YES.has(keep),
    translations: Object.fromEntries(
      [...columns.languages]
        .map(([language, index]): [string, string] => [language, at(index)])
        .filter(([, translation]) => translation !== ''),
    ),
  };
  const { terms } = columns;
  if (terms.kind === 'column') {
    const tag = at(terms.language);
    const language = tag === '' ? terms.spoken : languageOf(tag);
    if (language === null) {
      const got = tag === '' ? 'nothing' : 'another word';
      found.problem(place, `expected a language code in column "language", got ${got}`);
      return;
    }
    found.add(place, { ...entry, language, term: at(terms.index) }, 'term');
    return;
  }
  const spoken = terms.languages.filter((language) => entry.translations[language] !== undefined);
  if (spoken.length === 0) {
    const names = terms.languages.map((language) => `"${language}"`).join(' or ');
    found.problem(place, `expected a term in column ${names}, got nothing`);
  }
  for (const language of spoken) {
    const { [language]: term = '', ...translations } = entry.translations;
    found.add(place, { ...entry, language, term, translations }, language);
  }
}

/** A row of two columns whose languages are known from elsewhere. */
function readPair(
  { place, cells }: Row,
  { spoken, second }: Columns & { kind: 'pairs' },
  found: GlossaryCollector,
): void {
  const [term = '', translation = '', ...more] = cells;
  if (more.some((cell) => cell !== '')) {
    found.problem(place, `expected 2 columns, got ${cells.length}`);
    return;
  }
  addPair(place, spoken, term, second, translation, found);
}

/** A row that names its languages itself: term, translation, their two languages. */
function readOwnPair({ place, cells }: Row, found: GlossaryCollector): void {
  const [term = '', translation = '', from = '', to = '', ...more] = cells;
  const [language, target] = [languageOf(from), languageOf(to)];
  if (language === null || target === null || more.some((cell) => cell !== '')) {
    found.problem(place, 'expected a term, its translation and two language codes, got others');
    return;
  }
  addPair(place, language, term, target, translation, found);
}

function addPair(
  place: string,
  language: string,
  term: string,
  target: string,
  translation: string,
  found: GlossaryCollector,
): void {
  const translations = { [target]: translation };
  found.add(place, { language, term, heardAs: [], translations, keep: false }, '1');
}

function placeOf(index: number): string {
  return `Row ${index + 1}`;
}
