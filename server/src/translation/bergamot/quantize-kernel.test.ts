import { expect, test } from 'vitest';
import { encodeQuantize } from './quantize-kernel.ts';

type Quantize = (...args: number[]) => void;

const memory = new WebAssembly.Memory({ initial: 4, maximum: 4 });
const [IN, OUT] = [1024, 65_536] as const;

async function quantize(values: readonly number[], scale: number, rows: number): Promise<number[]> {
  const module = await WebAssembly.compile(encodeQuantize());
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  new Float32Array(memory.buffer, IN, values.length).set(values);
  const output = new Uint8Array(memory.buffer, OUT, values.length + 16).fill(77);
  (exports.quantize as Quantize)(IN, scale, 0, rows, values.length / rows, OUT);
  expect([...output.subarray(values.length)]).toEqual(new Array(16).fill(77));
  return [...output.subarray(0, values.length)];
}

test('rounds to the nearest, to the even one between two, and moves by 127', async () => {
  const values = [
    0, 0.5, 1, 1.5, -0.5, -1.5, 2.49, 2.51, -2.49, -2.51, 3.5, -3.5, 1e-9, -0, 60, -60,
  ];
  expect(await quantize(values, 1, 1)).toEqual(
    [0, 0, 1, 2, 0, -2, 2, 3, -2, -3, 4, -4, 0, 0, 60, -60].map((value) => value + 127),
  );
});

test('scales, and cuts off at both ends', async () => {
  const ends = [63, 63.5, 64, 1e9, Infinity, -63, -63.5, -64, -1e9, -Infinity, 0, 0, 0, 0, 0, 1];
  const bytes = [253, 254, 254, 254, 254, 1, 0, 0, 0, 0, 127, 127, 127, 127, 127, 129];
  expect(await quantize([...ends, ...ends, ...ends, ...ends], 2, 2)).toEqual([
    ...bytes,
    ...bytes,
    ...bytes,
    ...bytes,
  ]);
});
