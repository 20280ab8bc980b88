import { DEFAULT_ENDPOINTING } from '../../server/src/segmentation/endpointer.ts';
import { segmentSpeech, type TimelineChunk } from '../../server/src/segmentation/segment-speech.ts';
import type { SpeechDetector } from '../../server/src/segmentation/speech-detector.ts';
import { SpeechListener } from '../../server/src/segmentation/speech-listener.ts';
import { SAMPLE_RATE, SAMPLES_PER_FRAME } from '../../shared/limits.ts';

/** How a recording is cut before it is recognised. */
export const CUTS = ['whole', 'live', 'pieces', 'growing'] as const;
export type Cut = (typeof CUTS)[number];

/** Frames handed over at once. */
const CHUNK_FRAMES = 50;
/** Lengths of pieces that are cut without listening, one after the other. */
const PIECE_SECONDS = [4, 2, 6, 3, 8, 5];
/** What is left at the end and shorter is no piece. */
const MIN_PIECE_SECONDS = 2;

/** The segments that live speech would be cut into. */
export async function cutLive(
  samples: Float32Array,
  detector: SpeechDetector,
): Promise<Float32Array[]> {
  const listener = new SpeechListener(detector, null);
  try {
    const segments: Float32Array[] = [];
    for await (const event of segmentSpeech(frames(samples), listener, DEFAULT_ENDPOINTING, 0)) {
      if (event.kind === 'closed') segments.push(event.samples);
    }
    return segments;
  } finally {
    listener.close();
  }
}

/** Pieces of two to eight seconds, cut wherever that may be. */
export function cutBlindly(samples: Float32Array): Float32Array[] {
  const pieces: Float32Array[] = [];
  for (let at = 0, turn = 0; at < samples.length; turn += 1) {
    const seconds = PIECE_SECONDS[turn % PIECE_SECONDS.length] ?? MIN_PIECE_SECONDS;
    const piece = samples.slice(at, at + seconds * SAMPLE_RATE);
    if (piece.length >= MIN_PIECE_SECONDS * SAMPLE_RATE) pieces.push(piece);
    at += seconds * SAMPLE_RATE;
  }
  return pieces;
}

/** The beginnings of a segment, a second longer each, as partials read them. */
export function growingWindows(segment: Float32Array): Float32Array[] {
  const windows: Float32Array[] = [];
  for (let end = SAMPLE_RATE; end < segment.length; end += SAMPLE_RATE) {
    windows.push(segment.slice(0, end));
  }
  return windows;
}

async function* frames(samples: Float32Array): AsyncGenerator<TimelineChunk> {
  const whole = samples.length - (samples.length % SAMPLES_PER_FRAME);
  const step = CHUNK_FRAMES * SAMPLES_PER_FRAME;
  for (let at = 0; at < whole; at += step) {
    const chunk = samples.subarray(at, Math.min(at + step, whole));
    yield { kind: 'audio', startSeq: at / SAMPLES_PER_FRAME, samples: chunk };
  }
}
