/** One parameter of a model, row by row. */
export interface Parameter {
  readonly name: string;
  /** Rows and columns. */
  readonly shape: readonly [number, number];
  readonly values: Float32Array;
}

/**
 * `float32`; `intgemm8`, quantised weights; `alphas`, with the activations' scales beside them, as
 * Firefox's models have.
 */
export type ModelFormat = 'float32' | 'intgemm8' | 'alphas';

interface Item {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

const VERSION = 1n;
const TYPE_FLOAT32 = 0x0404n;
const TYPE_INT8 = 0x0101n;
const TYPE_INTGEMM8 = 0x4101n;
const ALIGNMENT = 256;
const INT8_MAX = 127;
/** Largest activation that the scales beside the weights allow for. */
const ACTIVATION_MAX = 4;
const CONFIG_NAME = 'special:model.yml';
const MATRIX = /(_W[a-z0-9]*|^W)$|Wemb$/;
/** Only these are stored row by row: rows are looked up in them. */
const EMBEDDING = /Wemb$/;

/** Marian's binary format, version 1, little endian. */
export function writeModelFile(
  parameters: readonly Parameter[],
  config: string,
  format: ModelFormat,
): Uint8Array {
  const items = parameters.flatMap((parameter) => itemsOf(parameter, format));
  const yml = Buffer.from(`${config}\0`);
  items.push({ name: CONFIG_NAME, type: Number(TYPE_INT8), shape: [yml.length], data: yml });
  return layOut(items);
}

function itemsOf(parameter: Parameter, format: ModelFormat): Item[] {
  const { name, shape, values } = parameter;
  if (format === 'float32' || !MATRIX.test(name)) {
    return [{ name, type: Number(TYPE_FLOAT32), shape, data: bytesOf(values) }];
  }
  const quantised: Item = {
    name,
    type: Number(TYPE_INTGEMM8),
    shape,
    data: quantise(parameter, !EMBEDDING.test(name)),
  };
  if (format === 'intgemm8') return [quantised];
  const scale = Float32Array.of(INT8_MAX / ACTIVATION_MAX);
  return [
    quantised,
    {
      name: `${name}_QuantMultA`,
      type: Number(TYPE_FLOAT32),
      shape: [1],
      data: bytesOf(scale),
    },
  ];
}

/** The bytes, then their scale as float32, then padding as Marian leaves it. */
function quantise({ shape: [rows, columns], values }: Parameter, transposed: boolean): Uint8Array {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const scale = largest === 0 ? 1 : INT8_MAX / largest;
  const bytes = Buffer.alloc(values.length + 4);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const value = Math.round((values[row * columns + column] ?? 0) * scale);
      bytes.writeInt8(value, transposed ? column * rows + row : row * columns + column);
    }
  }
  bytes.writeFloatLE(scale, values.length);
  return bytes;
}

function layOut(items: readonly Item[]): Uint8Array {
  const names = items.map(({ name }) => Buffer.from(`${name}\0`));
  const padded = items.map(({ data }) => Math.ceil(data.length / ALIGNMENT) * ALIGNMENT);
  const head: bigint[] = [VERSION, BigInt(items.length)];
  for (const [at, { type, shape }] of items.entries()) {
    head.push(BigInt(names[at]?.length ?? 0), BigInt(type), BigInt(shape.length));
    head.push(BigInt(padded[at] ?? 0));
  }
  const dimensions = Int32Array.from(items.flatMap(({ shape }) => shape));
  const start = Buffer.concat([bytesOf(BigUint64Array.from(head)), ...names, bytesOf(dimensions)]);
  const dataAt = Math.ceil((start.length + 8) / ALIGNMENT) * ALIGNMENT;
  const total = padded.reduce((sum, length) => sum + length, dataAt);
  const file = Buffer.alloc(total);
  start.copy(file);
  file.writeBigUInt64LE(BigInt(dataAt - start.length - 8), start.length);
  let at = dataAt;
  for (const [index, { data }] of items.entries()) {
    file.set(data, at);
    at += padded[index] ?? 0;
  }
  return file;
}

function bytesOf(view: Float32Array | Int32Array | BigUint64Array): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
