import type { Glossary } from './schema.ts';

/** The last file; until the next one, because nothing tells when a browser has taken it. */
let lastUrl: string | null = null;

/** Saves the list as a CSV file, which this page and spreadsheets read. */
export async function exportTerms(entries: Glossary, room: string): Promise<void> {
  const { writeGlossaryCsv } = await import('../../../shared/glossary-files/write-csv.ts');
  if (lastUrl !== null) URL.revokeObjectURL(lastUrl);
  lastUrl = URL.createObjectURL(new Blob([writeGlossaryCsv(entries)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = lastUrl;
  link.download = `${room}-terms.csv`;
  link.click();
}
