import type { Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { PassThrough, type Readable, Transform } from 'node:stream';
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
  const received = receiveAll(source);
  try {
    await (decode === undefined
      ? pipeline(received.stream, counting, sink, { signal })
      : pipeline(received.stream, decode, counting, sink, { signal }));
  } catch (error) {
    throw sinkError === error ? diskError(error, path) : error;
  } finally {
    source.destroy();
  }
  if (received.broken !== null) throw received.broken;
  return length;
}

/**
 * What a source gives, to its last byte even where it breaks off: a pipeline alone would throw away
 * what had arrived and was not written yet, and the next try could not go on from there.
 */
function receiveAll(source: Readable): {
  readonly stream: Readable;
  readonly broken: Error | null;
} {
  const stream = new PassThrough();
  const state: { stream: Readable; broken: Error | null } = { stream, broken: null };
  source.on('data', (chunk: Buffer) => {
    if (!stream.write(chunk)) source.pause();
  });
  stream.on('drain', () => source.resume());
  source.on('error', (error) => {
    state.broken = error;
  });
  source.on('close', () => stream.end());
  return state;
}
