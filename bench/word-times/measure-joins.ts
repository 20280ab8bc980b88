import { readUtterance } from '../../server/src/recognition/moonshine/read-utterance.ts';
import { CrossAttention } from '../../server/src/recognition/moonshine/word-times/cross-attention.ts';
import { timeWords } from '../../server/src/recognition/moonshine/word-times/time-words.ts';
import { normalizeWords } from '../../server/src/testing/word-error-rate.ts';
import { SAMPLE_RATE } from '../../shared/limits.ts';
import { matchWords } from './match-words.ts';
import type { Engine, ReadClip } from './read-clips.ts';

const PAUSE_MS = 700;
const MAX_JOINED_MS = 20_000;
/** Times that reach less than this into the pause are as exact as frames are. */
const TOLERANCE_MS = 50;

/**
 * Two clips with a pause between them: each word lies on a side that is known without any judge.
 * Returns how many words were looked at and how many lie, in part, beyond the middle of the pause,
 * or reach into it.
 */
export async function measureJoins(
  { model, tokenizer }: Engine,
  clips: readonly ReadClip[],
  signal: AbortSignal,
) {
  let [joins, words, wrongSide, inPause] = [0, 0, 0, 0];
  for (let index = 0; index + 1 < clips.length; index += 2) {
    signal.throwIfAborted();
    const [first, second] = [clips[index], clips[index + 1]];
    if (first === undefined || second === undefined) continue;
    const firstMs = msOf(first.samples);
    if (firstMs + PAUSE_MS + msOf(second.samples) > MAX_JOINED_MS) continue;
    const samples = join(first.samples, second.samples);
    const attention = new CrossAttention();
    const { tokens } = await readUtterance(model, samples, [], attention);
    const times = timeWords(tokenizer, samples, tokens, attention);
    const said = [...first.reference, ...second.reference];
    joins += 1;
    const pairs = matchWords(
      times.map(({ text }) => normalizeWords(text).join(' ')),
      said.map(({ text }) => text),
    );
    for (const [heard, place] of pairs) {
      const time = times[heard];
      if (time === undefined) continue;
      words += 1;
      const early = place < first.reference.length;
      const middleMs = firstMs + PAUSE_MS / 2;
      if (early ? time.endMs > middleMs : time.startMs < middleMs) wrongSide += 1;
      const overMs = early ? time.endMs - firstMs : firstMs + PAUSE_MS - time.startMs;
      if (overMs > TOLERANCE_MS) inPause += 1;
    }
  }
  return { joins, words, wrongSide, inPause };
}

function join(first: Float32Array, second: Float32Array): Float32Array {
  const pause = (PAUSE_MS * SAMPLE_RATE) / 1000;
  const joined = new Float32Array(first.length + pause + second.length);
  joined.set(first);
  joined.set(second, first.length + pause);
  return joined;
}

function msOf(samples: Float32Array): number {
  return (samples.length * 1000) / SAMPLE_RATE;
}
