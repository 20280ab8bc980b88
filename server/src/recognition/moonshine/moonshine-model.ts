import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import { createDecoderSessions, type DecoderSessions } from './decoder/decoder-sessions.ts';
import { MoonshineDecoder } from './decoder/moonshine-decoder.ts';
import { fastestExactType } from './decoder/project.ts';
import { take } from './model-outputs.ts';
import { signWeights } from './sign-weights.ts';
import type { TokenModel } from './token-model.ts';
import type { CrossAttention } from './word-times/cross-attention.ts';

/** One thread: the host's parallelism is one worker per utterance. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  // Warnings about the model's own graph would fill the log.
  logSeverityLevel: 3,
};

/** Moonshine's encoder and decoder on onnxruntime, one utterance at a time. */
export class MoonshineModel {
  readonly #encoder: InferenceSession;
  readonly #decoder: DecoderSessions;

  private constructor(encoder: InferenceSession, decoder: DecoderSessions) {
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  /** Throws `model_damaged` where onnxruntime cannot make a model of a file. */
  static async load(encoderFile: string, decoderFile: string): Promise<MoonshineModel> {
    const type = await fastestExactType(SESSION_OPTIONS);
    return new MoonshineModel(
      await loadPart(encoderFile, (file) =>
        InferenceSession.create(type === 'int8' ? signWeights(file) : file, SESSION_OPTIONS),
      ),
      await loadPart(decoderFile, (file) => createDecoderSessions(file, type, SESSION_OPTIONS)),
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
    return MoonshineDecoder.open(this.#decoder, take(output, 'last_hidden_state'), attention);
  }

  async release(): Promise<void> {
    await this.#encoder.release();
    await this.#decoder.cross.release();
    await this.#decoder.step.release();
  }
}

async function loadPart<Part>(
  file: string,
  load: (bytes: Uint8Array) => Promise<Part>,
): Promise<Part> {
  try {
    return await load(await readFile(file));
  } catch (error) {
    throw new AppError('model_damaged', `Expected a model in ${file}, but it cannot be loaded.`, {
      cause: error,
    });
  }
}
