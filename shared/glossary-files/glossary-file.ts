import type { Glossary } from '../glossary.ts';
import { decodeText } from './decode-text.ts';

/** Largest glossary file: TBX says much around each term, and 500 terms are all a glossary holds. */
export const MAX_GLOSSARY_FILE_BYTES = 2 * 1024 * 1024;
/** What {@link readGlossaryFile} reads, by the ending of a file's name. */
export const GLOSSARY_FILE_ENDINGS = ['.csv', '.tsv', '.tbx'] as const;

export interface GlossaryFile {
  /** Its ending tells the format: .csv, .tsv (or .txt) or .tbx (or .xml). */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface GlossaryFileOptions {
  /** The languages whose terms are read; a table with a column "term" needs no more than one. */
  readonly spoken: readonly string[];
  /** What the second column of a table without a header is in. */
  readonly secondColumn?: string;
}

/** Problems name their row (or, in XML, line) and column, and never repeat a term. */
export type GlossaryFileResult =
  | { readonly ok: true; readonly glossary: Glossary }
  /** `readable` is what could be read all the same, for who wants to go on with that. */
  | { readonly ok: false; readonly problems: readonly string[]; readonly readable: Glossary };

/** Reads a glossary out of a file, in a browser as on a server; all of it, or what is wrong with it. */
export async function readGlossaryFile(
  { name, bytes }: GlossaryFile,
  options: GlossaryFileOptions,
): Promise<GlossaryFileResult> {
  if (bytes.byteLength > MAX_GLOSSARY_FILE_BYTES) {
    return failure(
      `Expected a file of at most ${MAX_GLOSSARY_FILE_BYTES} bytes, got a larger one.`,
    );
  }
  const text = decodeText(bytes);
  if (text === null) {
    return failure(
      'Expected text in UTF-8 or UTF-16, got another encoding; in Excel, save as “CSV UTF-8”.',
    );
  }
  // Loaded only when needed, so that a page does not carry parsers that nobody uses.
  switch (/\.[^.]*$/.exec(name.toLowerCase())?.[0]) {
    case '.csv':
      return (await import('./parse-table.ts')).parseTable(text, 'csv', options);
    case '.tsv':
    case '.txt':
      return (await import('./parse-table.ts')).parseTable(text, 'tsv', options);
    case '.tbx':
    case '.xml':
      return (await import('./parse-tbx.ts')).parseTbx(text, options.spoken);
    default:
      return failure(`Expected a file that ends in ${GLOSSARY_FILE_ENDINGS.join(', ')}, got none.`);
  }
}

function failure(problem: string): GlossaryFileResult {
  return { ok: false, problems: [problem], readable: [] };
}
