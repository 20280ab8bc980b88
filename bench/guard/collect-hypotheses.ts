import type { Hypothesis, Recognizer } from '../../server/src/recognition/recognizer.ts';
import type { SpeechDetector } from '../../server/src/segmentation/speech-detector.ts';
import { readAudio } from '../../server/src/testing/read-audio.ts';
import { SAMPLE_RATE } from '../../shared/limits.ts';
import type { BenchClip } from '../corpus.ts';
import { type Cut, cutBlindly, cutLive, growingWindows } from './cut-speech.ts';

/** A hypothesis and where it comes from. */
export interface CollectedHypothesis extends Hypothesis {
  readonly clip: BenchClip;
  readonly cut: Cut;
  readonly durationMs: number;
}

export interface CollectOptions {
  readonly cuts: readonly Cut[];
  readonly signal: AbortSignal;
}

/** Longer than that, a recording is only recognised in pieces. */
const MAX_WHOLE_SECONDS = 29;

/** Everything that the recogniser makes of one recording, cut in each of the ways, in order. */
export async function collectHypotheses(
  clip: BenchClip,
  recognizer: Recognizer,
  detector: SpeechDetector,
  { cuts, signal }: CollectOptions,
): Promise<CollectedHypothesis[]> {
  const samples = await readAudio(clip.path);
  const collected: CollectedHypothesis[] = [];
  const read = async (cut: Cut, utterance: Float32Array, draft: readonly number[] = []) => {
    const hypothesis = await recognizer.recognize({
      samples: utterance,
      language: 'en',
      draft,
      signal,
    });
    const durationMs = (utterance.length * 1000) / SAMPLE_RATE;
    collected.push({ ...hypothesis, clip, cut, durationMs });
    return hypothesis.tokens;
  };

  const short = samples.length <= MAX_WHOLE_SECONDS * SAMPLE_RATE;
  if (cuts.includes('whole') && short) await read('whole', samples);
  if (cuts.includes('pieces')) {
    for (const piece of cutBlindly(samples)) await read('pieces', piece);
  }
  if (!cuts.includes('live') && !cuts.includes('growing')) return collected;
  for (const segment of await cutLive(samples, detector)) {
    let draft: readonly number[] = [];
    if (cuts.includes('growing')) {
      for (const window of growingWindows(segment)) draft = await read('growing', window, draft);
    }
    if (cuts.includes('live')) await read('live', segment, draft);
  }
  return collected;
}
