import { HEAD_SIZE, HEADS, HIDDEN_SIZE } from './decoder-sizes.ts';
import type { DecoderWeights } from './decoder-weights.ts';
import { GraphBuilder, type Value } from './graph-builder.ts';
import { asType, type WeightType } from './project.ts';

/** Keys and values of a layer's cross-attention, `[frames, 1, heads, head size]` each. */
export const crossNames = (layer: number) =>
  [`cross.${layer}.key`, `cross.${layer}.value`] as const;
export const CROSS_SHAPE = ['frames', 1, HEADS, HEAD_SIZE] as const;

/**
 * What the decoder makes of an utterance once: from the encoder's `states` `[1, frames, hidden]`, the
 * keys and values of every layer's cross-attention.
 */
export function buildCrossGraph({ layers }: DecoderWeights, type: WeightType): Uint8Array {
  const graph = new GraphBuilder();
  const states = graph.input('states', 'float32', [1, 'frames', HIDDEN_SIZE]);
  const [quantized, scale, zeroPoint] = graph.addMany('DynamicQuantizeLinear', [states], {}, 3) as [
    Value,
    Value,
    Value,
  ];
  const shape = graph.integers(-1, 1, HEADS, HEAD_SIZE);
  for (const [layer, { cross }] of layers.entries()) {
    const [keyName, valueName] = crossNames(layer);
    for (const [name, matrix] of [
      [keyName, cross.key],
      [valueName, cross.value],
    ] as const) {
      const product = graph.add('com.microsoft:MatMulIntegerToFloat', [
        quantized,
        graph.constant(asType(matrix.bytes, type), [HIDDEN_SIZE, HIDDEN_SIZE]),
        scale,
        graph.constant(Float32Array.of(matrix.scale)),
        zeroPoint,
        graph.constant(asType(Uint8Array.of(matrix.zeroPoint), type)),
      ]);
      graph.output(name, graph.add('Reshape', [product, shape]), 'float32', CROSS_SHAPE);
    }
  }
  return graph.encode();
}
