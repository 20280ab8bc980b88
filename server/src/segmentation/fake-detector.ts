import {
  DETECTOR_WINDOW_SAMPLES,
  type DetectorMemory,
  type SpeechDetector,
  type SpeechDetectorStream,
} from './speech-detector.ts';

export interface FakeDetectorOptions {
  /** Root mean square at which a window is as likely speech as not; 0.02 by default. */
  readonly evenRms?: number;
}

/**
 * A detector for tests: the louder a window, the likelier it is speech. Each window is judged by
 * itself, and what fails is what the test says.
 */
export class FakeDetector implements SpeechDetector {
  readonly name = 'fake';
  readonly #evenRms: number;
  readonly #failures: Error[] = [];
  #openStreams = 0;
  #recalls = 0;
  #closed = false;

  constructor({ evenRms = 0.02 }: FakeDetectorOptions = {}) {
    this.#evenRms = evenRms;
  }

  get openStreams(): number {
    return this.#openStreams;
  }

  /** How often streams were taken back to something, all together. */
  get recalls(): number {
    return this.#recalls;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The next judgement that is asked for rejects with it. */
  failNext(error: Error): void {
    this.#failures.push(error);
  }

  open(): SpeechDetectorStream {
    this.#openStreams += 1;
    let open = true;
    return {
      judge: async (samples) => {
        const failure = this.#failures.shift();
        if (failure !== undefined) throw failure;
        if (!open || this.#closed) throw new Error('Expected an open stream, got a closed one.');
        if (samples.length % DETECTOR_WINDOW_SAMPLES !== 0) {
          throw new RangeError(
            `Expected whole windows of ${DETECTOR_WINDOW_SAMPLES} samples, got ${samples.length}.`,
          );
        }
        const length = samples.length / DETECTOR_WINDOW_SAMPLES;
        return {
          probabilities: Float32Array.from({ length }, (_, window) =>
            this.#judge(samples, window * DETECTOR_WINDOW_SAMPLES),
          ),
          memories: Array<DetectorMemory>(length).fill(new Float32Array(0)),
        };
      },
      recall: () => {
        this.#recalls += 1;
      },
      close: () => {
        if (open) this.#openStreams -= 1;
        open = false;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #judge(samples: Float32Array, start: number): number {
    const window = samples.subarray(start, start + DETECTOR_WINDOW_SAMPLES);
    const energy = window.reduce((sum, sample) => sum + sample * sample, 0) / window.length;
    return energy / (energy + this.#evenRms ** 2);
  }
}
