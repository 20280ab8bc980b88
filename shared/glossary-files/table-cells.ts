/** Cells that a spreadsheet would take for a formula, after any number of apostrophes. */
const FORMULA = /^'*[=+\-@]/;
const GUARDED = /^'+[=+\-@]/;

/** A cell as it is to be written: what would run as a formula gets an apostrophe before it. */
export function writeCell(value: string): string {
  return FORMULA.test(value) ? `'${value}` : value;
}

/** The value of a cell, without spaces around it. */
export function readCell(cell: string): string {
  const value = cell.trim();
  return GUARDED.test(value) ? value.slice(1) : value;
}

/** Several spellings in one cell; a bar within one is written `\|`. */
export function writeSpellings(spellings: readonly string[]): string {
  return spellings.map((spelling) => spelling.replace(/[\\|]/g, '\\$&')).join('|');
}

export function readSpellings(cell: string): string[] {
  const spellings = cell.match(/(?:\\[\\|]|[^|])+/g) ?? [];
  return spellings
    .map((spelling) => spelling.replace(/\\([\\|])/g, '$1').trim())
    .filter((spelling) => spelling !== '');
}
