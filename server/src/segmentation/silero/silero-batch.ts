import { DETECTOR_WINDOW_SAMPLES } from '../speech-detector.ts';

/** Samples before a window that the model wants in front of it; without them it errs silently. */
export const CONTEXT_SAMPLES = 64;
/** The recurrent state of one stream: two layers of 128. */
export const STATE_LAYERS = 2;
export const LAYER_SIZE = 128;
export const STATE_SIZE = STATE_LAYERS * LAYER_SIZE;

/** What the model remembers of a stream; zeros at its beginning. */
export interface StreamMemory {
  readonly state: Float32Array;
  readonly context: Float32Array;
}

export function emptyMemory(): StreamMemory {
  return { state: new Float32Array(STATE_SIZE), context: new Float32Array(CONTEXT_SAMPLES) };
}

/** Consecutive windows of one stream and what came before them. */
export interface StreamTurn {
  readonly memory: StreamMemory;
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
  /** The new state of each stream. */
  readonly states: Float32Array<ArrayBuffer>;
}

export function countWindows({ samples }: StreamTurn): number {
  return samples.length / DETECTOR_WINDOW_SAMPLES;
}

/** `turns` must be sorted by length, longest first: so that each step of the model is a prefix. */
export function packBatch(turns: readonly StreamTurn[]): BatchMessage {
  const overhead = STATE_SIZE + CONTEXT_SAMPLES;
  const total = turns.reduce((sum, { samples }) => sum + overhead + samples.length, 0);
  const data = new Float32Array(total);
  let at = 0;
  for (const { memory, samples } of turns) {
    data.set(memory.state, at);
    data.set(memory.context, at + STATE_SIZE);
    data.set(samples, at + overhead);
    at += overhead + samples.length;
  }
  return { windows: turns.map(countWindows), data };
}
