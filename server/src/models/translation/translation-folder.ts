import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../disk-error.ts';
import { type FileLockOptions, withFileLock } from '../file-lock.ts';
import {
  type InstalledModel,
  MANIFEST_NAME,
  readInstalledModel,
  translationModelsFolder,
} from '../installed-models.ts';
import { type FileState, inspectFile } from '../model-store.ts';
import { isPair } from './model-offer.ts';

export interface TranslationModelState {
  readonly pair: string;
  /** Null where the folder says nothing that can be read. */
  readonly model: InstalledModel | null;
  readonly kind: 'intact' | 'damaged';
  readonly files: readonly { readonly name: string; readonly state: FileState }[];
}

/**
 * The translation models on this machine, one folder a pair; names that begin with a dot are work
 * under way or its remains. A pair's lock is held by whoever changes it.
 */
export class TranslationFolder {
  readonly root: string;

  constructor(cacheFolder: string) {
    this.root = translationModelsFolder(cacheFolder);
  }

  folder(pair: string): string {
    return join(this.root, pair);
  }

  /** Where a model is put together before it takes its place. */
  staging(pair: string, category: string): string {
    return join(this.root, `.${pair}.${category}.new`);
  }

  async withLock<T>(
    pair: string,
    work: () => Promise<T>,
    options: FileLockOptions = {},
  ): Promise<T> {
    return await withFileLock(join(this.root, `.${pair}.lock`), work, options);
  }

  /** Pairs of which there is a folder, whole or not, by name. */
  async pairs(): Promise<readonly string[]> {
    const entries = await readdir(this.root, { withFileTypes: true }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
        throw error;
      },
    );
    const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
    return folders
      .map(({ name }) => name)
      .filter(isPair)
      .sort();
  }

  async read(pair: string): Promise<InstalledModel | null> {
    return await readInstalledModel(this.folder(pair), pair);
  }

  /** Compares every file with the manifest, contents and all; null where there is no such folder. */
  async inspect(pair: string): Promise<TranslationModelState | null> {
    if (!(await this.pairs()).includes(pair)) return null;
    return await inspectModel(pair, await this.read(pair), {
      name: MANIFEST_NAME,
      problem: 'Expected a manifest and the files it names, got something else',
    });
  }

  /** Puts a finished staging folder in the pair's place; what was there is removed. */
  async place(staging: string, pair: string): Promise<void> {
    const target = this.folder(pair);
    const old = await this.#setAside(pair);
    try {
      await rename(staging, target);
    } catch (error) {
      if (old !== null) await rename(old, target);
      throw diskError(error, target);
    }
    if (old !== null) await rm(old, { recursive: true, force: true });
  }

  /**
   * Removes a pair and what broken installations of it left. A server that has it loaded goes on
   * without the files. Resolves with whether it was there.
   */
  async remove(pair: string, options: FileLockOptions = {}): Promise<boolean> {
    if (!(await this.#knows(pair))) return false;
    return await this.withLock(
      pair,
      async () => {
        const old = await this.#setAside(pair);
        await this.#sweep(pair, () => true);
        return old !== null;
      },
      options,
    );
  }

  /** Removes what earlier runs left of this pair, but for one folder. Call it under the lock. */
  async removeRemains(pair: string, keep: string): Promise<void> {
    await this.#sweep(pair, (path) => path !== keep);
  }

  async #knows(pair: string): Promise<boolean> {
    const names = await readdir(this.root).catch(() => []);
    return names.some((name) => name === pair || isRemainOf(name, pair));
  }

  /** Moves the pair's folder away in one step, so that nobody sees half of it. */
  async #setAside(pair: string): Promise<string | null> {
    const target = this.folder(pair);
    const old = join(this.root, `.${pair}.${randomUUID()}.old`);
    return await rename(target, old).then(
      () => old,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw diskError(error, target);
      },
    );
  }

  async #sweep(pair: string, which: (path: string) => boolean): Promise<void> {
    for (const name of await readdir(this.root)) {
      const path = join(this.root, name);
      if (isRemainOf(name, pair) && which(path)) {
        await rm(path, { recursive: true, force: true }).catch((error) => {
          throw diskError(error, path);
        });
      }
    }
  }
}

/** Compares every file with what the manifest tells of it; `absent` is what is wrong without one. */
export async function inspectModel(
  pair: string,
  model: InstalledModel | null,
  absent: { readonly name: string; readonly problem: string },
): Promise<TranslationModelState> {
  if (model === null) {
    const { name, problem } = absent;
    return { pair, model, kind: 'damaged', files: [{ name, state: { kind: 'damaged', problem } }] };
  }
  const files = await Promise.all(
    model.files.map(async (file) => ({
      name: file.name,
      state: await inspectFile(file.path, file),
    })),
  );
  const whole = files.every(({ state }) => state.kind === 'intact');
  return { pair, model, kind: whole ? 'intact' : 'damaged', files };
}

function isRemainOf(name: string, pair: string): boolean {
  return name.startsWith(`.${pair}.`) && /\.(new|old)$/.test(name);
}
