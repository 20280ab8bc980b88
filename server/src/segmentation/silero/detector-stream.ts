import { DETECTOR_WINDOW_SAMPLES, type SpeechDetectorStream } from '../speech-detector.ts';
import {
  CONTEXT_SAMPLES,
  emptyMemory,
  type StreamMemory,
  type StreamTurn,
} from './silero-batch.ts';

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
  /** Windows judged so far. */
  judged: number;
  /** Whether it begins without memory of what came before. */
  readonly fresh: boolean;
  readonly resolve: (probabilities: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** One session's line of windows, judged in order, a turn at a time. */
export class DetectorStream implements SpeechDetectorStream {
  readonly #host: StreamHost;
  readonly #calls: Call[] = [];
  #memory: StreamMemory = emptyMemory();
  #freshNext = true;
  #state: 'idle' | 'in turn' | 'closed' = 'idle';

  constructor(host: StreamHost) {
    this.#host = host;
  }

  async judge(samples: Float32Array): Promise<Float32Array> {
    if (samples.length % DETECTOR_WINDOW_SAMPLES !== 0) {
      throw new RangeError(
        `Expected whole windows of ${DETECTOR_WINDOW_SAMPLES} samples, got ${samples.length}.`,
      );
    }
    if (this.#state === 'closed') throw this.#host.closedError();
    const windows = samples.length / DETECTOR_WINDOW_SAMPLES;
    const probabilities = new Float32Array(windows);
    if (windows === 0) return probabilities;
    this.#host.admit(windows);
    const fresh = this.#freshNext;
    this.#freshNext = false;
    return await new Promise((resolve, reject) => {
      const copy = samples.slice();
      this.#calls.push({ samples: copy, probabilities, judged: 0, fresh, resolve, reject });
      this.#host.wake();
    });
  }

  reset(): void {
    this.#freshNext = true;
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
    if (call.fresh && call.judged === 0) this.#memory = emptyMemory();
    const start = call.judged * DETECTOR_WINDOW_SAMPLES;
    const samples = call.samples.subarray(
      start,
      start + MAX_WINDOWS_PER_TURN * DETECTOR_WINDOW_SAMPLES,
    );
    return { memory: this.#memory, samples };
  }

  /** `turn` is the one that was taken; views into a batch's reply are copied. */
  finishTurn(turn: StreamTurn, probabilities: Float32Array, state: Float32Array): void {
    const call = this.#calls[0];
    if (this.#state !== 'in turn' || call === undefined) return;
    this.#state = 'idle';
    this.#memory = { state: state.slice(), context: turn.samples.slice(-CONTEXT_SAMPLES) };
    call.probabilities.set(probabilities, call.judged);
    call.judged += probabilities.length;
    if (call.judged < call.probabilities.length) return;
    this.#calls.shift();
    this.#host.dismiss(call.probabilities.length);
    call.resolve(call.probabilities);
  }

  /** The windows of this turn were not judged: what follows starts without memory. */
  failTurn(error: unknown): void {
    if (this.#state !== 'in turn') return;
    this.#state = 'idle';
    this.#memory = emptyMemory();
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
