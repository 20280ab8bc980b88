import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../../shared/errors.ts';
import { floats, take } from '../model-outputs.ts';
import type { Predictions, TokenModel } from '../token-model.ts';
import { ATTENTION_LAYERS, type CrossAttention } from '../word-times/cross-attention.ts';
import type { DecoderSessions } from './decoder-sessions.ts';
import { CACHED_ROWS, HEAD_SIZE, HEADS, MAX_POSITIONS } from './decoder-sizes.ts';
import { attentionName } from './step-graph.ts';
import { TokenCache } from './token-cache.ts';

const FETCHED = ['rows', 'likeliest', 'logProbabilities'];
/** Whatever is not asked for is not copied out. */
const FETCHED_WATCHED = [...FETCHED, ...ATTENTION_LAYERS.map(attentionName)];

/** One utterance being decoded, with its caches. */
export class MoonshineDecoder implements TokenModel {
  readonly #step: InferenceSession;
  readonly #cross: InferenceSession.OnnxValueMapType;
  readonly #cache = new TokenCache();
  readonly #attention: CrossAttention | undefined;

  private constructor(
    step: InferenceSession,
    cross: InferenceSession.OnnxValueMapType,
    attention: CrossAttention | undefined,
  ) {
    this.#step = step;
    this.#cross = cross;
    this.#attention = attention;
  }

  /** Writes down in `attention` where it looks. `states` are the encoder's, `[1, frames, hidden]`. */
  static async open(
    { step, cross }: DecoderSessions,
    states: Tensor,
    attention?: CrossAttention,
  ): Promise<MoonshineDecoder> {
    return new MoonshineDecoder(step, await cross.run({ states }), attention);
  }

  async append(tokens: readonly number[]): Promise<Predictions> {
    const past = this.#cache.length;
    const read = past + tokens.length;
    if (read > MAX_POSITIONS) {
      throw new AppError(
        'recognizer_failed',
        `Expected at most ${MAX_POSITIONS} tokens, got ${read}.`,
      );
    }
    const output = await this.#step.run(
      {
        tokens: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
        position: new Tensor('int64', BigInt64Array.of(BigInt(past)), [1]),
        mask: new Tensor('float32', causalMask(past, tokens.length), [tokens.length, read]),
        past: new Tensor('float32', this.#cache.rows, [past, CACHED_ROWS, HEADS, HEAD_SIZE]),
        ...this.#cross,
      },
      this.#attention === undefined ? FETCHED : FETCHED_WATCHED,
    );
    this.#cache.append(floats(take(output, 'rows')));
    this.#attention?.append(
      ATTENTION_LAYERS.map((layer) => floats(take(output, attentionName(layer)))),
      tokens.length,
    );
    const likeliest = take(output, 'likeliest').data;
    const logProbabilities = floats(take(output, 'logProbabilities'));
    return {
      choose(index) {
        const [best = Number.NaN, second = Number.NaN] = logProbabilities.subarray(2 * index);
        return {
          token: Number(likeliest[2 * index]),
          logProbability: best,
          margin: best - second,
        };
      },
    };
  }

  truncate(length: number): void {
    this.#cache.truncate(length);
    this.#attention?.truncate(length);
  }
}

/** `[tokens, past + tokens]`: each token sees what came before it, and itself. */
function causalMask(past: number, tokens: number): Float32Array {
  const read = past + tokens;
  const mask = new Float32Array(tokens * read);
  for (let token = 0; token < tokens; token += 1) {
    mask.fill(Number.NEGATIVE_INFINITY, token * read + past + token + 1, (token + 1) * read);
  }
  return mask;
}
