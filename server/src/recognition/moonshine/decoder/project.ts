import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Projection } from './decoder-weights.ts';
import { GraphBuilder, type Value } from './graph-builder.ts';

/** What the bytes of matrices are in the graph: as in the file, or each less by 128. */
export type WeightType = 'uint8' | 'int8';

const SIGN_OFFSET = 128;

/**
 * Multiplies `input` with matrices whose columns lie side by side. The activations are quantised
 * over all of `input`, whatever it is multiplied with: so the result is that of single products.
 */
export function project(
  graph: GraphBuilder,
  input: Value,
  matrices: readonly Projection[],
  type: WeightType,
): Value {
  const columns = matrices.reduce((sum, matrix) => sum + matrix.columns, 0);
  const rows = matrices.reduce((sum, { bytes }) => sum + bytes.length, 0) / columns;
  const bytes = new Uint8Array(rows * columns);
  const scales = new Float32Array(columns);
  const zeroPoints = new Uint8Array(columns);
  const biases = new Float32Array(columns);
  let at = 0;
  for (const matrix of matrices) {
    for (let row = 0; row < rows; row += 1) {
      const from = row * matrix.columns;
      bytes.set(matrix.bytes.subarray(from, from + matrix.columns), row * columns + at);
    }
    const end = at + matrix.columns;
    scales.fill(matrix.scale, at, end);
    zeroPoints.fill(matrix.zeroPoint, at, end);
    if (matrix.bias !== null) biases.set(matrix.bias, at);
    at = end;
  }
  return graph.add('com.microsoft:DynamicQuantizeMatMul', [
    input,
    graph.constant(asType(bytes, type), [rows, columns]),
    graph.constant(scales, [columns]),
    graph.constant(asType(zeroPoints, type), [columns]),
    ...(matrices.some(({ bias }) => bias !== null) ? [graph.constant(biases, [columns])] : []),
  ]);
}

export function asType(bytes: Uint8Array, type: WeightType): Uint8Array | Int8Array {
  if (type === 'uint8') return bytes;
  const signed = new Int8Array(bytes.length);
  // Millions of them: an iterator would take seconds.
  for (let at = 0; at < bytes.length; at += 1) signed[at] = (bytes[at] as number) - SIGN_OFFSET;
  return signed;
}

/** Sizes that take the ways of one row and of several, in more than one tile of a kernel. */
const PROBE_ROWS = [1, 5];
const PROBE_SIZE = 64;

/**
 * The type that this processor multiplies fastest and without a mistake. Instructions for signed
 * weights (VNNI, AMX) make steps of several tokens twice as fast; but processors without these
 * add pairs of products in 16 bits, where large ones do not fit. So it is tried.
 */
export async function fastestExactType(
  options: InferenceSession.SessionOptions,
): Promise<WeightType> {
  const graph = new GraphBuilder();
  const input = graph.input('input', 'float32', ['rows', PROBE_SIZE]);
  // The largest and the least bytes, column by column.
  const bytes = Uint8Array.from({ length: PROBE_SIZE ** 2 }, (_, index) => (index % 2) * 255);
  const extreme = { bytes, columns: PROBE_SIZE, scale: 1, zeroPoint: SIGN_OFFSET, bias: null };
  for (const type of ['uint8', 'int8'] as const) {
    graph.output(type, project(graph, input, [extreme], type), 'float32', ['rows', PROBE_SIZE]);
  }
  const session = await InferenceSession.create(graph.encode(), options);
  try {
    for (const rows of PROBE_ROWS) {
      const ones = new Float32Array(rows * PROBE_SIZE).fill(1);
      const products = await session.run({ input: new Tensor(ones, [rows, PROBE_SIZE]) });
      const exact = products.uint8?.data ?? [];
      if (!exact.every((value, index) => value === products.int8?.data[index])) return 'uint8';
    }
    return 'int8';
  } finally {
    await session.release();
  }
}
