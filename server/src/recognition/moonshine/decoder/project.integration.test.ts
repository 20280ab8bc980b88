import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import type { Projection } from './decoder-weights.ts';
import { GraphBuilder } from './graph-builder.ts';
import { fastestExactType, project, type WeightType } from './project.ts';

const ROWS = 24;

const matrix = (columns: number): fc.Arbitrary<Projection> =>
  fc.record({
    bytes: fc.uint8Array({ minLength: ROWS * columns, maxLength: ROWS * columns }),
    columns: fc.constant(columns),
    scale: fc.float({ min: Math.fround(0.001), max: 1, noNaN: true }),
    zeroPoint: fc.nat(255),
    bias: fc.option(
      fc.float32Array({ minLength: columns, maxLength: columns, noNaN: true, min: -9, max: 9 }),
    ),
  });

const activations = fc.integer({ min: 1, max: 7 }).chain((count) =>
  fc.float32Array({
    minLength: count * ROWS,
    maxLength: count * ROWS,
    min: -5,
    max: 5,
    noNaN: true,
  }),
);

async function multiply(input: Float32Array, parts: readonly Projection[], type: WeightType) {
  const graph = new GraphBuilder();
  const value = graph.input('input', 'float32', ['tokens', ROWS]);
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  graph.output('output', project(graph, value, parts, type), 'float32', ['tokens', columns]);
  const session = await InferenceSession.create(graph.encode());
  const count = input.length / ROWS;
  const { output } = await session.run({ input: new Tensor('float32', input, [count, ROWS]) });
  await session.release();
  const numbers = [...((output?.data ?? []) as Float32Array)];
  return Array.from({ length: count }, (_, row) =>
    numbers.slice(row * columns, (row + 1) * columns),
  );
}

test('products side by side are single products, to the last bit, in either type of weight', async () => {
  const types = ['uint8', await fastestExactType({})] as const;
  await fc.assert(
    fc.asyncProperty(activations, matrix(16), matrix(5), async (input, left, right) => {
      const [lefts, rights] = [
        await multiply(input, [left], 'uint8'),
        await multiply(input, [right], 'uint8'),
      ];
      for (const type of types) {
        const both = await multiply(input, [left, right], type);
        expect(both).toEqual(lefts.map((row, index) => [...row, ...(rights[index] ?? [])]));
      }
    }),
    { numRuns: 25 },
  );
});
