import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * Translation models on this machine: `<cache>/models/translation/<pair>/` with a `model.json`, or
 * a folder of the same layout elsewhere, whose pairs may also be Firefox's files without one.
 */

/** What a file of a translation model is for; `vocab` serves both languages. */
export type InstalledFileRole = 'model' | 'lex' | 'vocab' | 'srcvocab' | 'trgvocab';

const fileSchema = z.object({
  name: z.string().regex(/^[\w.-]+$/, 'Expected the plain name of a file'),
  role: z.enum(['model', 'lex', 'vocab', 'srcvocab', 'trgvocab']),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'Expected 64 hexadecimal digits'),
});

const languageSchema = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'Expected a language code');

/** Contents of `model.json`, written last: a folder without one is not installed yet. */
export const modelManifestSchema = z
  .object({
    /** Name of the folder: the two languages, as in `en-es`. */
    pair: z.string().min(1),
    from: languageSchema,
    to: languageSchema,
    /** As its makers sort it: `tiny`, `base-memory`, `base`. */
    category: z.string().min(1),
    /** BLEU on FLORES as its makers measured it, where they did. */
    quality: z.number().nullable(),
    licence: z.string().min(1),
    files: z.array(fileSchema).min(2),
  })
  .refine(({ pair, from, to }) => pair === `${from}-${to}`, 'Expected the pair to be from-to');

export type ModelManifest = z.infer<typeof modelManifestSchema>;

export interface InstalledFile {
  readonly name: string;
  readonly role: InstalledFileRole;
  readonly path: string;
  readonly bytes: number;
  /** Null where no manifest tells it. */
  readonly sha256: string | null;
}

export interface InstalledModel {
  readonly pair: string;
  readonly from: string;
  readonly to: string;
  readonly category: string | null;
  readonly quality: number | null;
  readonly licence: string | null;
  readonly folder: string;
  readonly files: readonly InstalledFile[];
  /** Changes whenever any of its files does: sizes and times, as they are on disk. */
  readonly stamp: string;
}

export const MANIFEST_NAME = 'model.json';

/** Where `parlance models add` puts translation models. */
export function translationModelsFolder(cacheFolder: string): string {
  return join(cacheFolder, 'models', 'translation');
}

/**
 * Every pair installed in a folder, by name; none where the folder is absent. What is incomplete or
 * has an unreadable manifest is left out: checking contents is for who loads a model.
 */
export async function readInstalledModels(folder: string): Promise<InstalledModel[]> {
  const names = await readdir(folder).catch(whereAbsent([]));
  const models = await Promise.all(
    names.sort().map((name) => readInstalledModel(join(folder, name), name)),
  );
  return models.filter((model) => model !== null);
}

/** The model in one pair's folder, or null where none is installed in it. */
export async function readInstalledModel(
  folder: string,
  name: string,
): Promise<InstalledModel | null> {
  const text = await readFile(join(folder, MANIFEST_NAME), 'utf8').catch(whereAbsent(null));
  return text === null ? readRawModel(folder, name) : readManifestModel(folder, name, text);
}

async function readManifestModel(
  folder: string,
  name: string,
  text: string,
): Promise<InstalledModel | null> {
  const parsed = modelManifestSchema.safeParse(parseJson(text));
  // Folders under other names are installations under way, or what a broken one left.
  if (!parsed.success || parsed.data.pair !== name) return null;
  const { files, ...about } = parsed.data;
  const stamps = await Promise.all(
    [MANIFEST_NAME, ...files.map(({ name }) => name)].map((name) => stampOf(join(folder, name))),
  );
  return {
    ...about,
    folder,
    files: files.map((file) => ({ ...file, path: join(folder, file.name) })),
    stamp: stamps.join(' '),
  };
}

const FIREFOX_FILES: readonly { pattern: RegExp; role: InstalledFileRole }[] = [
  { pattern: /^model\.\w+\..*bin$/, role: 'model' },
  { pattern: /^lex\..*\.bin$/, role: 'lex' },
  { pattern: /^vocab\..*\.spm$/, role: 'vocab' },
  { pattern: /^srcvocab\..*\.spm$/, role: 'srcvocab' },
  { pattern: /^trgvocab\..*\.spm$/, role: 'trgvocab' },
];
/** `en-es`, or `enes` as Mozilla writes it. */
const PAIR_NAME = /^([a-z]{2,3})-([a-z]{2,3})$|^([a-z]{2})([a-z]{2})$/;

/** Whether a folder is named as one of a model is. */
export function isModelFolder(name: string): boolean {
  return PAIR_NAME.test(name);
}

/** Firefox's own files, unpacked, in a folder named after the pair. */
async function readRawModel(folder: string, name: string): Promise<InstalledModel | null> {
  const pair = PAIR_NAME.exec(name);
  if (pair === null) return null;
  const from = pair[1] ?? pair[3] ?? '';
  const to = pair[2] ?? pair[4] ?? '';
  const names = await readdir(folder).catch(whereAbsent<string[]>([]));
  const files: InstalledFile[] = [];
  for (const { pattern, role } of FIREFOX_FILES) {
    const found = names.filter((candidate) => pattern.test(candidate)).sort()[0];
    if (found === undefined) continue;
    const path = join(folder, found);
    const { size } = await stat(path);
    files.push({ name: found, role, path, bytes: size, sha256: null });
  }
  const has = (role: InstalledFileRole) => files.some((file) => file.role === role);
  if (!has('model') || !(has('vocab') || (has('srcvocab') && has('trgvocab')))) return null;
  const stamps = await Promise.all(files.map(({ path }) => stampOf(path)));
  return {
    pair: `${from}-${to}`,
    from,
    to,
    category: null,
    quality: null,
    licence: null,
    folder,
    files,
    stamp: stamps.join(' '),
  };
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(whereAbsent(null));
  return found === null ? '-' : `${found.size}:${found.mtimeNs}:${found.ino}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** For `catch`: `value` where the file or folder is not there, or something else is in its place. */
function whereAbsent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return value;
    throw error;
  };
}
