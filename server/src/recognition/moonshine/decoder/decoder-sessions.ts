import { InferenceSession } from 'onnxruntime-node';
import { ATTENTION_LAYERS } from '../word-times/cross-attention.ts';
import { buildCrossGraph } from './cross-graph.ts';
import { readDecoderWeights } from './decoder-weights.ts';
import type { WeightType } from './project.ts';
import { buildStepGraph } from './step-graph.ts';

/** The two graphs of the decoder, ready to run. */
export interface DecoderSessions {
  readonly cross: InferenceSession;
  readonly step: InferenceSession;
}

/**
 * Builds the decoder from the weights in `decoder_model_merged.ort`. Throws `model_damaged` where
 * they are not all there.
 */
export async function createDecoderSessions(
  file: Uint8Array,
  type: WeightType,
  options: InferenceSession.SessionOptions,
): Promise<DecoderSessions> {
  const weights = readDecoderWeights(file);
  const create = (graph: Uint8Array) => InferenceSession.create(graph, options);
  return {
    cross: await create(buildCrossGraph(weights, type)),
    step: await create(buildStepGraph(weights, type, ATTENTION_LAYERS)),
  };
}
