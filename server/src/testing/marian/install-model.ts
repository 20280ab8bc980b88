import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type InstalledFileRole,
  MANIFEST_NAME,
  type ModelManifest,
} from '../../models/installed-models.ts';
import type { MadeModel } from './make-model.ts';

/** Writes a model as `parlance models add` installs it; resolves to its folder. */
export async function installModel(root: string, model: MadeModel): Promise<string> {
  const folder = await copyModel(root, model);
  await writeFile(join(folder, MANIFEST_NAME), JSON.stringify(manifestOf(model)));
  return folder;
}

/** Writes a model's files only, as somebody who unpacked Firefox's own would. */
export async function copyModel(root: string, { from, to, files }: MadeModel): Promise<string> {
  const folder = join(root, `${from}-${to}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

export function manifestOf({ from, to, files }: MadeModel): ModelManifest {
  return {
    pair: `${from}-${to}`,
    from,
    to,
    category: 'made',
    quality: null,
    licence: 'MIT',
    files: Object.entries(files).map(([name, bytes]) => ({
      name,
      role: roleOf(name),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })),
  };
}

function roleOf(name: string): InstalledFileRole {
  const role = /^(model|lex|vocab|srcvocab|trgvocab)\./.exec(name)?.[1];
  if (role === undefined) throw new RangeError(`Expected the name of a model's file, got ${name}.`);
  return role as InstalledFileRole;
}
