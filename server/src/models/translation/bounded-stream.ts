import { pipeline, type Readable, Transform } from 'node:stream';

/** The stream, decoded, which fails as soon as it gets longer than the bound. */
export function boundedStream(
  source: Readable,
  maxBytes: number,
  decode: readonly NodeJS.ReadWriteStream[] = [],
): Readable {
  let length = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length > maxBytes) done(new Error(`Expected at most ${maxBytes} bytes, got more`));
      else done(null, chunk);
    },
  });
  pipeline([source, ...decode, bound], () => {
    // The reader of the last one gets the error.
  });
  return bound;
}
