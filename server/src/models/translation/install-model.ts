import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { ProxySettings } from '../../config/proxy-settings.ts';
import { diskError } from '../disk-error.ts';
import { requireRoom } from '../disk-room.ts';
import type { DownloadLimits } from '../download-file.ts';
import type { FetchEvent } from '../fetch-model.ts';
import { MANIFEST_NAME, type ModelManifest } from '../installed-models.ts';
import {
  type ModelOffer,
  type ModelSource,
  type OfferedFile,
  TRANSLATION_LICENCE,
} from './model-offer.ts';
import { fetchPacked, packedPath } from './packed-files.ts';
import type { TranslationFolder } from './translation-folder.ts';
import { unpackFile } from './unpack-file.ts';

export interface InstallOptions {
  readonly proxies: ProxySettings;
  readonly report?: (event: FetchEvent) => void;
  readonly signal?: AbortSignal;
  readonly limits?: DownloadLimits;
  /** More than this in one file is no model. */
  readonly maxUnpackedBytes?: number;
}

export interface InstallOutcome {
  /** False where this very model was there and intact. */
  readonly fetched: boolean;
  readonly folder: string;
}

/** Models unpack to less than twice their size. */
const UNPACKED_PER_PACKED = 2;

/**
 * Downloads a translation model, unpacks it, and puts it in its place in one step; what was there
 * of another category is replaced. What a broken download left is gone on with. Safe beside other
 * processes doing the same. Rejects with `download_failed`, `model_damaged`, `disk_full`, or the
 * signal's reason.
 */
export async function installModel(
  offer: ModelOffer,
  sources: readonly ModelSource[],
  models: TranslationFolder,
  options: InstallOptions,
): Promise<InstallOutcome> {
  const { signal = new AbortController().signal, report = () => {} } = options;
  const { pair, category } = offer;
  const folder = models.folder(pair);
  if (await isInstalled(offer, models)) return { fetched: false, folder };
  await makeFolder(models.root);
  return await models.withLock(
    pair,
    async () => {
      if (await isInstalled(offer, models)) return { fetched: false, folder };
      const staging = models.staging(pair, category);
      await models.removeRemains(pair, staging);
      await makeFolder(staging);
      const files = await bring(offer, sources, staging, { ...options, signal, report });
      await removeOthers(staging, files);
      await writeManifest(staging, offer, files);
      signal.throwIfAborted();
      await models.place(staging, pair);
      return { fetched: true, folder };
    },
    { signal, onWait: () => report({ kind: 'waiting' }) },
  );
}

type BringOptions = InstallOptions & Required<Pick<InstallOptions, 'signal' | 'report'>>;

/** Every file of the model, unpacked in the staging folder. */
async function bring(
  offer: ModelOffer,
  sources: readonly ModelSource[],
  staging: string,
  options: BringOptions,
): Promise<ModelManifest['files']> {
  const wanted = offer.files.map((file) => ({ file, target: packedPath(staging, file) }));
  const fetchAll = () =>
    fetchPacked(offer.pair, wanted, sources, {
      ...options,
      onSize: (bytes) => requireRoom(staging, bytes * (1 + UNPACKED_PER_PACKED)),
    });
  await fetchAll();
  const files: ModelManifest['files'] = [];
  for (const file of offer.files) {
    const content = await unpack(file, staging, options).catch(async (error) => {
      if (!isDamage(error)) throw error;
      await rm(packedPath(staging, file), { force: true });
      // Nobody told what the packed file should be: it may have been put together from two makes.
      if (file.packed.sha256 !== null) throw error;
      await fetchAll();
      return await unpack(file, staging, options);
    });
    files.push({ name: file.name, role: file.role, ...content });
  }
  return files;
}

async function unpack(file: OfferedFile, staging: string, options: BringOptions) {
  const packed = packedPath(staging, file);
  const bound = options.maxUnpackedBytes;
  return await unpackFile(packed, join(staging, file.name), file.unpacked, {
    signal: options.signal,
    ...(bound === undefined ? {} : { maxBytes: bound }),
  }).catch(async (error) => {
    if (isDamage(error)) await rm(packed, { force: true });
    throw error;
  });
}

async function isInstalled(offer: ModelOffer, models: TranslationFolder): Promise<boolean> {
  const state = await models.inspect(offer.pair);
  if (state?.kind !== 'intact' || state.model?.category !== offer.category) return false;
  const expected = offer.files.find(({ role }) => role === 'model')?.unpacked.sha256;
  return state.model.files.some(({ role, sha256 }) => role === 'model' && sha256 === expected);
}

/** Packed files, and what a broken installation of another make left. */
async function removeOthers(staging: string, files: ModelManifest['files']): Promise<void> {
  const names = new Set(files.map(({ name }) => name));
  for (const name of await readdir(staging)) {
    if (!names.has(name)) await rm(join(staging, name), { recursive: true, force: true });
  }
}

async function writeManifest(
  folder: string,
  { pair, from, to, category, bleu }: ModelOffer,
  files: ModelManifest['files'],
): Promise<void> {
  const manifest: ModelManifest = {
    pair,
    from,
    to,
    category,
    quality: bleu,
    licence: TRANSLATION_LICENCE.name,
    files,
  };
  const path = join(folder, MANIFEST_NAME);
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true }).catch(
    (error) => {
      throw diskError(error, path);
    },
  );
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw diskError(error, folder);
  });
}

function isDamage(error: unknown): boolean {
  return error instanceof AppError && error.code === 'model_damaged';
}
