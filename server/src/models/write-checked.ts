import type { Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { diskError } from './disk-error.ts';

/** More bytes came than the file may have. */
export class TooLong extends Error {}

export interface WriteCheckedOptions {
  /** Bytes that are in the file already; 0 begins it anew. */
  readonly had: number;
  /** Of the bytes that are in the file already; brought up to date. */
  readonly hash: Hash;
  /** The whole file's length. */
  readonly bytes: number;
  /** Undoes a compression on the way. */
  readonly decode?: NodeJS.ReadWriteStream;
  readonly signal: AbortSignal;
  readonly onProgress?: (receivedBytes: number) => void;
}

/** Appends a stream to a file, hashing and counting on the way. Resolves with the file's length. */
export async function writeChecked(
  source: Readable,
  path: string,
  { had, hash, bytes, decode, signal, onProgress }: WriteCheckedOptions,
): Promise<number> {
  let length = had;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length > bytes) return done(new TooLong(`Expected ${bytes} bytes, got more`));
      hash.update(chunk);
      onProgress?.(length);
      done(null, chunk);
    },
  });
  const sink = createWriteStream(path, { flags: had > 0 ? 'a' : 'w', flush: true });
  let sinkError: unknown = null;
  sink.once('error', (error) => {
    sinkError = error;
  });
  try {
    await (decode === undefined
      ? pipeline(source, counting, sink, { signal })
      : pipeline(source, decode, counting, sink, { signal }));
  } catch (error) {
    throw sinkError === error ? diskError(error, path) : error;
  }
  return length;
}
