/** Samples that one judgement covers: 32 ms at 16 kHz. */
export const DETECTOR_WINDOW_SAMPLES = 512;

/** Port: tells speech from everything else, window by window. */
export interface SpeechDetector {
  readonly name: string;
  /** One stream per session; streams share the engine but no state. */
  open(): SpeechDetectorStream;
  close(): Promise<void>;
}

export interface SpeechDetectorStream {
  /**
   * Probability of speech in each consecutive window of 512 samples (16 kHz mono, −1…1).
   * `samples` must hold a whole number of windows. Calls are answered in order.
   */
  judge(samples: Float32Array): Promise<Float32Array>;
  /** Forgets everything heard, so that what follows depends on later samples alone (INV9). */
  reset(): void;
  close(): void;
}
