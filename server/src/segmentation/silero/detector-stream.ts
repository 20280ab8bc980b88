import {
  DETECTOR_WINDOW_SAMPLES,
  type DetectorMemory,
  type Judgement,
  type SpeechDetectorStream,
} from '../speech-detector.ts';
import { CONTEXT_SAMPLES, MEMORY_SIZE, STATE_SIZE, type StreamTurn } from './silero-batch.ts';

/** Most windows of one stream in one batch, about a second: who catches up lets others pass. */
export const MAX_WINDOWS_PER_TURN = 32;

/** What a stream needs of the detector that opened it. */
export interface StreamHost {
  /** Throws when no more windows may wait. */
  admit(windows: number): void;
  /** Windows left the line: judged, refused, or no longer wanted. */
  dismiss(windows: number): void;
  /** The stream has windows to judge. */
  wake(): void;
  forget(stream: DetectorStream): void;
  closedError(): Error;
}

interface Call {
  readonly samples: Float32Array;
  readonly probabilities: Float32Array;
  /** One for each window judged so far. */
  readonly memories: DetectorMemory[];
  /** What it begins with, where that is not what came before. */
  readonly recalled: DetectorMemory | null;
  readonly resolve: (judgement: Judgement) => void;
  readonly reject: (error: unknown) => void;
}

/** One session's line of windows, judged in order, a turn at a time. */
export class DetectorStream implements SpeechDetectorStream {
  readonly #host: StreamHost;
  readonly #calls: Call[] = [];
  #memory: DetectorMemory = new Float32Array(MEMORY_SIZE);
  #recalled: DetectorMemory | null = null;
  #state: 'idle' | 'in turn' | 'closed' = 'idle';

  constructor(host: StreamHost) {
    this.#host = host;
  }

  async judge(samples: Float32Array): Promise<Judgement> {
    if (samples.length % DETECTOR_WINDOW_SAMPLES !== 0) {
      throw new RangeError(
        `Expected whole windows of ${DETECTOR_WINDOW_SAMPLES} samples, got ${samples.length}.`,
      );
    }
    if (this.#state === 'closed') throw this.#host.closedError();
    const windows = samples.length / DETECTOR_WINDOW_SAMPLES;
    const probabilities = new Float32Array(windows);
    if (windows === 0) return { probabilities, memories: [] };
    this.#host.admit(windows);
    const recalled = this.#recalled;
    this.#recalled = null;
    return await new Promise((resolve, reject) => {
      const copy = samples.slice();
      this.#calls.push({ samples: copy, probabilities, memories: [], recalled, resolve, reject });
      this.#host.wake();
    });
  }

  recall(memory: DetectorMemory | null): void {
    this.#recalled = memory?.length === MEMORY_SIZE ? memory : new Float32Array(MEMORY_SIZE);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#refuse(this.#host.closedError());
    this.#host.forget(this);
  }

  /** Whether it has windows and none of them is being judged. */
  get ready(): boolean {
    return this.#state === 'idle' && this.#calls.length > 0;
  }

  /** Nobody asks anything of it just now. */
  get quiet(): boolean {
    return this.#calls.length === 0;
  }

  /** The next windows to judge; answered with {@link finishTurn} or {@link failTurn}. */
  takeTurn(): StreamTurn {
    const call = this.#calls[0];
    if (call === undefined) throw new Error('Expected a stream that is ready.');
    this.#state = 'in turn';
    const judged = call.memories.length;
    if (call.recalled !== null && judged === 0) this.#memory = call.recalled;
    const start = judged * DETECTOR_WINDOW_SAMPLES;
    const samples = call.samples.subarray(
      start,
      start + MAX_WINDOWS_PER_TURN * DETECTOR_WINDOW_SAMPLES,
    );
    return { memory: this.#memory, samples };
  }

  /** `turn` is the one that was taken; views into a batch's reply are copied. */
  finishTurn(turn: StreamTurn, probabilities: Float32Array, states: Float32Array): void {
    const call = this.#calls[0];
    if (this.#state !== 'in turn' || call === undefined) return;
    this.#state = 'idle';
    call.probabilities.set(probabilities, call.memories.length);
    for (let window = 0; window < probabilities.length; window += 1) {
      this.#memory = memoryAfter(window, turn, states);
      call.memories.push(this.#memory);
    }
    if (call.memories.length < call.probabilities.length) return;
    this.#calls.shift();
    this.#host.dismiss(call.probabilities.length);
    call.resolve(call);
  }

  /** The windows of this turn were not judged: what follows starts without memory. */
  failTurn(error: unknown): void {
    if (this.#state !== 'in turn') return;
    this.#state = 'idle';
    this.#memory = new Float32Array(MEMORY_SIZE);
    const call = this.#calls.shift();
    if (call === undefined) return;
    this.#host.dismiss(call.probabilities.length);
    call.reject(error);
  }

  #refuse(error: Error): void {
    for (const call of this.#calls.splice(0)) {
      this.#host.dismiss(call.probabilities.length);
      call.reject(error);
    }
  }
}

/** A copy: views would keep the whole batch. */
function memoryAfter(
  window: number,
  { samples }: StreamTurn,
  states: Float32Array,
): DetectorMemory {
  const memory = new Float32Array(MEMORY_SIZE);
  const end = (window + 1) * DETECTOR_WINDOW_SAMPLES;
  memory.set(states.subarray(window * STATE_SIZE, (window + 1) * STATE_SIZE));
  memory.set(samples.subarray(end - CONTEXT_SAMPLES, end), STATE_SIZE);
  return memory;
}
