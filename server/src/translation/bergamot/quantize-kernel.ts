import {
  add,
  type Code,
  constant,
  encodeModule,
  floatVector,
  get,
  load,
  loopBelow,
  set,
  simd,
  store,
  TYPES,
  times,
  wordVector,
} from './wasm-code.ts';

const { i32, f32, v128 } = TYPES;
/** Parameters as Bergamot's import `int8_prepare_a` has them, then locals. */
const PARAMETERS = [i32, f32, f32, i32, i32, i32];
const [INPUT, SCALE, ROWS, WIDTH, OUTPUT] = [0, 1, 3, 4, 5] as const;
const [END, FACTOR] = [6, 7] as const;
const LOCALS = [i32, v128];

const STEP = 16;
const FLOAT_BYTES = 4;
const LARGEST = 127;
/** Added to a small float, it leaves the nearest integer in the low bits: 1.5 · 2^23. */
const ROUNDER = 12_582_912;
const ROUNDER_BITS = 0x4b400000;

/**
 * Floats to unsigned bytes around 127: `round(value · scale)`, cut off at ±127, plus 127. The
 * number of values is a multiple of 16. Bergamot's own takes a quarter of a translation.
 */
export function encodeQuantize(): Uint8Array {
  return encodeModule({
    name: 'quantize',
    parameters: PARAMETERS,
    locals: LOCALS,
    code: [
      set(FACTOR, simd('f32x4_splat', get(SCALE))),
      set(END, add(get(OUTPUT), times(get(ROWS), get(WIDTH)))),
      loopBelow(OUTPUT, get(END), [
        store(get(OUTPUT), simd('i8x16_narrow_i16x8_u', eightWords(0), eightWords(STEP / 2)), 0),
        set(INPUT, add(get(INPUT), constant(STEP * FLOAT_BYTES))),
        set(OUTPUT, add(get(OUTPUT), constant(STEP))),
      ]),
    ],
  });
}

function eightWords(first: number): Code {
  return simd('i16x8_narrow_i32x4_s', fourWords(first), fourWords(first + 4));
}

function fourWords(first: number): Code {
  const scaled = simd('f32x4_mul', load(get(INPUT), first * FLOAT_BYTES), get(FACTOR));
  const above = simd('f32x4_pmax', scaled, floatVector(-LARGEST));
  const within = simd('f32x4_pmin', above, floatVector(LARGEST));
  const rounded = simd('f32x4_add', within, floatVector(ROUNDER));
  return simd('i32x4_sub', rounded, wordVector(ROUNDER_BITS - LARGEST));
}
