import { DETECTOR_WINDOW_SAMPLES, type DetectorMemory } from '../speech-detector.ts';

/** Samples before a window that the model wants in front of it; without them it errs silently. */
export const CONTEXT_SAMPLES = 64;
/** The recurrent state of one stream: two layers of 128. */
export const STATE_LAYERS = 2;
export const LAYER_SIZE = 128;
export const STATE_SIZE = STATE_LAYERS * LAYER_SIZE;

/** A stream's memory: its state, then its context; zeros at its beginning. */
export const MEMORY_SIZE = STATE_SIZE + CONTEXT_SAMPLES;

/** Consecutive windows of one stream and what came before them. */
export interface StreamTurn {
  /** {@link MEMORY_SIZE} numbers. */
  readonly memory: DetectorMemory;
  /** A whole number of windows, at least one. */
  readonly samples: Float32Array;
}

/**
 * Turns of several streams as one message. For each stream: its state, its context, its windows.
 * A worker keeps nothing between messages, so that any can serve any stream and one that dies
 * takes nothing with it.
 */
export interface BatchMessage {
  /** Windows of each stream, most first. */
  readonly windows: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export interface BatchReply {
  /** Of all windows of the first stream, then of the second, and so on. */
  readonly probabilities: Float32Array<ArrayBuffer>;
  /** The state of a stream after each of its windows, in the order of the probabilities. */
  readonly states: Float32Array<ArrayBuffer>;
}

export function countWindows({ samples }: StreamTurn): number {
  return samples.length / DETECTOR_WINDOW_SAMPLES;
}

/** `turns` must be sorted by length, longest first: so that each step of the model is a prefix. */
export function packBatch(turns: readonly StreamTurn[]): BatchMessage {
  const total = turns.reduce((sum, { samples }) => sum + MEMORY_SIZE + samples.length, 0);
  const data = new Float32Array(total);
  let at = 0;
  for (const { memory, samples } of turns) {
    data.set(memory, at);
    data.set(samples, at + MEMORY_SIZE);
    at += MEMORY_SIZE + samples.length;
  }
  return { windows: turns.map(countWindows), data };
}
