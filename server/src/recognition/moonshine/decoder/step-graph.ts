import { VOCABULARY_SIZE } from '../tokenizer.ts';
import { CROSS_SHAPE, crossNames } from './cross-graph.ts';
import {
  CACHED_ROWS,
  HEAD_SIZE,
  HEADS,
  HIDDEN_SIZE,
  MAX_POSITIONS,
  MLP_SIZE,
} from './decoder-sizes.ts';
import type {
  AttentionWeights,
  DecoderWeights,
  LayerWeights,
  Projection,
} from './decoder-weights.ts';
import { float, GraphBuilder, int, ints, type Value } from './graph-builder.ts';
import { project, type WeightType } from './project.ts';

const NORM_EPSILON = 1e-5;
/** Of each head, so many numbers are turned by their position, two at a time. */
const ROTARY_SIZE = 32;
const ROTARY_BASE = 10_000;

export const attentionName = (layer: number) => `attention.${layer}`;

/**
 * A step of the decoder (Jeffries et al. 2024; a transformer of pre-norm layers with rotary
 * positions): it reads `tokens` `[1, tokens]` behind those whose `past` `[past, CACHED_ROWS, heads,
 * head size]` is given, from `position` on, with `mask` `[tokens, past + tokens]` added to the scores
 * of self-attention, and the utterance's keys and values.
 *
 * For each token it tells the two likeliest next ones (`likeliest`, and `logProbabilities`), the
 * token's `rows` for the cache, and where the layers `watched` looked (`[1, heads, tokens, frames]`).
 */
export function buildStepGraph(
  weights: DecoderWeights,
  type: WeightType,
  watched: readonly number[],
): Uint8Array {
  const graph = new GraphBuilder();
  const tokens = graph.input('tokens', 'int64', [1, 'tokens']);
  const rotary = buildRotary(graph, graph.input('position', 'int64', [1]));
  const mask = graph.input('mask', 'float32', ['tokens', 'read']);
  const past = graph.input('past', 'float32', ['past', CACHED_ROWS, HEADS, HEAD_SIZE]);
  const pasts = graph.addMany('Split', [past], { axis: int(1) }, CACHED_ROWS);
  const block: Block = { graph, type };
  const rows: Value[] = [];

  let hidden = embed(graph, tokens, weights);
  for (const [index, layer] of weights.layers.entries()) {
    const [pastKey, pastValue] = pasts.slice(2 * index) as [Value, Value];
    const normed = normalize(graph, hidden, layer.norms.self);
    const self = attendToTokens(block, normed, layer.self, { rotary, mask, pastKey, pastValue });
    rows.push(self.key, self.value);
    hidden = graph.add('Add', [hidden, self.output]);

    const [key, value] = crossNames(index).map((name) => graph.input(name, 'float32', CROSS_SHAPE));
    const cross = attendToSound(block, normalize(graph, hidden, layer.norms.cross), layer.cross, {
      key: key as Value,
      value: value as Value,
    });
    if (watched.includes(index)) {
      const shape = [1, HEADS, 'tokens', 'frames'];
      graph.output(attentionName(index), cross.looked, 'float32', shape);
    }
    hidden = graph.add('Add', [hidden, cross.output]);

    const fed = feedForward(block, normalize(graph, hidden, layer.norms.mlp), layer.mlp);
    hidden = graph.add('Add', [hidden, fed]);
  }
  const shape = ['tokens', CACHED_ROWS, HEADS, HEAD_SIZE];
  graph.output('rows', graph.add('Concat', rows, { axis: int(1) }), 'float32', shape);
  predict(block, normalize(graph, hidden, weights.norm), weights.output);
  return graph.encode();
}

interface Block {
  readonly graph: GraphBuilder;
  readonly type: WeightType;
}

function embed(graph: GraphBuilder, tokens: Value, { embedding }: DecoderWeights): Value {
  const table = graph.constant(embedding.bytes, [VOCABULARY_SIZE, HIDDEN_SIZE]);
  return graph.add('DequantizeLinear', [
    graph.add('Gather', [table, tokens]),
    graph.constant(Float32Array.of(embedding.scale)),
    graph.constant(Uint8Array.of(embedding.zeroPoint)),
  ]);
}

function normalize(graph: GraphBuilder, hidden: Value, weights: Float32Array): Value {
  return graph.add('LayerNormalization', [hidden, graph.constant(weights, [HIDDEN_SIZE])], {
    axis: int(-1),
    epsilon: float(NORM_EPSILON),
  });
}

/** Self-attention: the new tokens look at those before them and at themselves. */
function attendToTokens(
  block: Block,
  input: Value,
  weights: AttentionWeights,
  read: { rotary: readonly Value[]; mask: Value; pastKey: Value; pastValue: Value },
) {
  const { graph, type } = block;
  const all = project(graph, input, [weights.query, weights.key, weights.value], type);
  const [turned, upright] = split(graph, all, [2 * HIDDEN_SIZE, HIDDEN_SIZE], -1);
  const positioned = graph.add('com.microsoft:RotaryEmbedding', [turned, ...read.rotary], {
    interleaved: int(1),
    num_heads: int(2 * HEADS),
    rotary_embedding_dim: int(ROTARY_SIZE),
  });
  const queryAndKey = graph.add('Reshape', [positioned, graph.integers(-1, 2, HEADS, HEAD_SIZE)]);
  const [query, key] = split(graph, queryAndKey, [1, 1], 1);
  const value = intoHeads(graph, upright);
  const keys = graph.add('Concat', [read.pastKey, key], { axis: int(0) });
  const values = graph.add('Concat', [read.pastValue, value], { axis: int(0) });
  const scores = graph.add('Add', [scoreKeys(graph, query, keys), read.mask]);
  return { key, value, output: attend(block, scores, values, weights.output).output };
}

/** Cross-attention: the new tokens look at the frames of the audio. */
function attendToSound(
  block: Block,
  input: Value,
  weights: AttentionWeights,
  { key, value }: { key: Value; value: Value },
) {
  const { graph, type } = block;
  const query = intoHeads(graph, project(graph, input, [weights.query], type));
  return attend(block, scoreKeys(graph, query, key), value, weights.output);
}

/** What the heads find where their scores are high, and where they looked. */
function attend({ graph, type }: Block, scores: Value, values: Value, output: Projection) {
  const looked = graph.add('Softmax', [scores], { axis: int(-1) });
  const found = graph.add('com.microsoft:FusedMatMul', [looked, values], { transBatchB: int(1) });
  const byToken = graph.add('Transpose', [found], { perm: ints(2, 1, 0, 3) });
  const joined = graph.add('Reshape', [byToken, graph.integers(1, -1, HIDDEN_SIZE)]);
  return { looked, output: project(graph, joined, [output], type) };
}

/** A gated linear unit with SiLU (Shazeer 2020). */
function feedForward({ graph, type }: Block, input: Value, { up, down }: LayerWeights['mlp']) {
  const [linear, gate] = split(graph, project(graph, input, [up], type), [MLP_SIZE, MLP_SIZE], -1);
  const opened = graph.add('com.microsoft:QuickGelu', [gate], { alpha: float(1) });
  return project(graph, graph.add('Mul', [opened, linear]), [down], type);
}

/** The two likeliest tokens: 131 KB of logits a token need not leave the graph. */
function predict({ graph, type }: Block, input: Value, vocabulary: Projection): void {
  const logits = project(graph, input, [vocabulary], type);
  const all = graph.add('LogSoftmax', [logits], { axis: int(-1) });
  const [best, tokens] = graph.addMany('TopK', [all, graph.integers(2)], { axis: int(-1) }, 2);
  graph.output('logProbabilities', best as Value, 'float32', [1, 'tokens', 2]);
  graph.output('likeliest', tokens as Value, 'int64', [1, 'tokens', 2]);
}

/** `[1, tokens, hidden]` to `[tokens, 1, heads, head size]`. */
function intoHeads(graph: GraphBuilder, hidden: Value): Value {
  return graph.add('Reshape', [hidden, graph.integers(-1, 1, HEADS, HEAD_SIZE)]);
}

/** How alike each query of each head is to each key of the same: `[1, heads, queries, keys]`. */
function scoreKeys(graph: GraphBuilder, queries: Value, keys: Value): Value {
  return graph.add('com.microsoft:FusedMatMul', [queries, keys], {
    transBatchA: int(1),
    transBatchB: int(1),
    transB: int(1),
    alpha: float(1 / Math.sqrt(HEAD_SIZE)),
  });
}

function split(graph: GraphBuilder, value: Value, sizes: [number, number], axis: number) {
  return graph.addMany('Split', [value, graph.integers(...sizes)], { axis: int(axis) }, 2) as [
    Value,
    Value,
  ];
}

/** What RotaryEmbedding takes behind its input (Su et al. 2021): the position, cosines and sines. */
function buildRotary(graph: GraphBuilder, position: Value): readonly Value[] {
  const pairs = ROTARY_SIZE / 2;
  const angles = Array.from({ length: MAX_POSITIONS * pairs }, (_, index) => {
    const frequency = Math.fround(ROTARY_BASE ** (-(index % pairs) / pairs));
    return Math.fround(Math.floor(index / pairs) * frequency);
  });
  const table = (of: (angle: number) => number) =>
    graph.constant(Float32Array.from(angles, of), [MAX_POSITIONS, pairs]);
  return [position, table(Math.cos), table(Math.sin)];
}
