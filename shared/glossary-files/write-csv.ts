import Papa from 'papaparse';
import type { Glossary } from '../glossary.ts';
import { writeCell, writeSpellings } from './table-cells.ts';

/** A spreadsheet takes a file without it for text in an older encoding. */
const BYTE_ORDER_MARK = '\uFEFF';

/** A glossary as a table that `readGlossaryFile` and spreadsheets read: one row a term. */
export function writeGlossaryCsv(glossary: Glossary): string {
  const languages = [
    ...new Set(glossary.flatMap(({ translations }) => Object.keys(translations))),
  ].sort();
  const header = ['language', 'term', 'heard as', 'keep', ...languages];
  const rows = glossary.map(({ language, term, heardAs, keep, translations }) =>
    [
      language,
      term,
      writeSpellings(heardAs),
      keep ? 'yes' : 'no',
      ...languages.map((target) => translations[target] ?? ''),
    ].map(writeCell),
  );
  return `${BYTE_ORDER_MARK}${Papa.unparse([header, ...rows], { newline: '\r\n' })}\r\n`;
}
