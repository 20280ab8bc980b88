import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../../../shared/errors.ts';
import { TooLong, writeChecked } from '../write-checked.ts';
import type { KnownContent } from './model-offer.ts';

/** No file of a translation model is a quarter of this; a small gzip file could become a huge one. */
export const MAX_UNPACKED_BYTES = 256_000_000;

/**
 * Unpacks a gzip file, checking length and sha256 where they are known. Resolves with what it found
 * them to be. Rejects with `model_damaged` (nothing is left of the target), `disk_full`, or the
 * signal's reason.
 */
export async function unpackFile(
  packed: string,
  target: string,
  known: KnownContent,
  { signal, maxBytes = MAX_UNPACKED_BYTES }: { signal: AbortSignal; maxBytes?: number },
): Promise<{ bytes: number; sha256: string }> {
  const name = target.split(/[\\/]/).at(-1);
  const hash = createHash('sha256');
  try {
    const length = await writeChecked(createReadStream(packed), target, {
      had: 0,
      hash,
      bytes: known.bytes ?? maxBytes,
      decode: createGunzip(),
      signal,
    });
    const sha256 = hash.digest('hex');
    if (known.bytes !== null && length !== known.bytes) {
      throw damaged(`Expected ${known.bytes} bytes in ${name}.gz, got ${length}`);
    }
    if (known.sha256 !== null && sha256 !== known.sha256) {
      throw damaged(`Expected ${name} with sha256 ${known.sha256}, got ${sha256}`);
    }
    return { bytes: length, sha256 };
  } catch (error) {
    await rm(target, { force: true });
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const told = error instanceof TooLong ? message : `Expected a gzip file, got "${message}"`;
    throw damaged(`${told} in ${name}.gz`, error);
  }
}

function damaged(message: string, cause?: unknown): AppError {
  return new AppError('model_damaged', `${message}; thrown away.`, { cause });
}
