export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Printed below the table, one line each. */
  readonly notes?: readonly string[];
}

const GAP = '  ';

/** A table as plain text: the first column to the left, the others to the right. */
export function formatTable({ title, columns, rows, notes = [] }: Table): string {
  for (const row of rows) {
    if (row.length !== columns.length) {
      throw new RangeError(`Expected ${columns.length} cells in "${title}", got ${row.length}.`);
    }
  }
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return index === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(GAP)
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join(GAP);
  return [title, '', line(columns), rule, ...rows.map(line), ...notes].join('\n');
}

/** A number for a cell; a dash where there is none. */
export function cell(value: number | null, digits = 0): string {
  if (value === null || Number.isNaN(value)) return '–';
  return Number.isFinite(value) ? value.toFixed(digits) : '∞';
}
