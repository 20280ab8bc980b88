import { FileProblem } from './model-problem.ts';

export interface ModelItem {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const VERSION = 1n;
const FLOAT32 = 0x0404;
const INT8 = 0x0101;
const INTGEMM8 = 0x4101;
const ACTIVATION_SCALE = '_QuantMultA';
const ITEM_HEADER_BYTES = 32;
/** Firefox's largest have about 400. */
const MAX_ITEMS = 10_000;
const MAX_NAME_BYTES = 1_000;
const MAX_RANK = 8;

/** Reads Marian's binary format as far as its lengths go; throws {@link FileProblem}. */
export function readModelItems(file: Uint8Array): ModelItem[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  const take = (bytes: number, what: string): number => {
    if (bytes > file.length - at) {
      throw new FileProblem(
        `Expected ${bytes} bytes of ${what} at ${at}, got the end of the file at ${file.length}.`,
      );
    }
    const start = at;
    at += bytes;
    return start;
  };
  const number = (what: string, most: number): number => {
    const value = view.getBigUint64(take(8, what), true);
    if (value > BigInt(most)) {
      throw new FileProblem(`Expected ${what} of at most ${most}, got ${value}.`);
    }
    return Number(value);
  };

  const version = view.getBigUint64(take(8, 'version'), true);
  if (version !== VERSION) {
    throw new FileProblem(`Expected Marian's binary format ${VERSION}, got ${version}.`);
  }
  const count = number('count of parameters', MAX_ITEMS);
  take(0, 'parameters');
  if (count * ITEM_HEADER_BYTES > file.length - at) {
    throw new FileProblem(`Expected ${count} parameters, got the end of the file before them.`);
  }
  const headers = Array.from({ length: count }, () => ({
    nameBytes: number("a parameter's name", MAX_NAME_BYTES),
    type: number("a parameter's type", 0xffff),
    rank: number("a parameter's rank", MAX_RANK),
    dataBytes: number("a parameter's length", file.length),
  }));
  const names = headers.map(({ nameBytes }) => {
    const start = take(nameBytes, "a parameter's name");
    return Buffer.from(file.subarray(start, at)).toString('latin1').replace(/\0$/, '');
  });
  const shapes = headers.map(({ rank }) =>
    Array.from({ length: rank }, () => view.getInt32(take(4, 'dimensions'), true)),
  );
  take(number('padding', file.length), 'padding');
  return headers.map(({ type, dataBytes }, index) => {
    const name = names[index] ?? '';
    const shape = shapes[index] ?? [];
    const start = take(dataBytes, name);
    const item = { name, type, shape, data: file.subarray(start, at) };
    checkItem(item);
    return item;
  });
}

function checkItem({ name, type, shape, data }: ModelItem): void {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (size < 1 || shape.some((dimension) => dimension < 1)) {
    throw new FileProblem(`Expected ${name} to have a shape, got ${shape.join(' × ')}.`);
  }
  const needed = bytesNeeded(type, size);
  if (needed === null) {
    throw new FileProblem(
      `Expected ${name} as float32 or 8-bit, got type 0x${type.toString(16).padStart(4, '0')}.`,
    );
  }
  if (data.length < needed) {
    throw new FileProblem(
      `Expected ${name} (${shape.join(' × ')}) to have ${needed} bytes, got ${data.length}.`,
    );
  }
  // Scales of activations that never occur may be anything.
  if (type === FLOAT32 && !name.endsWith(ACTIVATION_SCALE)) checkFinite(name, data, 0, size);
  // The scale of 8-bit weights stands behind them.
  if (type === INTGEMM8) checkFinite(name, data, size, 1);
}

function bytesNeeded(type: number, size: number): number | null {
  switch (type) {
    case FLOAT32:
      return size * 4;
    case INT8:
      return size;
    case INTGEMM8:
      return size + 4;
    default:
      return null;
  }
}

function checkFinite(name: string, data: Uint8Array, offset: number, count: number): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let index = 0; index < count; index += 1) {
    const value = view.getFloat32(offset + index * 4, true);
    if (!Number.isFinite(value)) {
      throw new FileProblem(`Expected ${name} to hold numbers, got ${value}.`);
    }
  }
}

/** Which 8-bit products these weights are made for. */
export function precisionOf(items: readonly ModelItem[]): string {
  if (items.some(({ name }) => name.endsWith(ACTIVATION_SCALE))) return 'int8shiftAlphaAll';
  if (items.some(({ type }) => type === INTGEMM8)) return 'int8shiftAll';
  return 'float32';
}

/** Words that the model reads and writes: the rows of its embeddings. */
export function vocabularySizes(items: readonly ModelItem[]): { source: number; target: number } {
  const rows = (name: string) => items.find((item) => item.name === name)?.shape[0];
  const shared = rows('Wemb');
  const source = rows('encoder_Wemb') ?? shared;
  const target = rows('decoder_Wemb') ?? shared;
  if (source === undefined || target === undefined) {
    throw new FileProblem('Expected the embeddings of a translation model, got none.');
  }
  if (!items.some(({ name }) => name === 'special:model.yml')) {
    throw new FileProblem('Expected a description of the model in special:model.yml, got none.');
  }
  return { source, target };
}
