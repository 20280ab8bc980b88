/** Element types of ONNX tensors, by the names that onnxruntime's `Tensor` gives them. */
const ELEMENT_TYPES = { float32: 1, uint8: 2, int8: 3, int64: 7 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** A size, or the name of one that differs from run to run. */
export type Dimension = number | string;

export interface ValueDescription {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly Dimension[];
}

export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Little endian, row by row. */
  readonly bytes: Uint8Array;
}

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] };

export interface Node {
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** An empty name for an input or output that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxModel {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ValueDescription[];
  readonly outputs: readonly ValueDescription[];
  /** Version of the operators of each domain. */
  readonly operatorSets: Readonly<Record<string, number>>;
}

const IR_VERSION = 8;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

/** The model as a file of ONNX (https://onnx.ai, `onnx.proto`), whose field numbers stand here. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const parts = message([
    integer(1, IR_VERSION),
    ...Object.entries(model.operatorSets).map(([domain, version]) =>
      child(8, [text(1, domain), integer(2, version)]),
    ),
    child(7, [
      ...model.nodes.map((node) => child(1, nodeFields(node))),
      text(2, 'graph'),
      ...model.initializers.map((initializer) => child(5, tensorFields(initializer))),
      ...model.inputs.map((value) => child(11, valueFields(value))),
      ...model.outputs.map((value) => child(12, valueFields(value))),
    ]),
  ]);
  return Buffer.concat(parts.chunks, parts.length);
}

function nodeFields({ operator, domain, inputs, outputs, attributes }: Node): Encoded[] {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...Object.entries(attributes).map(([name, attribute]) =>
      child(5, [text(1, name), ...attributeFields(attribute)]),
    ),
    text(7, domain),
  ];
}

function attributeFields(attribute: Attribute): Encoded[] {
  if ('int' in attribute) return [integer(3, attribute.int), integer(20, ATTRIBUTE_INT)];
  if ('float' in attribute) return [float(2, attribute.float), integer(20, ATTRIBUTE_FLOAT)];
  return [...attribute.ints.map((value) => integer(8, value)), integer(20, ATTRIBUTE_INTS)];
}

function tensorFields({ name, type, shape, bytes }: Initializer): Encoded[] {
  return [
    ...shape.map((size) => integer(1, size)),
    integer(2, ELEMENT_TYPES[type]),
    text(8, name),
    blob(9, bytes),
  ];
}

function valueFields({ name, type, shape }: ValueDescription): Encoded[] {
  const dimensions = shape.map((size) =>
    child(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]),
  );
  const tensor = child(1, [integer(1, ELEMENT_TYPES[type]), child(2, dimensions)]);
  return [text(1, name), child(2, [tensor])];
}

/** Bytes in pieces: what is large is copied once, at the end. */
interface Encoded {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
}

/** Wire types of Protocol Buffers (https://protobuf.dev/programming-guides/encoding). */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const key = (field: number, wireType: number) => varint(BigInt(field * 8 + wireType));

function integer(field: number, value: number): Encoded {
  return plain([...key(field, VARINT), ...varint(BigInt.asUintN(64, BigInt(value)))]);
}

function float(field: number, value: number): Encoded {
  return plain([...key(field, FIXED_32), ...new Uint8Array(Float32Array.of(value).buffer)]);
}

function text(field: number, value: string): Encoded {
  return blob(field, Buffer.from(value));
}

function blob(field: number, bytes: Uint8Array): Encoded {
  return message([
    plain([...key(field, LENGTH_DELIMITED), ...varint(BigInt(bytes.length))]),
    { chunks: [bytes], length: bytes.length },
  ]);
}

function child(field: number, fields: readonly Encoded[]): Encoded {
  const content = message(fields);
  return message([
    plain([...key(field, LENGTH_DELIMITED), ...varint(BigInt(content.length))]),
    content,
  ]);
}

function message(fields: readonly Encoded[]): Encoded {
  return {
    chunks: fields.flatMap(({ chunks }) => chunks),
    length: fields.reduce((sum, { length }) => sum + length, 0),
  };
}

function plain(bytes: readonly number[]): Encoded {
  return { chunks: [Uint8Array.from(bytes)], length: bytes.length };
}

/** Seven bits a byte, the least first. */
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}
