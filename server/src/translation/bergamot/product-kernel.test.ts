import { expect, test } from 'vitest';
import { seededRandom } from '../../testing/marian/seeded-random.ts';
import { encodeProduct } from './product-kernel.ts';

type Product = (...args: number[]) => void;

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
const [A, B, BIAS, OUT] = [1 << 10, 1 << 16, 1 << 20, 1 << 21] as const;

async function instantiate(): Promise<Product> {
  const module = await WebAssembly.compile(encodeProduct());
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  return exports.product as Product;
}

/** Where row `row` of column `column` lies in a matrix as intgemm prepares it. */
const preparedAt = (row: number, column: number, width: number) =>
  Math.floor(column / 8) * 8 * width + Math.floor(row / 16) * 128 + (column % 8) * 16 + (row % 16);

test.each([
  { rows: 1, width: 64, columns: 8 },
  { rows: 3, width: 256, columns: 40 },
  { rows: 2, width: 1536, columns: 16 },
  { rows: 0, width: 64, columns: 8 },
])('$rows × $width times $width × $columns', async ({ rows, width, columns }) => {
  const product = await instantiate();
  const random = seededRandom(rows * width + columns);
  const a = new Uint8Array(memory.buffer, A, rows * width).map(() => Math.floor(random() * 256));
  const b = Int8Array.from({ length: width * columns }, () => Math.floor(random() * 255) - 127);
  // The largest products of all: sums of two do not fit into 16 bits.
  a.fill(255, 0, width);
  for (let row = 0; row < width; row += 1) b[row * columns] = 127;
  new Uint8Array(memory.buffer, A, a.length).set(a);
  const prepared = new Int8Array(memory.buffer, B, b.length);
  for (const [at, value] of b.entries()) {
    prepared[preparedAt(Math.floor(at / columns), at % columns, width)] = value;
  }
  const bias = new Float32Array(memory.buffer, BIAS, columns).map((_, at) => at / 4);
  new Float32Array(memory.buffer, BIAS, columns).set(bias);
  const output = new Float32Array(memory.buffer, OUT, rows * columns + 8).fill(-1);

  product(A, 4, 0, B, 8, 0, BIAS, 2, rows, width, columns, OUT);

  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      for (let at = 0; at < width; at += 1) {
        sum += (a[row * width + at] ?? 0) * (b[at * columns + column] ?? 0);
      }
      expect(output[row * columns + column]).toBe(Math.fround((sum * 2) / 32 + column / 4));
    }
  }
  // Nothing beyond.
  expect([...output.subarray(rows * columns)]).toEqual(new Array(8).fill(-1));
});
