/** Samples that one judgement covers: 32 ms at 16 kHz. */
export const DETECTOR_WINDOW_SAMPLES = 512;

/** Port: tells speech from everything else, window by window. */
export interface SpeechDetector {
  readonly name: string;
  /** One stream per session; streams share the engine but no state. */
  open(): SpeechDetectorStream;
  close(): Promise<void>;
}

/** What a detector remembers of a stream: numbers that mean something to that detector only. */
export type DetectorMemory = Float32Array;

export interface Judgement {
  /** How likely each window holds speech. */
  readonly probabilities: Float32Array;
  /** What is remembered after each window. */
  readonly memories: readonly DetectorMemory[];
}

export interface SpeechDetectorStream {
  /**
   * Judges consecutive windows of 512 samples (16 kHz mono, −1…1). `samples` must hold a whole
   * number of windows. Calls are answered in order.
   */
  judge(samples: Float32Array): Promise<Judgement>;
  /**
   * The next window comes right after the one that `memory` was taken behind, whatever was heard
   * meanwhile (INV9); after null, and after another detector's memory, it is the first.
   */
  recall(memory: DetectorMemory | null): void;
  close(): void;
}

/** As text, to be kept with an acknowledgement. */
export function encodeMemory(memory: DetectorMemory | null): string {
  if (memory === null) return '';
  return Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength).toString('base64');
}

/** The way back; null for none. */
export function decodeMemory(text: string): DetectorMemory | null {
  if (text === '') return null;
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (bytes.byteLength % Float32Array.BYTES_PER_ELEMENT !== 0) return null;
  return new Float32Array(bytes.buffer);
}
