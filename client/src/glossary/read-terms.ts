import './without-eval.ts';
import { readGlossaryFile } from '../../../shared/glossary-files/glossary-file.ts';
import type { Glossary } from './schema.ts';

/** What a file holds, and what of it could not be read, each with its row. */
export interface ReadTerms {
  entries: Glossary;
  problems: readonly string[];
}

/** Reads a CSV, TSV or TBX file; rows that cannot be read are left out. */
export async function readTerms(
  file: File,
  spoken: string,
  offers: readonly string[],
): Promise<ReadTerms> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const [only, ...more] = offers;
  const result = await readGlossaryFile(
    { name: file.name, bytes },
    // Of two columns without a name, the second can only be the one translation on offer.
    { spoken: [spoken], ...(only === undefined || more.length > 0 ? {} : { secondColumn: only }) },
  );
  return result.ok
    ? { entries: result.glossary, problems: [] }
    : { entries: result.readable, problems: result.problems };
}
