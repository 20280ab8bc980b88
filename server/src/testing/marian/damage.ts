import { gzipSync } from 'node:zlib';
import type { MadeModel } from './make-model.ts';

/** A way for one file of a model to be broken, and what is to be said of it. */
export interface Damage {
  readonly name: string;
  /** The file that it is done to, and that the error must name. */
  readonly file: RegExp;
  readonly said: RegExp;
  apply(bytes: Buffer): Uint8Array;
}

const MODEL = /^model\./;
const VOCABULARY = /^vocab\./;
const SHORTLIST = /^lex\./;

/** Where things stand in the head of a model's file: a version, a count, then four numbers each. */
const FIRST_TYPE_AT = 24;
const FIRST_RANK_AT = 32;
const FIRST_LENGTH_AT = 40;
/** Where things stand in a shortlist. */
const OFFSET_COUNT_AT = 32;
const SHORTLIST_HEADER = 48;

const at = (bytes: Buffer, act: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes);
  act(copy);
  return copy;
};
const PAGE = Buffer.from('<!doctype html><title>404 Not Found</title>'.padEnd(512));

/** Every kind of damage that can be seen without running the model. */
export const DAMAGES: readonly Damage[] = [
  { name: 'an empty model', file: MODEL, said: /end of the file/, apply: () => new Uint8Array() },
  {
    name: 'a model that ends in its head',
    file: MODEL,
    said: /end of the file/,
    apply: (bytes) => bytes.subarray(0, 100),
  },
  {
    name: 'a model that ends in its weights',
    file: MODEL,
    said: /end of the file/,
    apply: (bytes) => bytes.subarray(0, bytes.length - 1_000),
  },
  {
    name: 'a model that is still packed',
    file: MODEL,
    said: /binary format/,
    apply: (bytes) => gzipSync(bytes, { level: 1 }),
  },
  { name: 'a page in place of a model', file: MODEL, said: /binary format/, apply: () => PAGE },
  {
    name: 'a model with more parameters than bytes',
    file: MODEL,
    said: /count of parameters/,
    apply: (bytes) => at(bytes, (copy) => copy.writeBigUInt64LE(2n ** 40n, 8)),
  },
  {
    name: 'a parameter that is longer than the file',
    file: MODEL,
    said: /a parameter's length/,
    apply: (bytes) => at(bytes, (copy) => copy.writeBigUInt64LE(2n ** 33n, FIRST_LENGTH_AT)),
  },
  {
    name: 'a parameter that is shorter than its shape',
    file: MODEL,
    said: /to have \d+ bytes, got 256/,
    apply: (bytes) => at(bytes, (copy) => copy.writeBigUInt64LE(256n, FIRST_LENGTH_AT)),
  },
  {
    name: 'a parameter of an unknown type',
    file: MODEL,
    said: /got type 0x4102/,
    apply: (bytes) => at(bytes, (copy) => copy.writeBigUInt64LE(0x4102n, FIRST_TYPE_AT)),
  },
  {
    name: 'a parameter with too many dimensions',
    file: MODEL,
    said: /a parameter's rank/,
    apply: (bytes) => at(bytes, (copy) => copy.writeBigUInt64LE(99n, FIRST_RANK_AT)),
  },
  {
    name: 'weights that are no numbers',
    file: MODEL,
    said: /to hold numbers, got NaN/,
    // Biases lie at the end; the description behind them is one block or two.
    apply: (bytes) =>
      at(bytes, (copy) => copy.fill(0xff, bytes.length - 4_096, bytes.length - 1_536)),
  },
  {
    name: 'a model of something else',
    file: MODEL,
    said: /embeddings of a translation model/,
    apply: (bytes) => at(bytes, (copy) => copy.write('Xemb', copy.indexOf('Wemb\0'))),
  },
  {
    name: 'an empty vocabulary',
    file: VOCABULARY,
    said: /without words/,
    apply: () => new Uint8Array(),
  },
  {
    name: 'a vocabulary that ends too early',
    file: VOCABULARY,
    said: /got its end/,
    apply: (bytes) => bytes.subarray(0, 700),
  },
  {
    name: 'a page in place of a vocabulary',
    file: VOCABULARY,
    said: /SentencePiece/,
    apply: () => PAGE,
  },
  {
    name: 'a vocabulary of a larger model',
    file: VOCABULARY,
    said: /as the model has/,
    // One message after the other is both of them in protobuf.
    apply: (bytes) => Buffer.concat([bytes, bytes]),
  },
  {
    name: 'a shortlist of something else',
    file: SHORTLIST,
    said: /binary shortlist/,
    apply: () => PAGE,
  },
  {
    name: 'a shortlist that ends too early',
    file: SHORTLIST,
    said: /a shortlist of \d+ bytes/,
    apply: (bytes) => bytes.subarray(0, -4),
  },
  {
    name: 'a shortlist of a model with fewer words',
    file: SHORTLIST,
    said: /a shortlist for \d+ words/,
    apply: (bytes) =>
      at(bytes, (copy) => {
        // The last offset counts as two words of the list.
        copy.writeBigUInt64LE(bytes.readBigUInt64LE(OFFSET_COUNT_AT) - 1n, OFFSET_COUNT_AT);
        copy.writeBigUInt64LE(bytes.readBigUInt64LE(OFFSET_COUNT_AT + 8) + 2n, OFFSET_COUNT_AT + 8);
      }),
  },
  {
    name: 'a shortlist whose offsets fall',
    file: SHORTLIST,
    said: /rising offsets/,
    apply: (bytes) => at(bytes, (copy) => copy.writeBigUInt64LE(2n ** 31n, SHORTLIST_HEADER + 8)),
  },
  {
    name: 'a shortlist with a word that the model lacks',
    file: SHORTLIST,
    said: /words below/,
    apply: (bytes) => at(bytes, (copy) => copy.writeUInt32LE(1_000_000, bytes.length - 4)),
  },
];

/** The model with one file broken. */
export function damageModel(model: MadeModel, { file, apply }: Damage): MadeModel {
  const name = Object.keys(model.files).find((candidate) => file.test(candidate)) ?? '';
  const bytes = model.files[name];
  if (bytes === undefined) throw new RangeError(`Expected a file like ${file}, got none.`);
  return { ...model, files: { ...model.files, [name]: apply(Buffer.from(bytes)) } };
}

/**
 * Whole by all lengths, but with a matrix of another shape: Marian gives up at the first
 * translation and takes its instance along.
 */
export function makeDeadly(model: MadeModel): MadeModel {
  return damageModel(model, {
    name: 'a matrix of the wrong shape',
    file: MODEL,
    said: /Marian/,
    apply: (bytes) => at(bytes, reshapeFirstQueries),
  });
}

const HEADERS_AT = 16;
const HEADER_BYTES = 32;
const QUERIES = 'encoder_l1_self_Wq';

/** Twice as many columns as there were, half as many rows. */
function reshapeFirstQueries(file: Buffer): void {
  const count = Number(file.readBigUInt64LE(8));
  let nameAt = HEADERS_AT + count * HEADER_BYTES;
  let dimensionsBefore = 0;
  let found: number | null = null;
  for (let index = 0; index < count; index += 1) {
    const header = HEADERS_AT + index * HEADER_BYTES;
    const nameBytes = Number(file.readBigUInt64LE(header));
    if (file.toString('latin1', nameAt, nameAt + nameBytes - 1) === QUERIES) {
      found = dimensionsBefore;
    }
    nameAt += nameBytes;
    dimensionsBefore += Number(file.readBigUInt64LE(header + 16));
  }
  if (found === null) throw new RangeError(`Expected a parameter ${QUERIES}, got none.`);
  const rowsAt = nameAt + found * 4;
  file.writeInt32LE(file.readInt32LE(rowsAt) / 2, rowsAt);
  file.writeInt32LE(file.readInt32LE(rowsAt + 4) * 2, rowsAt + 4);
}
