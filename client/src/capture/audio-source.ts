import type { Chunk } from './audio-frame.ts';
import type { CaptureError } from './capture-error.ts';

export type SourceKind = 'microphone' | 'tab' | 'file';

export interface SourceListener {
  /** Whole frames, 48 kHz mono; the listener owns them. */
  onSound(chunk: Chunk): void;
  /** The source is gone: unplugged, taken away, or no longer shared. */
  onLost(error: CaptureError): void;
  /** A recording has been played to its end. */
  onEnd?(): void;
}

/** Where sound comes from. Opened by its own function, which asks for permission. */
export interface AudioSource {
  readonly kind: SourceKind;
  /** What it is called, for example the name of the microphone. */
  readonly label: string;
  /** Begins to deliver frames; may be called once. */
  start(listener: SourceListener): void;
  /** A recording stands still while held; live sound goes on and is dropped by the gate. */
  hold(held: boolean): void;
  /** Resolves when all that was heard so far has been handed over, to the last frame. */
  drain(): Promise<void>;
  /** Idempotent; releases the device. */
  close(): void;
}
