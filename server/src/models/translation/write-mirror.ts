import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskError } from '../disk-error.ts';
import { requireRoom } from '../disk-room.ts';
import { withFileLock } from '../file-lock.ts';
import { type ModelOffer, type ModelRegistry, TRANSLATION_LICENCE } from './model-offer.ts';
import {
  NEWEST_MIRROR_FOLDER,
  type NewestRegistry,
  parseRegistry,
  REGISTRY_PATH,
  type RegistryDocument,
} from './newest-registry.ts';
import { fetchPacked, type PackedOptions } from './packed-files.ts';
import { PINNED_MIRROR_FOLDER } from './pinned-registry.ts';
import { unpackFile } from './unpack-file.ts';

export interface MirrorOptions extends Omit<PackedOptions, 'onSize'> {
  /** Before each model. */
  readonly onModel?: (offer: ModelOffer) => void;
}

/**
 * Writes the packed files of these offers, checked, into a folder that any web server can serve:
 * its address is then another machine's `MODEL_MIRROR`. What is there already is checked and kept.
 * Rejects as {@link fetchPacked} does.
 */
export async function writeMirror(
  folder: string,
  registry: ModelRegistry | NewestRegistry,
  offers: readonly ModelOffer[],
  options: MirrorOptions,
): Promise<void> {
  const isNewest = 'document' in registry;
  const root = join(folder, isNewest ? NEWEST_MIRROR_FOLDER : PINNED_MIRROR_FOLDER);
  await makeFolder(root);
  const onWait = () => options.report({ kind: 'waiting' });
  await withFileLock(
    join(root, '.lock'),
    async () => {
      await writeWhole(join(folder, 'translation', 'LICENCE.txt'), licenceText());
      for (const offer of offers) {
        options.onModel?.(offer);
        await fetchInto(root, offer, registry, options);
        // Listed only now, so that whoever asks meanwhile finds every file of what is listed.
        if (isNewest) await listModel(root, offer, registry.document);
      }
    },
    { signal: options.signal, onWait },
  );
}

async function fetchInto(
  root: string,
  offer: ModelOffer,
  { sources }: ModelRegistry,
  options: MirrorOptions,
): Promise<void> {
  const wanted = offer.files.map((file) => ({ file, target: join(root, file.path) }));
  for (const { target } of wanted) await makeFolder(dirname(target));
  await fetchPacked(offer.pair, wanted, sources, {
    ...options,
    onSize: (bytes) => requireRoom(root, bytes),
  });
  for (const { file, target } of wanted) {
    if (file.packed.sha256 !== null) continue;
    // Nobody told what the packed file should be: what is in it has to tell.
    const trial = `${target}.trial`;
    await unpackFile(target, trial, file.unpacked, options).catch(async (error) => {
      await rm(target, { force: true });
      throw error;
    });
    await rm(trial, { force: true });
  }
}

/** Adds a model to the mirror's own registry, beside those of earlier runs. */
async function listModel(
  root: string,
  offer: ModelOffer,
  document: RegistryDocument,
): Promise<void> {
  const path = join(root, REGISTRY_PATH);
  const before = await readFile(path, 'utf8').then(parseRegistry, () => null);
  const modelPath = offer.files.find(({ role }) => role === 'model')?.path;
  const isThis = (entry: unknown) => pathOfModel(entry) === modelPath;
  const others = before?.models[offer.pair]?.filter((entry) => !isThis(entry)) ?? [];
  const added = document.models[offer.pair]?.filter(isThis) ?? [];
  const models = { ...before?.models, [offer.pair]: [...others, ...added] };
  await makeFolder(dirname(path));
  await writeWhole(path, `${JSON.stringify({ ...document, models }, null, 1)}\n`);
}

function pathOfModel(entry: unknown): string | undefined {
  const { files } = entry as { files?: { model?: { path?: string } } };
  return files?.model?.path;
}

async function writeWhole(path: string, content: string): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, content, { flush: true });
    await rename(part, path);
  } catch (error) {
    throw diskError(error, path);
  }
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw diskError(error, folder);
  });
}

function licenceText(): string {
  return [
    'Translation models of Firefox Translations, made by Mozilla and the Bergamot project',
    '(https://github.com/mozilla/firefox-translations-models, https://browser.mt), unchanged.',
    `Licence: ${TRANSLATION_LICENCE.line}.`,
    '',
  ].join('\n');
}
