import type { Parameter } from './model-file.ts';

/** Sizes of a transformer with a recurrent (SSRU) decoder, as Firefox's models are. */
export interface Dimensions {
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  /** A multiple of 64, as 8-bit products need. */
  readonly width: number;
  readonly heads: number;
  readonly feedForward: number;
}

/** Mozilla's `tiny` models. */
export const REAL_TINY: Dimensions = {
  encoderLayers: 6,
  decoderLayers: 2,
  width: 256,
  heads: 8,
  feedForward: 1536,
};

/** Fills one parameter: called for every one of them, in the order of the file. */
export type Fill = (name: string, rows: number, columns: number) => Float32Array;

export interface Architecture extends Dimensions {
  readonly sourceWords: number;
  readonly targetWords: number;
  /** One embedding for both languages and the output; else one each. */
  readonly sharedVocabulary: boolean;
}

export function makeParameters(architecture: Architecture, fill: Fill): Parameter[] {
  const { width, feedForward, sourceWords, targetWords } = architecture;
  const parameters: Parameter[] = [];
  const add = (name: string, rows: number, columns: number) =>
    parameters.push({ name, shape: [rows, columns], values: fill(name, rows, columns) });
  const addNorm = (prefix: string) => {
    add(`${prefix}_ln_scale`, 1, width);
    add(`${prefix}_ln_bias`, 1, width);
  };
  const addAttention = (prefix: string) => {
    for (const part of ['q', 'k', 'v', 'o']) {
      add(`${prefix}_W${part}`, width, width);
      add(`${prefix}_b${part}`, 1, width);
    }
    addNorm(`${prefix}_Wo`);
  };
  const addFeedForward = (prefix: string) => {
    add(`${prefix}_W1`, width, feedForward);
    add(`${prefix}_b1`, 1, feedForward);
    add(`${prefix}_W2`, feedForward, width);
    add(`${prefix}_b2`, 1, width);
    addNorm(`${prefix}_ffn`);
  };

  if (architecture.sharedVocabulary) add('Wemb', targetWords, width);
  else {
    add('encoder_Wemb', sourceWords, width);
    add('decoder_Wemb', targetWords, width);
  }
  add('decoder_ff_logit_out_b', 1, targetWords);
  for (let layer = 1; layer <= architecture.encoderLayers; layer += 1) {
    addAttention(`encoder_l${layer}_self`);
    addFeedForward(`encoder_l${layer}_ffn`);
  }
  for (let layer = 1; layer <= architecture.decoderLayers; layer += 1) {
    const prefix = `decoder_l${layer}`;
    add(`${prefix}_rnn_W`, width, width);
    add(`${prefix}_rnn_Wf`, width, width);
    add(`${prefix}_rnn_bf`, 1, width);
    addNorm(`${prefix}_rnn_ffn`);
    addAttention(`${prefix}_context`);
    addFeedForward(`${prefix}_ffn`);
  }
  return parameters;
}

/** `special:model.yml`, which says how the parameters fit together. */
export function describeArchitecture(architecture: Architecture): string {
  const { sharedVocabulary } = architecture;
  return [
    'type: transformer',
    `enc-depth: ${architecture.encoderLayers}`,
    `dec-depth: ${architecture.decoderLayers}`,
    `dim-emb: ${architecture.width}`,
    'dim-vocabs:',
    `  - ${architecture.sourceWords}`,
    `  - ${architecture.targetWords}`,
    `transformer-heads: ${architecture.heads}`,
    `transformer-dim-ffn: ${architecture.feedForward}`,
    'transformer-ffn-depth: 2',
    'transformer-ffn-activation: relu',
    'transformer-decoder-autoreg: rnn',
    'dec-cell: ssru',
    'dec-cell-base-depth: 2',
    'dec-cell-high-depth: 1',
    'transformer-preprocess: ""',
    'transformer-postprocess: dan',
    'transformer-postprocess-emb: d',
    'tied-embeddings: true',
    `tied-embeddings-all: ${sharedVocabulary}`,
    'version: v1.9.0; written for tests',
    '',
  ].join('\n');
}
