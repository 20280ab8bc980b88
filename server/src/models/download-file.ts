import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';
import { NO_PROXY, type ProxySettings } from '../config/proxy-settings.ts';
import { diskError } from './disk-error.ts';
import { type HttpAnswer, httpGet, httpProblem } from './http-get.ts';
import { type PaceLimits, TransferPace } from './transfer-pace.ts';
import { TooLong, writeChecked } from './write-checked.ts';

export interface DownloadLimits extends PaceLimits {
  readonly connectMs: number;
  readonly answerMs: number;
  /** Tries in a row that bring less than `minStretchBytes` each. */
  readonly fruitlessTries: number;
  /** Before the second try; doubled before each further one. */
  readonly firstPauseMs: number;
}

export const DOWNLOAD_LIMITS: DownloadLimits = {
  connectMs: 10_000,
  answerMs: 20_000,
  stretchMs: 30_000,
  minStretchBytes: 65_536,
  fruitlessTries: 5,
  firstPauseMs: 500,
};

/** A file to download; where nobody tells its sha256, whatever has its length is taken. */
export interface DownloadableFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string | null;
}

export interface DownloadOptions {
  readonly proxies?: ProxySettings;
  readonly limits?: DownloadLimits;
  readonly signal?: AbortSignal;
  readonly onProgress?: (receivedBytes: number) => void;
  /** Certificate authority to trust instead of the system's. */
  readonly ca?: string;
}

/** The link broke, or the server asked to come back: worth another try from where it stopped. */
class BrokenOff extends Error {}

/**
 * Downloads one file beside its target (`.part`, kept when the link breaks and gone on with next
 * time), checks length and sha256 on the way, and moves it into place only when both are right.
 * Rejects with `download_failed`, `model_damaged` (what came is thrown away), `disk_full`, or the
 * signal's reason.
 */
export async function downloadFile(
  url: URL,
  target: string,
  file: DownloadableFile,
  options: DownloadOptions = {},
): Promise<void> {
  const { limits = DOWNLOAD_LIMITS, signal = new AbortController().signal } = options;
  const part = `${target}.part`;
  let leftOver = (await sizeOf(part)) > 0;
  let answered = false;
  let fruitless = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      const sha256 = await transfer(url, part, file, { ...options, limits, signal }, () => {
        answered = true;
      });
      if (file.sha256 === null || sha256 === file.sha256) {
        await rename(part, target).catch((error) => {
          throw diskError(error, target);
        });
        return;
      }
      await rm(part, { force: true });
      if (!leftOver) throw wrongHash(url, file, sha256);
      // The part of an earlier run may have been of another make: once more from the start.
      leftOver = false;
      continue;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BrokenOff)) throw error;
      const gained = (await sizeOf(part)) - before;
      fruitless = gained >= limits.minStretchBytes ? 0 : fruitless + 1;
      // Without a network there is nothing to wait for: only a link that once stood is tried again.
      if (!answered || fruitless >= limits.fruitlessTries) {
        throw failed(url, error.message, error);
      }
    }
    await delay(limits.firstPauseMs * 2 ** Math.max(0, fruitless - 1), undefined, { signal });
  }
}

type TransferOptions = DownloadOptions & { limits: DownloadLimits; signal: AbortSignal };

/** One request for what is missing, appended to the part file. Resolves with the whole's sha256. */
async function transfer(
  url: URL,
  part: string,
  file: DownloadableFile,
  options: TransferOptions,
  onAnswer: () => void,
): Promise<string> {
  let had = await sizeOf(part);
  if (had > file.bytes) {
    await rm(part, { force: true });
    had = 0;
  }
  const hash = createHash('sha256');
  if (had > 0) await pipeline(createReadStream(part), hash, { end: false });
  if (had === file.bytes) return hash.digest('hex');

  const pace = new TransferPace(options.limits, options.signal);
  try {
    const answer = await ask(url, had, { ...options, signal: pace.signal });
    onAnswer();
    const goesOn = checkAnswer(url, answer, had, file);
    const encoded = encodingOf(answer.headers, file.bytes - (goesOn ? had : 0)) === 'gzip';
    const fresh = goesOn ? hash : createHash('sha256');
    const length = await writeChecked(answer.body, part, {
      had: goesOn ? had : 0,
      hash: fresh,
      bytes: file.bytes,
      signal: pace.signal,
      onProgress: (received) => {
        pace.received(received);
        options.onProgress?.(received);
      },
      ...(encoded ? { decode: createGunzip() } : {}),
    }).catch(async (error) => {
      // What was decoded is no place to go on from: ranges count the encoded bytes.
      if (encoded || error instanceof TooLong) await rm(part, { force: true });
      if (error instanceof AppError) throw error;
      if (error instanceof TooLong) throw failed(url, error.message, error);
      throw new BrokenOff(error.message, { cause: error });
    });
    if (length < file.bytes) throw new BrokenOff(`Expected ${file.bytes} bytes, got ${length}`);
    return fresh.digest('hex');
  } catch (error) {
    if (!pace.tooSlow) throw error;
    const { minStretchBytes, stretchMs } = options.limits;
    throw new BrokenOff(`Expected ${minStretchBytes} bytes in ${stretchMs / 1000} s, got fewer`);
  } finally {
    pace.stop();
  }
}

async function ask(url: URL, had: number, options: TransferOptions): Promise<HttpAnswer> {
  return await httpGet(url, {
    headers: {
      'accept-encoding': 'identity',
      'user-agent': 'parlance',
      ...(had > 0 ? { range: `bytes=${had}-` } : {}),
    },
    proxies: options.proxies ?? NO_PROXY,
    connectMs: options.limits.connectMs,
    answerMs: options.limits.answerMs,
    signal: options.signal,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  }).catch((error) => {
    throw new BrokenOff(httpProblem(error), { cause: error });
  });
}

/** Whether the answer goes on where the part ends; throws where it cannot be the file. */
function checkAnswer(
  url: URL,
  { status, headers, body }: HttpAnswer,
  had: number,
  file: DownloadableFile,
) {
  const refuse = (error: Error) => {
    body.destroy();
    return error;
  };
  if (status !== 200 && status !== 206) {
    const message = `Expected status 200, got ${status}`;
    const comeBack = status === 408 || status === 429 || status >= 500;
    throw refuse(comeBack ? new BrokenOff(message) : failed(url, message));
  }
  const goesOn = status === 206;
  const from = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? 'nowhere';
  if (goesOn && from !== String(had)) {
    throw refuse(failed(url, `Expected bytes from ${had} on, got them from ${from}`));
  }
  const wanted = file.bytes - (goesOn ? had : 0);
  const encoding = encodingOf(headers, wanted);
  if (encoding !== 'identity' && (encoding !== 'gzip' || goesOn)) {
    throw refuse(failed(url, `Expected no content encoding, got ${encoding}`));
  }
  const announced = Number(headers['content-length'] ?? wanted);
  if (encoding === 'identity' && announced !== wanted) {
    throw refuse(failed(url, `Expected ${wanted} bytes, got the promise of ${announced}`));
  }
  return goesOn;
}

/**
 * Some servers name the packing of a `.gz` file as the encoding of their answer: then the length is
 * that of the file as it lies there, and nothing is to be undone.
 */
function encodingOf(headers: HttpAnswer['headers'], wanted: number): string {
  const ownPacking = Number(headers['content-length']) === wanted;
  return ownPacking ? 'identity' : (headers['content-encoding'] ?? 'identity');
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    (found) => found.size,
    () => 0,
  );
}

function failed(url: URL, message: string, cause?: unknown): AppError {
  return new AppError('download_failed', `${message} (${url.host}).`, { cause });
}

function wrongHash(url: URL, file: DownloadableFile, got: string): AppError {
  return new AppError(
    'model_damaged',
    `Expected ${file.name} with sha256 ${file.sha256}, got ${got} from ${url.host}; thrown away.`,
  );
}
