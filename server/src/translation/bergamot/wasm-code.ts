/** A little of WebAssembly's binary format: enough to write a function with 128-bit vectors. */

export type Code = readonly (number | Code)[];

export const TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

const VOID = 0x40;
const FUNCTION = 0x60;
const BLOCK = 0x02;
const LOOP = 0x03;
const END = 0x0b;
const BRANCH = 0x0c;
const BRANCH_IF = 0x0d;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const I32_CONST = 0x41;
const I32_GE_U = 0x4f;
const I32_ADD = 0x6a;
const I32_MUL = 0x6c;
const F32_MUL = 0x94;
const F32_DIV = 0x95;
const SIMD = 0xfd;
const V128_LOAD = 0x00;
const V128_STORE = 0x0b;
const V128_CONST = 0x0c;
const I8X16_SHUFFLE = 0x0d;

/** Operations on vectors, by their names in the specification. */
export const SIMD_OPERATIONS = {
  f32x4_splat: 0x13,
  i8x16_narrow_i16x8_u: 0x66,
  i16x8_narrow_i32x4_s: 0x85,
  i16x8_extend_low_i8x16_s: 0x87,
  i16x8_extend_high_i8x16_s: 0x88,
  i16x8_extend_low_i8x16_u: 0x89,
  i16x8_extend_high_i8x16_u: 0x8a,
  i32x4_add: 0xae,
  i32x4_sub: 0xb1,
  i32x4_dot_i16x8_s: 0xba,
  f32x4_add: 0xe4,
  f32x4_mul: 0xe6,
  f32x4_pmin: 0xea,
  f32x4_pmax: 0xeb,
  f32x4_convert_i32x4_s: 0xfa,
} as const;

export const get = (local: number): Code => [LOCAL_GET, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, LOCAL_SET, unsigned(local)];
export const constant = (value: number): Code => [I32_CONST, signed(value)];
export const add = (left: Code, right: Code): Code => [left, right, I32_ADD];
export const times = (left: Code, right: Code): Code => [left, right, I32_MUL];
export const floatTimes = (left: Code, right: Code): Code => [left, right, F32_MUL];
export const floatDivide = (left: Code, right: Code): Code => [left, right, F32_DIV];
export const zeroVector: Code = vectorOf(new Int32Array(4));
export const wordVector = (value: number): Code => vectorOf(new Int32Array(4).fill(value));
export const floatVector = (value: number): Code => vectorOf(new Float32Array(4).fill(value));

export function simd(operation: keyof typeof SIMD_OPERATIONS, ...operands: Code[]): Code {
  return [operands, SIMD, unsigned(SIMD_OPERATIONS[operation])];
}

function vectorOf(values: Int32Array | Float32Array): Code {
  return [SIMD, V128_CONST, [...new Uint8Array(values.buffer)]];
}

/** Any address will do: alignment is not promised. */
export function load(address: Code, offset = 0): Code {
  return [address, SIMD, V128_LOAD, 0, unsigned(offset)];
}

export function store(address: Code, value: Code, offset: number): Code {
  return [address, value, SIMD, V128_STORE, 0, unsigned(offset)];
}

/** Four 32-bit words, by number: 0 to 3 of the left vector, 4 to 7 of the right one. */
export function pick(left: Code, right: Code, words: readonly number[]): Code {
  const bytes = words.flatMap((word) => [0, 1, 2, 3].map((byte) => word * 4 + byte));
  return [left, right, SIMD, I8X16_SHUFFLE, bytes];
}

/** Repeats while `local` is below `end`. */
export function loopBelow(local: number, end: Code, inside: Code): Code {
  const test: Code = [get(local), end, I32_GE_U, BRANCH_IF, 1];
  return [BLOCK, VOID, LOOP, VOID, test, inside, BRANCH, 0, END, END];
}

export interface FunctionText {
  readonly name: string;
  readonly parameters: readonly number[];
  /** Types of the locals behind the parameters. */
  readonly locals: readonly number[];
  readonly code: Code;
}

/** A module with one function, which works in the memory `env.memory`. */
export function encodeModule({ name, parameters, locals, code }: FunctionText): Uint8Array {
  const body = [
    ...unsigned(locals.length),
    ...locals.flatMap((type) => [1, type]),
    ...flatten(code),
    END,
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, FUNCTION, ...vector(parameters), 0]),
    ...section(2, [1, ...text('env'), ...text('memory'), 0x02, 0x00, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text(name), 0x00, 0]),
    ...section(10, [1, ...vector(body)]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...vector(content)];
}

function vector(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

function text(name: string): number[] {
  return vector([...Buffer.from(name)]);
}

function flatten(code: Code): number[] {
  return code.flatMap((part) => (typeof part === 'number' ? part : flatten(part)));
}

const unsigned = (value: number): number[] => leb128(value, 0x7f);
/** Of numbers that are not negative. */
const signed = (value: number): number[] => leb128(value, 0x3f);

function leb128(value: number, lastUpTo: number): number[] {
  return value <= lastUpTo ? [value] : [(value & 0x7f) | 0x80, ...leb128(value >>> 7, lastUpTo)];
}
