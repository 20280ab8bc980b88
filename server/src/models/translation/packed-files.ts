import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { ProxySettings } from '../../config/proxy-settings.ts';
import { DOWNLOAD_LIMITS, type DownloadLimits, downloadFile } from '../download-file.ts';
import { ANOTHER_MAY_WORK, type FetchEvent } from '../fetch-model.ts';
import { httpGet, httpProblem } from '../http-get.ts';
import { inspectFile } from '../model-store.ts';
import type { ModelSource, OfferedFile } from './model-offer.ts';

/** Three times the largest there is. */
export const MAX_PACKED_BYTES = 128_000_000;

export interface PackedOptions {
  readonly proxies: ProxySettings;
  readonly signal: AbortSignal;
  readonly report: (event: FetchEvent) => void;
  readonly limits?: DownloadLimits;
  /** Before anything is downloaded, with what it comes to. */
  readonly onSize?: (bytes: number) => Promise<void>;
}

/** A file under download, and where it is to lie. */
export interface WantedFile {
  readonly file: OfferedFile;
  readonly target: string;
}

/**
 * Downloads the files, still packed, from the first source that gives every one of them; what lies
 * there already is checked and kept. Rejects with `download_failed` telling what each source said,
 * `disk_full`, or the signal's reason.
 */
export async function fetchPacked(
  what: string,
  files: readonly WantedFile[],
  sources: readonly ModelSource[],
  options: PackedOptions,
): Promise<void> {
  const failures: string[] = [];
  for (const source of sources) {
    try {
      await fetchFrom(source, files, options);
      return;
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof AppError) || !ANOTHER_MAY_WORK.has(error.code)) throw error;
      failures.push(`  ${source.title}: ${error.message}`);
      options.report({ kind: 'source-failed', title: source.title, message: error.message });
    }
  }
  throw new AppError(
    'download_failed',
    `Expected the model ${what} from one of its sources, got none:\n${failures.join('\n')}\n${MIRROR_ADVICE}`,
  );
}

/** For who cannot reach Mozilla from here. */
export const MIRROR_ADVICE =
  'A mirror can give it where these cannot: MODEL_MIRROR, and "parlance models mirror" makes one.';

async function fetchFrom(
  source: ModelSource,
  files: readonly WantedFile[],
  options: PackedOptions,
): Promise<void> {
  const { signal, report, proxies, limits } = options;
  const sized: { url: URL; target: string; name: string; bytes: number; sha256: string | null }[] =
    [];
  for (const { file, target } of files) {
    const url = new URL(file.path, source.base);
    const bytes = file.packed.bytes ?? (await askLength(url, options));
    sized.push({ url, target, name: `${file.name}.gz`, bytes, sha256: file.packed.sha256 });
  }
  const totalBytes = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  await options.onSize?.(totalBytes);
  report({ kind: 'source', title: source.title, bytes: totalBytes });
  let done = 0;
  for (const { url, target, ...file } of sized) {
    const before = done;
    const { kind } = await inspectFile(target, file);
    if (kind === 'damaged') await rm(target, { recursive: true, force: true });
    if (kind !== 'intact') {
      await downloadFile(url, target, file, {
        proxies,
        signal,
        onProgress: (received) =>
          report({ kind: 'progress', receivedBytes: before + received, totalBytes }),
        ...(limits === undefined ? {} : { limits }),
      });
    }
    done += file.bytes;
    report({ kind: 'progress', receivedBytes: done, totalBytes });
  }
}

/** How long a file is, from a request for its first byte: some servers do not answer HEAD. */
async function askLength(url: URL, options: PackedOptions): Promise<number> {
  const { proxies, signal, limits = DOWNLOAD_LIMITS } = options;
  const { status, headers, body } = await httpGet(url, {
    headers: { 'accept-encoding': 'identity', 'user-agent': 'parlance', range: 'bytes=0-0' },
    proxies,
    connectMs: limits.connectMs,
    answerMs: limits.answerMs,
    signal,
  }).catch((error) => {
    throw new AppError('download_failed', `${httpProblem(error)} (${url.host}).`, { cause: error });
  });
  body.destroy();
  const length =
    status === 206
      ? /^bytes 0-0\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1]
      : status === 200
        ? headers['content-length']
        : undefined;
  const bytes = Number(length ?? Number.NaN);
  if (Number.isInteger(bytes) && bytes > 0 && bytes <= MAX_PACKED_BYTES) return bytes;
  const got = status === 200 || status === 206 ? `a length of ${length}` : `status ${status}`;
  const name = url.pathname.split('/').at(-1);
  throw new AppError(
    'download_failed',
    `Expected ${name} of at most ${MAX_PACKED_BYTES} bytes, got ${got} (${url.host}).`,
  );
}

export function packedPath(folder: string, file: OfferedFile): string {
  return join(folder, `${file.name}.gz`);
}
