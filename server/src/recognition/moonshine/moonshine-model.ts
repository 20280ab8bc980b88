import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import { chooseToken } from './choose-token.ts';
import type { Predictions, TokenChoice, TokenModel } from './token-model.ts';
import { VOCABULARY_SIZE } from './tokenizer.ts';
import { ATTENTION_OUTPUTS, type CrossAttention } from './word-times/cross-attention.ts';
import { exposeOutputs } from './word-times/expose-outputs.ts';

const LAYERS = 6;
const HEADS = 8;
const HEAD_SIZE = 36;

/** One thread: the host's parallelism is one worker per utterance. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  // Warnings about the model's own graph would fill the log.
  logSeverityLevel: 3,
};

const CACHE_NAMES = ['decoder', 'encoder'].flatMap((part) =>
  ['key', 'value'].flatMap((kind) =>
    Array.from({ length: LAYERS }, (_, layer) => ({ part, name: `${layer}.${part}.${kind}` })),
  ),
);
const DECODER_CACHE_NAMES = CACHE_NAMES.filter(({ part }) => part === 'decoder');
const fetched = (names: typeof CACHE_NAMES) => [
  'logits',
  ...names.map(({ name }) => `present.${name}`),
];
const FETCHED_FIRST = fetched(CACHE_NAMES);
/** Whatever is not asked for is not copied out: a sixth of a step at ten seconds of audio. */
const FETCHED_LATER = fetched(DECODER_CACHE_NAMES);

const EMPTY_CACHE = new Tensor('float32', new Float32Array(0), [1, HEADS, 0, HEAD_SIZE]);
const FIRST_STEP = new Tensor('bool', Uint8Array.of(0), [1]);
const LATER_STEP = new Tensor('bool', Uint8Array.of(1), [1]);
/**
 * The decoder strides its mask by 384 samples. With one utterance nothing is padded, and a mask of
 * one element is broadcast over all frames: the same answer without a mask as long as the audio.
 */
const DECODER_MASK = new Tensor('int64', BigInt64Array.of(1n), [1, 1]);

/** Moonshine's encoder and merged decoder on onnxruntime, one utterance at a time. */
export class MoonshineModel {
  readonly #encoder: InferenceSession;
  readonly #decoder: InferenceSession;

  private constructor(encoder: InferenceSession, decoder: InferenceSession) {
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  /** Throws `model_damaged` where onnxruntime cannot make a model of a file. */
  static async load(encoderFile: string, decoderFile: string): Promise<MoonshineModel> {
    return new MoonshineModel(
      await loadSession(encoderFile, (file) => InferenceSession.create(file, SESSION_OPTIONS)),
      await loadSession(decoderFile, async (file) =>
        InferenceSession.create(
          exposeOutputs(await readFile(file), ATTENTION_OUTPUTS),
          SESSION_OPTIONS,
        ),
      ),
    );
  }

  /**
   * Encodes at least MIN_UTTERANCE_SAMPLES samples (16 kHz) and returns what decodes them; it writes
   * down in `attention` where it looks.
   */
  async listen(samples: Float32Array, attention?: CrossAttention): Promise<TokenModel> {
    const mask = new BigInt64Array(samples.length).fill(1n);
    const output = await this.#encoder.run({
      input_values: new Tensor('float32', samples, [1, samples.length]),
      attention_mask: new Tensor('int64', mask, [1, samples.length]),
    });
    return new MoonshineDecoder(this.#decoder, take(output, 'last_hidden_state'), attention);
  }

  async release(): Promise<void> {
    await this.#encoder.release();
    await this.#decoder.release();
  }
}

/** One utterance being decoded, with its caches. */
class MoonshineDecoder implements TokenModel {
  readonly #session: InferenceSession;
  readonly #hiddenStates: Tensor;
  readonly #cache = new Map<string, Tensor>();
  readonly #attention: CrossAttention | undefined;
  #length = 0;

  constructor(session: InferenceSession, hiddenStates: Tensor, attention?: CrossAttention) {
    this.#session = session;
    this.#hiddenStates = hiddenStates;
    this.#attention = attention;
  }

  async append(tokens: readonly number[]): Promise<Predictions> {
    const first = this.#length === 0;
    const feeds: Record<string, Tensor> = {
      input_ids: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
      encoder_hidden_states: this.#hiddenStates,
      encoder_attention_mask: DECODER_MASK,
      use_cache_branch: first ? FIRST_STEP : LATER_STEP,
    };
    for (const { name } of CACHE_NAMES) {
      feeds[`past_key_values.${name}`] = this.#cache.get(name) ?? EMPTY_CACHE;
    }
    const fetched = first ? FETCHED_FIRST : FETCHED_LATER;
    const output = await this.#session.run(
      feeds,
      this.#attention === undefined ? fetched : [...fetched, ...ATTENTION_OUTPUTS],
    );
    // The cross-attention cache is made in the first step and never again.
    for (const { name } of first ? CACHE_NAMES : DECODER_CACHE_NAMES) {
      this.#cache.set(name, take(output, `present.${name}`));
    }
    this.#length += tokens.length;
    this.#attention?.append(
      ATTENTION_OUTPUTS.map((name) => floats(take(output, name))),
      tokens.length,
    );
    return new LogitPredictions(floats(take(output, 'logits')));
  }

  truncate(length: number): void {
    if (length >= this.#length) return;
    for (const { name } of DECODER_CACHE_NAMES) {
      const cached = this.#cache.get(name);
      if (cached !== undefined) this.#cache.set(name, shorten(cached, this.#length, length));
    }
    this.#length = length;
    this.#attention?.truncate(length);
  }
}

class LogitPredictions implements Predictions {
  readonly #logits: Float32Array;
  readonly #choices: TokenChoice[] = [];

  constructor(logits: Float32Array) {
    this.#logits = logits;
  }

  choose(index: number): TokenChoice {
    const known = this.#choices[index];
    if (known !== undefined) return known;
    const choice = chooseToken(this.#logits, index * VOCABULARY_SIZE, VOCABULARY_SIZE);
    this.#choices[index] = choice;
    return choice;
  }
}

/** The first `to` of `from` positions of a cache, for each head. */
function shorten(cache: Tensor, from: number, to: number): Tensor {
  const all = floats(cache);
  const kept = new Float32Array(HEADS * to * HEAD_SIZE);
  for (let head = 0; head < HEADS; head += 1) {
    const start = head * from * HEAD_SIZE;
    kept.set(all.subarray(start, start + to * HEAD_SIZE), head * to * HEAD_SIZE);
  }
  return new Tensor('float32', kept, [1, HEADS, to, HEAD_SIZE]);
}

function floats(tensor: Tensor): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new AppError('model_damaged', `Expected a tensor of float32, got ${tensor.type}.`);
}

function take(output: InferenceSession.OnnxValueMapType, name: string): Tensor {
  const value = output[name];
  if (value instanceof Tensor) return value;
  throw new AppError('model_damaged', `Expected an output named ${name}, got none.`);
}

async function loadSession(
  file: string,
  load: (file: string) => Promise<InferenceSession>,
): Promise<InferenceSession> {
  try {
    return await load(file);
  } catch (error) {
    throw new AppError('model_damaged', `Expected a model in ${file}, but it cannot be loaded.`, {
      cause: error,
    });
  }
}
