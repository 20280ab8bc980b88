import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../shared/errors.ts';
import type { CatalogueModel, ModelFile } from './catalogue.ts';

export type FileState =
  | { readonly kind: 'intact' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly problem: string };

export interface ModelState {
  /** `damaged` where any file is; else `missing` where any is absent. */
  readonly kind: 'intact' | 'missing' | 'damaged';
  readonly files: readonly { readonly file: ModelFile; readonly state: FileState }[];
}

/** The models on this machine: `<cache>/models/<model>/<file>`. Reads only; fetching is elsewhere. */
export class ModelStore {
  readonly root: string;

  constructor(cacheFolder: string) {
    this.root = join(cacheFolder, 'models');
  }

  folder(model: CatalogueModel): string {
    return join(this.root, model.name);
  }

  path(model: CatalogueModel, file: ModelFile): string {
    return join(this.folder(model), file.name);
  }

  /** Compares every file with the catalogue by length and sha256. */
  async inspect(model: CatalogueModel): Promise<ModelState> {
    const files = await Promise.all(
      model.files.map(async (file) => ({
        file,
        state: await inspectFile(this.path(model, file), file),
      })),
    );
    const has = (kind: FileState['kind']) => files.some(({ state }) => state.kind === kind);
    return { kind: has('damaged') ? 'damaged' : has('missing') ? 'missing' : 'intact', files };
  }

  /**
   * The folder of a model that is there and intact. Throws `model_missing` or `model_damaged`,
   * each saying what to do.
   */
  async require(model: CatalogueModel): Promise<string> {
    const state = await this.inspect(model);
    if (state.kind === 'intact') return this.folder(model);
    const problems = state.files
      .filter((entry) => entry.state.kind === state.kind)
      .map(({ file, state: { kind } }) => `${file.name} is ${kind}`)
      .join(', ');
    throw new AppError(
      state.kind === 'missing' ? 'model_missing' : 'model_damaged',
      `Expected the model ${model.name} in ${this.folder(model)}, but ${problems}. ` +
        `Run "parlance models fetch ${model.name}".`,
    );
  }
}

/** Compares a file with what it should be; without a sha256, by its length alone. */
export async function inspectFile(
  path: string,
  file: { readonly bytes: number; readonly sha256: string | null },
): Promise<FileState> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (found === null) return { kind: 'missing' };
  if (!found.isFile()) return { kind: 'damaged', problem: 'Expected a file, got something else' };
  if (found.size !== file.bytes) {
    return { kind: 'damaged', problem: `Expected ${file.bytes} bytes, got ${found.size}` };
  }
  if (file.sha256 === null) return { kind: 'intact' };
  const sha256 = await hashFile(path);
  return sha256 === file.sha256
    ? { kind: 'intact' }
    : { kind: 'damaged', problem: `Expected sha256 ${file.sha256}, got ${sha256}` };
}

/** Large reads: hashing 44 MB in 64 KB pieces takes twice as long. */
const HASH_READ_BYTES = 1024 * 1024;

export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: HASH_READ_BYTES }), hash);
  return hash.digest('hex');
}
