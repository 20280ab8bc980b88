import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isModelFolder, MANIFEST_NAME, readInstalledModel } from '../installed-models.ts';
import { inspectModel, type TranslationModelState } from './translation-folder.ts';

/**
 * What lies in a folder of the user's own (MODELS_DIR), by name: models that nothing here changes,
 * and folders that are named like one but hold none. None where the folder is absent.
 */
export async function inspectOwnModels(
  folder: string | undefined,
): Promise<readonly TranslationModelState[]> {
  if (folder === undefined) return [];
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return await Promise.all(
    names
      .filter(isModelFolder)
      .sort()
      .map(async (name) => {
        const model = await readInstalledModel(join(folder, name), name);
        return await inspectModel(model?.pair ?? name, model, OWN_PROBLEM);
      }),
  );
}

const OWN_PROBLEM = {
  name: MANIFEST_NAME,
  problem: "Expected a manifest and the files it names, or Firefox's own, unpacked",
};
