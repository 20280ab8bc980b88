import type { Glossary } from './schema.ts';

/** Saves the list as a CSV file, which this page and spreadsheets read. */
export async function exportTerms(entries: Glossary, room: string): Promise<void> {
  const { writeGlossaryCsv } = await import('../../../shared/glossary-files/write-csv.ts');
  const blob = new Blob([writeGlossaryCsv(entries)], { type: 'text/csv' });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${room}-terms.csv`;
  link.click();
  // The download has its own hold on the file once it has begun.
  setTimeout(() => URL.revokeObjectURL(url));
}
