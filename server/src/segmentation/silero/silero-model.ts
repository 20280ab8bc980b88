import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../../shared/errors.ts';
import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import { DETECTOR_WINDOW_SAMPLES } from '../speech-detector.ts';
import {
  type BatchMessage,
  type BatchReply,
  CONTEXT_SAMPLES,
  LAYER_SIZE,
  STATE_LAYERS,
  STATE_SIZE,
} from './silero-batch.ts';

const INPUT_SAMPLES = CONTEXT_SAMPLES + DETECTOR_WINDOW_SAMPLES;

const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  // Warnings about the model's own graph would fill the log.
  logSeverityLevel: 3,
};

/** Silero's voice activity model (version 5 and 6, 16 kHz) on onnxruntime, several streams at once. */
export class SileroModel {
  readonly #session: InferenceSession;
  readonly #rate = new Tensor('int64', BigInt64Array.of(BigInt(SAMPLE_RATE)), []);

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Throws `model_damaged` where the file is no such model. */
  static async load(file: string): Promise<SileroModel> {
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(file, SESSION_OPTIONS);
    } catch (error) {
      throw damaged(file, 'a model that can be loaded', error);
    }
    const names = [...session.inputNames, ...session.outputNames];
    for (const name of ['input', 'state', 'output', 'stateN']) {
      if (!names.includes(name)) throw damaged(file, `a tensor named ${name}`);
    }
    return new SileroModel(session);
  }

  /** One call of the model for each window of the longest stream. */
  async judge({ windows, data }: BatchMessage): Promise<BatchReply> {
    const offsets = windows.map(() => 0);
    let total = 0;
    let probabilityAt = 0;
    const probabilityOffsets = windows.map((count, stream) => {
      offsets[stream] = total;
      total += STATE_SIZE + CONTEXT_SAMPLES + count * DETECTOR_WINDOW_SAMPLES;
      const offset = probabilityAt;
      probabilityAt += count;
      return offset;
    });
    const probabilities = new Float32Array(probabilityAt);
    const states = new Float32Array(probabilityAt * STATE_SIZE);

    const steps = windows[0] ?? 0;
    let active = windows.length;
    let state = firstStates(data, offsets);
    for (let step = 0; step < steps; step += 1) {
      const before = active;
      while ((windows[active - 1] ?? 0) <= step) active -= 1;
      if (active < before) state = withoutLast(state, before, active);
      const input = new Float32Array(active * INPUT_SAMPLES);
      for (let stream = 0; stream < active; stream += 1) {
        // A window's context is what stands before it: the context at first, then the samples.
        const start = (offsets[stream] ?? 0) + STATE_SIZE + step * DETECTOR_WINDOW_SAMPLES;
        input.set(data.subarray(start, start + INPUT_SAMPLES), stream * INPUT_SAMPLES);
      }
      const output = await this.#run(input, state, active);
      state = output.state;
      for (let stream = 0; stream < active; stream += 1) {
        const window = (probabilityOffsets[stream] ?? 0) + step;
        probabilities[window] = output.probabilities[stream] ?? 0;
        for (let layer = 0; layer < STATE_LAYERS; layer += 1) {
          const from = (layer * active + stream) * LAYER_SIZE;
          const to = window * STATE_SIZE + layer * LAYER_SIZE;
          states.set(state.subarray(from, from + LAYER_SIZE), to);
        }
      }
    }
    return { probabilities, states };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }

  async #run(input: Float32Array, state: Float32Array, streams: number) {
    const output = await this.#session.run({
      input: new Tensor('float32', input, [streams, INPUT_SAMPLES]),
      state: new Tensor('float32', state, [STATE_LAYERS, streams, LAYER_SIZE]),
      ...(this.#session.inputNames.includes('sr') ? { sr: this.#rate } : {}),
    });
    return {
      probabilities: floats(output.output, streams),
      state: floats(output.stateN, streams * STATE_SIZE),
    };
  }
}

/** The state that each stream brings along, layer by layer, as the model wants them. */
function firstStates(data: Float32Array, offsets: readonly number[]): Float32Array {
  const joined = new Float32Array(offsets.length * STATE_SIZE);
  for (const [stream, offset] of offsets.entries()) {
    for (let layer = 0; layer < STATE_LAYERS; layer += 1) {
      const from = offset + layer * LAYER_SIZE;
      const to = (layer * offsets.length + stream) * LAYER_SIZE;
      joined.set(data.subarray(from, from + LAYER_SIZE), to);
    }
  }
  return joined;
}

/** The states of the first `kept` of `streams`. */
function withoutLast(joined: Float32Array, streams: number, kept: number): Float32Array {
  const rest = new Float32Array(kept * STATE_SIZE);
  for (let layer = 0; layer < STATE_LAYERS; layer += 1) {
    const from = layer * streams * LAYER_SIZE;
    rest.set(joined.subarray(from, from + kept * LAYER_SIZE), layer * kept * LAYER_SIZE);
  }
  return rest;
}

function floats(value: unknown, size: number): Float32Array {
  if (value instanceof Tensor && value.data instanceof Float32Array && value.data.length === size) {
    return value.data;
  }
  throw new AppError('model_damaged', `Expected ${size} float32 values from the model.`);
}

function damaged(file: string, expected: string, cause?: unknown): AppError {
  return new AppError('model_damaged', `${file}: expected ${expected}. Run "npm ci".`, { cause });
}
