import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import type { Glossary } from '../../../shared/glossary.ts';
import {
  type GlossaryFileOptions,
  MAX_GLOSSARY_FILE_BYTES,
  readGlossaryFile,
} from '../../../shared/glossary-files/glossary-file.ts';

export interface GlossarySource extends GlossaryFileOptions {
  readonly path: string;
  /** What named the file, for example `GLOSSARY_FILE`. */
  readonly named: string;
}

/**
 * Reads a glossary from disk; rejects with one `invalid_setting` that names every problem by its
 * row, and no term.
 */
export async function loadGlossary({ path, named, ...options }: GlossarySource): Promise<Glossary> {
  const bytes = await readBounded(path).catch((error: NodeJS.ErrnoException) => {
    throw new AppError(
      'invalid_setting',
      `Expected ${named} with a file that can be read, got ${error.code ?? 'an error'} at ${path}.`,
      { cause: error },
    );
  });
  const result = await readGlossaryFile({ name: path, bytes }, options);
  if (result.ok) return result.glossary;
  throw new AppError(
    'invalid_setting',
    `Expected ${named} with a glossary, got ${path} with problems:\n  ${result.problems.join('\n  ')}`,
  );
}

/** All of a file, or one byte more than a glossary may have. */
async function readBounded(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    return await readUpTo(file, MAX_GLOSSARY_FILE_BYTES + 1);
  } finally {
    await file.close();
  }
}

async function readUpTo(file: FileHandle, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await file.read(bytes, length, limit - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
