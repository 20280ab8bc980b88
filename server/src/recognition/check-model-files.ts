import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { ModelFile } from '../models/catalogue.ts';
import { hashFile } from '../models/model-store.ts';

export interface ModelCheck {
  /** As `parlance models fetch` knows it. */
  readonly model: string;
  readonly folder: string;
  readonly files: readonly ModelFile[];
  /** Whether contents are compared too; lengths always are. */
  readonly checksums: boolean;
}

/** Throws `model_missing` or `model_damaged`, saying how to get the files. */
export async function checkModelFiles(check: ModelCheck): Promise<void> {
  for (const file of check.files) {
    const path = join(check.folder, file.name);
    const bytes = await sizeOf(path);
    if (bytes === null) {
      throw new AppError('model_missing', `Expected ${path}, got no such file. ${advice(check)}`);
    }
    if (bytes !== file.bytes) {
      throw damaged(check, path, `${file.bytes} bytes`, `${bytes}`);
    }
    if (!check.checksums) continue;
    const sha256 = await hashFile(path);
    if (sha256 !== file.sha256) throw damaged(check, path, `sha256 ${file.sha256}`, sha256);
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch {
    // Whatever keeps it from being looked at, it is not there for us.
    return null;
  }
}

function damaged(check: ModelCheck, path: string, expected: string, got: string): AppError {
  return new AppError(
    'model_damaged',
    `${path}: expected ${expected}, got ${got}. ${advice(check)}`,
  );
}

function advice({ model }: ModelCheck): string {
  return `Run "parlance models fetch ${model}".`;
}
