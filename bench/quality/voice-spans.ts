import {
  DETECTOR_WINDOW_SAMPLES,
  type SpeechDetector,
} from '../../server/src/segmentation/speech-detector.ts';
import { SAMPLE_RATE } from '../../shared/limits.ts';

/** A stretch of speech in a recording. */
export interface VoiceSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** A part of a recording, in samples. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

const WINDOW_MS = (DETECTOR_WINDOW_SAMPLES * 1000) / SAMPLE_RATE;
/** As Silero's own get_speech_timestamps has them. */
const START_PROBABILITY = 0.5;
const END_PROBABILITY = 0.35;
const MIN_SPEECH_MS = 250;
const MIN_PAUSE_MS = 100;

/** Where a whole recording holds speech, heard in one pass and independent of how it is cut live. */
export async function findVoice(
  samples: Float32Array,
  detector: SpeechDetector,
): Promise<VoiceSpan[]> {
  const stream = detector.open();
  try {
    const windows = Math.floor(samples.length / DETECTOR_WINDOW_SAMPLES);
    const whole = samples.subarray(0, windows * DETECTOR_WINDOW_SAMPLES);
    return voiceSpans((await stream.judge(whole)).probabilities);
  } finally {
    stream.close();
  }
}

/** Windows of 32 ms to spans: short pauses are bridged, short sounds dropped. */
export function voiceSpans(probabilities: Float32Array): VoiceSpan[] {
  const spans: { startMs: number; endMs: number }[] = [];
  let speaking = false;
  for (const [index, probability] of probabilities.entries()) {
    const last = spans.at(-1);
    if (probability >= (speaking ? END_PROBABILITY : START_PROBABILITY)) {
      const startMs = index * WINDOW_MS;
      if (last !== undefined && (speaking || startMs - last.endMs < MIN_PAUSE_MS)) {
        last.endMs = startMs + WINDOW_MS;
      } else {
        spans.push({ startMs, endMs: startMs + WINDOW_MS });
      }
      speaking = true;
    } else {
      speaking = false;
    }
  }
  return spans.filter(({ startMs, endMs }) => endMs - startMs >= MIN_SPEECH_MS);
}

/** When speech is first heard at or after a moment, or null. */
export function onsetAfter(spans: readonly VoiceSpan[], ms: number): number | null {
  const span = spans.find(({ endMs }) => endMs > ms);
  return span === undefined ? null : Math.max(span.startMs, ms);
}

/** When the last speech in [startMs, endMs) ends, or null where there is none. */
export function speechEndWithin(
  spans: readonly VoiceSpan[],
  startMs: number,
  endMs: number,
): number | null {
  const span = spans.findLast((each) => each.startMs < endMs && each.endMs > startMs);
  return span === undefined ? null : Math.min(span.endMs, endMs);
}

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;

/**
 * Cuts a long recording in the middle of pauses into pieces shorter than `maxMs`: each time in the
 * longest pause that the second half of the limit allows, or at the limit where there is none.
 */
export function cutAtPauses(
  spans: readonly VoiceSpan[],
  totalSamples: number,
  maxMs: number,
): Piece[] {
  const totalMs = totalSamples / SAMPLES_PER_MS;
  const pauses = spans.slice(1).map(({ startMs }, index) => {
    const endMs = spans[index]?.endMs ?? startMs;
    return { atMs: (startMs + endMs) / 2, lengthMs: startMs - endMs };
  });
  const pieces: Piece[] = [];
  let startMs = 0;
  while (totalMs - startMs > maxMs) {
    const earliestMs = startMs + maxMs / 2;
    const latestMs = startMs + maxMs;
    let cut = { atMs: latestMs, lengthMs: 0 };
    for (const pause of pauses) {
      const reachable = pause.atMs > earliestMs && pause.atMs < latestMs;
      if (reachable && pause.lengthMs > cut.lengthMs) cut = pause;
    }
    pieces.push(piece(startMs, cut.atMs));
    startMs = cut.atMs;
  }
  pieces.push({ start: Math.round(startMs * SAMPLES_PER_MS), end: totalSamples });
  return pieces;
}

function piece(startMs: number, endMs: number): Piece {
  return {
    start: Math.round(startMs * SAMPLES_PER_MS),
    end: Math.round(endMs * SAMPLES_PER_MS),
  };
}
