import { AppError } from '../../../../../shared/errors.ts';
import { HIDDEN_SIZE, LAYERS, MLP_SIZE } from './decoder-sizes.ts';
import { OrtModel } from './ort-model.ts';

/** A matrix of bytes: an element is worth `scale * (byte - zeroPoint)`. */
export interface QuantizedMatrix {
  /** `[rows, columns]`. */
  readonly bytes: Uint8Array;
  readonly columns: number;
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface Projection extends QuantizedMatrix {
  readonly bias: Float32Array | null;
}

export interface AttentionWeights {
  readonly query: Projection;
  readonly key: Projection;
  readonly value: Projection;
  readonly output: Projection;
}

export interface LayerWeights {
  /** Of the layer normalisations before each part. */
  readonly norms: {
    readonly self: Float32Array;
    readonly cross: Float32Array;
    readonly mlp: Float32Array;
  };
  readonly self: AttentionWeights;
  readonly cross: AttentionWeights;
  readonly mlp: { readonly up: Projection; readonly down: Projection };
}

export interface DecoderWeights {
  readonly embedding: QuantizedMatrix;
  readonly layers: readonly LayerWeights[];
  readonly norm: Float32Array;
  readonly output: Projection;
}

/** The inputs of onnxruntime's two operators for quantised matrices that hold the matrix itself. */
const MATRIX_INPUTS: Readonly<
  Record<string, { bytes: number; scale: number; zero: number; bias: number }>
> = {
  DynamicQuantizeMatMul: { bytes: 1, scale: 2, zero: 3, bias: 4 },
  MatMulIntegerToFloat: { bytes: 1, scale: 3, zero: 5, bias: 6 },
};

/** The weights of the merged decoder of Moonshine tiny. Throws `model_damaged` on any other file. */
export function readDecoderWeights(file: Uint8Array): DecoderWeights {
  try {
    return readWeights(file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError('model_damaged', 'Expected a whole model, got one that is cut short.', {
      cause: error,
    });
  }
}

function readWeights(file: Uint8Array): DecoderWeights {
  const model = new OrtModel(file);
  // Only this branch, which reads an utterance for the first time, makes the cross-attention's keys.
  const nodes = model.branch('else_branch');

  const matrix = (
    names: { bytes: string; scale: string; zero: string },
    rows: number,
  ): QuantizedMatrix => {
    const bytes = model.weight(names.bytes);
    return {
      bytes,
      columns: bytes.length / rows,
      scale: floats(model.weight(names.scale))[0] ?? Number.NaN,
      zeroPoint: model.weight(names.zero)[0] ?? Number.NaN,
    };
  };
  const projection = (name: string, rows: number): Projection => {
    const node = nodes.get(`${name}/MatMul_quant`);
    const places = node && MATRIX_INPUTS[node.operator];
    if (node === undefined || places === undefined) {
      throw new AppError('model_damaged', `Expected a quantised matrix named ${name}, got none.`);
    }
    const input = (place: number) => node.inputs[place] ?? '';
    const bias = input(places.bias);
    return {
      ...matrix(
        { bytes: input(places.bytes), scale: input(places.scale), zero: input(places.zero) },
        rows,
      ),
      bias: bias === '' ? null : floats(model.weight(bias)),
    };
  };
  const attention = (name: string): AttentionWeights => ({
    query: projection(`${name}/q_proj`, HIDDEN_SIZE),
    key: projection(`${name}/k_proj`, HIDDEN_SIZE),
    value: projection(`${name}/v_proj`, HIDDEN_SIZE),
    output: projection(`${name}/o_proj`, HIDDEN_SIZE),
  });
  const norm = (name: string) => floats(model.weight(`model.decoder.${name}.weight_merged_0`));

  const embedding = 'model.decoder.embed_tokens.weight_merged_0';
  return {
    embedding: {
      ...matrix(
        {
          bytes: `${embedding}_quantized`,
          scale: `${embedding}_scale`,
          zero: `${embedding}_zero_point`,
        },
        1,
      ),
      columns: HIDDEN_SIZE,
    },
    layers: Array.from({ length: LAYERS }, (_, index) => {
      const layer = `/model/decoder/layers.${index}`;
      return {
        norms: {
          self: norm(`layers.${index}.input_layernorm`),
          cross: norm(`layers.${index}.post_attention_layernorm`),
          mlp: norm(`layers.${index}.final_layernorm`),
        },
        self: attention(`${layer}/self_attn`),
        cross: attention(`${layer}/encoder_attn`),
        mlp: {
          up: projection(`${layer}/mlp/fc1`, HIDDEN_SIZE),
          down: projection(`${layer}/mlp/fc2`, MLP_SIZE),
        },
      };
    }),
    norm: norm('norm'),
    output: projection('/proj_out', HIDDEN_SIZE),
  };
}

/** Copied: in the file they need not lie at a multiple of four. */
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}
