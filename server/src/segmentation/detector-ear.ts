import {
  DETECTOR_WINDOW_SAMPLES,
  type DetectorMemory,
  type SpeechDetectorStream,
} from './speech-detector.ts';

/** How far behind the newest window memories are kept; a segment is cut at most so far back. */
export const KEPT_MEMORIES = 128;

/** One stream of a detector, and what it made of the windows since the reset point. */
export class DetectorEar {
  readonly #stream: SpeechDetectorStream;
  readonly #probabilities: number[] = [];
  readonly #memories: (DetectorMemory | null)[] = [];
  #first: DetectorMemory | null = null;

  constructor(stream: SpeechDetectorStream) {
    this.#stream = stream;
  }

  /** Judges the next windows; those that are not `audible` are no speech, and nothing to remember. */
  async hear(samples: Float32Array, audible: readonly boolean[]): Promise<void> {
    const heard = audible.every(Boolean) ? samples : audibleOf(samples, audible);
    const { probabilities, memories } = await this.#stream.judge(heard);
    let judged = 0;
    let memory = this.memoryBefore(this.#probabilities.length);
    for (const speaks of audible) {
      const window = this.#probabilities.length;
      this.#probabilities.push(speaks ? (probabilities[judged] ?? 0) : 0);
      if (speaks) {
        memory = memories[judged] ?? null;
        judged += 1;
      }
      this.#memories[window % KEPT_MEMORIES] = memory;
    }
  }

  /** 0 for a window that it was not asked about. */
  probabilityOf(window: number): number {
    return this.#probabilities[window] ?? 0;
  }

  /** What is remembered when `window` begins; at most {@link KEPT_MEMORIES} behind the newest. */
  memoryBefore(window: number): DetectorMemory | null {
    if (window === 0) return this.#first;
    if (window <= this.#probabilities.length - KEPT_MEMORIES) {
      throw new RangeError(`Expected one of the last ${KEPT_MEMORIES} windows, got ${window}.`);
    }
    return this.#memories[(window - 1) % KEPT_MEMORIES] ?? null;
  }

  /** What comes next is window 0, and comes right after `memory` was taken. */
  restart(memory: DetectorMemory | null): void {
    this.#first = memory;
    this.#probabilities.length = 0;
    this.#memories.length = 0;
    this.#stream.recall(memory);
  }

  close(): void {
    this.#stream.close();
  }
}

function audibleOf(samples: Float32Array, audible: readonly boolean[]): Float32Array {
  const kept = new Float32Array(audible.filter(Boolean).length * DETECTOR_WINDOW_SAMPLES);
  let to = 0;
  for (const [window, speaks] of audible.entries()) {
    if (!speaks) continue;
    const from = window * DETECTOR_WINDOW_SAMPLES;
    kept.set(samples.subarray(from, from + DETECTOR_WINDOW_SAMPLES), to);
    to += DETECTOR_WINDOW_SAMPLES;
  }
  return kept;
}
