import { DetectorEar } from './detector-ear.ts';
import type { DetectorMemory, SpeechDetector } from './speech-detector.ts';

/** Mean square below which a window is digital silence: −90 dB of full scale. */
export const SILENCE_ENERGY = 1e-9;

/**
 * Listens with two ears, streams of one detector, of which the more certain counts. One remembers
 * all that was said: without a past a detector is deaf for a second or two to hesitant sounds in
 * noise. The other knows only what came since the reset point: a detector that has heard a loud
 * voice is deaf to a quiet one. Windows of digital silence are not judged at all.
 *
 * How a window is judged depends on the samples since the reset point and on what was remembered
 * there, which is kept with every acknowledgement (INV9).
 */
export class SpeechListener {
  readonly #remembering: DetectorEar;
  readonly #fresh: DetectorEar;
  /** Without a past both would hear the same. */
  #hasPast: boolean;

  /** `memory` is that of the reset point at which the session goes on; null at its beginning. */
  constructor(detector: SpeechDetector, memory: DetectorMemory | null) {
    this.#remembering = new DetectorEar(detector.open());
    this.#fresh = new DetectorEar(detector.open());
    this.#remembering.restart(memory);
    this.#hasPast = memory !== null;
  }

  /** Judges the next windows: their samples, and the mean square of each. */
  async hear(samples: Float32Array, energies: readonly number[]): Promise<void> {
    const audible = energies.map((energy) => energy >= SILENCE_ENERGY);
    await Promise.all([
      this.#remembering.hear(samples, audible),
      this.#hasPast ? this.#fresh.hear(samples, audible) : null,
    ]);
  }

  /** How likely a window that was heard holds speech; windows count from the reset point. */
  probabilityOf(window: number): number {
    return Math.max(this.#remembering.probabilityOf(window), this.#fresh.probabilityOf(window));
  }

  /** Makes the beginning of `window` the reset point; returns what is remembered there. */
  restart(window: number): DetectorMemory | null {
    const memory = this.#remembering.memoryBefore(window);
    this.#remembering.restart(memory);
    this.#fresh.restart(null);
    this.#hasPast = memory !== null;
    return memory;
  }

  close(): void {
    this.#remembering.close();
    this.#fresh.close();
  }
}
