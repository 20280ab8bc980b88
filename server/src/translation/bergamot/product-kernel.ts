import {
  add,
  type Code,
  constant,
  encodeModule,
  floatDivide,
  floatTimes,
  get,
  load,
  loopBelow,
  pick,
  set,
  simd,
  store,
  TYPES,
  times,
  zeroVector,
} from './wasm-code.ts';

/** Columns of `b` that lie together, and bytes of a vector. */
const PANEL = 8;
const STEP = 16;
const FLOAT_BYTES = 4;
const { i32, f32, v128 } = TYPES;

/** Parameters as Bergamot's import `int8_multiply_and_add_bias` has them, then locals. */
const PARAMETERS = [i32, f32, f32, i32, f32, f32, i32, f32, i32, i32, i32, i32];
const [A, SCALE_A, B, SCALE_B, BIAS, MULTIPLIER, ROWS, WIDTH, COLUMNS, OUTPUT] = [
  0, 1, 3, 4, 6, 7, 8, 9, 10, 11,
] as const;
const [COLUMN, ROW, A_AT, A_END, B_AT, OUT] = [12, 13, 14, 15, 16, 17] as const;
const [FACTOR, BYTES, LOW, HIGH, SUMS] = [18, 19, 20, 21, 22] as const;
const LOCALS = [...new Array<number>(6).fill(i32), ...new Array<number>(4 + PANEL).fill(v128)];

/**
 * Products of 8-bit matrices, most of what translation costs. Bergamot's own emulate instructions
 * of another processor, which also cut sums of two products off at 16 bits; these take two thirds
 * of the time and are exact.
 *
 * `a` has unsigned bytes, row by row. `b` lies as intgemm prepares it: in panels of eight columns,
 * sixteen rows of the first column, of the second, …, then the next sixteen rows. Each output is
 * the sum of products, times `multiplier / (scaleA · scaleB)`, plus its column's bias. The width is
 * a multiple of 16, the columns are one of 8.
 */
export function encodeProduct(): Uint8Array {
  return encodeModule({
    name: 'product',
    parameters: PARAMETERS,
    locals: LOCALS,
    code: [
      set(
        FACTOR,
        simd('f32x4_splat', floatDivide(get(MULTIPLIER), floatTimes(get(SCALE_A), get(SCALE_B)))),
      ),
      set(COLUMN, constant(0)),
      loopBelow(COLUMN, get(COLUMNS), [
        set(ROW, constant(0)),
        set(A_AT, get(A)),
        set(OUT, add(get(OUTPUT), times(get(COLUMN), constant(FLOAT_BYTES)))),
        loopBelow(ROW, get(ROWS), [
          sums.map((sum) => set(sum, zeroVector)),
          set(B_AT, add(get(B), times(get(COLUMN), get(WIDTH)))),
          set(A_END, add(get(A_AT), get(WIDTH))),
          loopBelow(A_AT, get(A_END), multiplyStep()),
          writeColumns(0),
          writeColumns(4),
          advance(OUT, times(get(COLUMNS), constant(FLOAT_BYTES))),
          advance(ROW, constant(1)),
        ]),
        advance(COLUMN, constant(PANEL)),
      ]),
    ],
  });
}

const sums = Array.from({ length: PANEL }, (_, at) => SUMS + at);
const advance = (local: number, by: Code): Code => set(local, add(get(local), by));

/** Sixteen bytes of a row with sixteen of each column: four partial sums a column. */
function multiplyStep(): Code {
  return [
    set(BYTES, load(get(A_AT))),
    set(LOW, simd('i16x8_extend_low_i8x16_u', get(BYTES))),
    set(HIGH, simd('i16x8_extend_high_i8x16_u', get(BYTES))),
    sums.map((sum, at) => [
      set(BYTES, load(get(B_AT), at * STEP)),
      set(
        sum,
        simd(
          'i32x4_add',
          get(sum),
          simd(
            'i32x4_add',
            simd('i32x4_dot_i16x8_s', get(LOW), simd('i16x8_extend_low_i8x16_s', get(BYTES))),
            simd('i32x4_dot_i16x8_s', get(HIGH), simd('i16x8_extend_high_i8x16_s', get(BYTES))),
          ),
        ),
      ),
    ]),
    advance(A_AT, constant(STEP)),
    advance(B_AT, constant(PANEL * STEP)),
  ];
}

/** Four outputs, from the panel's column `first` on. */
function writeColumns(first: number): Code {
  const sum = (at: number): Code => get(SUMS + first + at);
  const left = addPairs(sum(0), sum(1));
  const right = addPairs(sum(2), sum(3));
  const totals = simd(
    'i32x4_add',
    pick(left, right, [0, 1, 4, 5]),
    pick(left, right, [2, 3, 6, 7]),
  );
  const scaled = simd('f32x4_mul', simd('f32x4_convert_i32x4_s', totals), get(FACTOR));
  const biases = load(
    add(get(BIAS), times(get(COLUMN), constant(FLOAT_BYTES))),
    first * FLOAT_BYTES,
  );
  return store(get(OUT), simd('f32x4_add', scaled, biases), first * FLOAT_BYTES);
}

/** Two partial sums of each: left, right, left, right. */
function addPairs(left: Code, right: Code): Code {
  return simd('i32x4_add', pick(left, right, [0, 4, 1, 5]), pick(left, right, [2, 6, 3, 7]));
}
