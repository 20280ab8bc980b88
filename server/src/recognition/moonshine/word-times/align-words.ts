/** Frames [from, to) in which a word is heard; empty where it has no sound of its own. */
export interface WordSpan {
  readonly from: number;
  readonly to: number;
}

/** What a pause must be worth, in log odds: it keeps the closure of a plosive in its word. */
const PAUSE_COST = 4;

const STAY = 0;
const NEXT = 1;
const OVER_PAUSE = 2;

/**
 * The likeliest way through the audio (Viterbi 1967): every token of every word in turn, each for
 * at least a frame, with a pause before, between and after the words where that is likelier.
 *
 * @param words for each word, the scores of its tokens: log odds for each frame
 * @param silence log odds of a pause for each frame
 */
export function alignWords(
  words: readonly (readonly Float32Array[])[],
  silence: Float32Array,
): WordSpan[] {
  const frames = silence.length;
  const tokens = words.reduce((sum, word) => sum + word.length, 0);
  if (frames < tokens || tokens === 0) return spread(words, frames);

  const states: { readonly scores: Float32Array; readonly word: number | null }[] = [];
  for (const [word, scores] of words.entries()) {
    if (scores.length > 0) states.push({ scores: silence, word: null });
    for (const token of scores) states.push({ scores: token, word });
  }
  states.push({ scores: silence, word: null });

  const path = findPath(states, frames);
  const spans = words.map(() => ({ from: -1, to: -1 }));
  for (const [frame, state] of path.entries()) {
    const span = spans[states[state]?.word ?? -1];
    if (span === undefined) continue;
    if (span.from === -1) span.from = frame;
    span.to = frame + 1;
  }
  let end = 0;
  return spans.map(({ from, to }) => {
    if (from === -1) return { from: end, to: end };
    end = to;
    return { from, to };
  });
}

/** The state of each frame. States go in turn; a pause (`word` is null) may be left out. */
function findPath(
  states: readonly { readonly scores: Float32Array; readonly word: number | null }[],
  frames: number,
): Uint16Array {
  const count = states.length;
  const pause = states.map(({ word }) => word === null);
  const came = new Uint8Array(frames * count);
  let best = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  let next = new Float64Array(count);
  best[0] = (states[0]?.scores[0] ?? 0) - PAUSE_COST;
  best[1] = states[1]?.scores[0] ?? 0;
  for (let frame = 1; frame < frames; frame += 1) {
    for (let state = 0; state < count; state += 1) {
      let score = best[state] as number;
      let how = STAY;
      const onward =
        (best[state - 1] ?? Number.NEGATIVE_INFINITY) - (pause[state] ? PAUSE_COST : 0);
      if (onward > score) {
        score = onward;
        how = NEXT;
      }
      const over = pause[state - 1] ? (best[state - 2] ?? Number.NEGATIVE_INFINITY) : -Infinity;
      if (over > score) {
        score = over;
        how = OVER_PAUSE;
      }
      next[state] = score + (states[state]?.scores[frame] as number);
      came[frame * count + state] = how;
    }
    [best, next] = [next, best];
  }
  const path = new Uint16Array(frames);
  let state = (best[count - 1] as number) >= (best[count - 2] as number) ? count - 1 : count - 2;
  for (let frame = frames - 1; frame >= 0; frame -= 1) {
    path[frame] = state;
    state -= came[frame * count + state] as number;
  }
  return path;
}

/** More tokens than frames were never spoken: the words share the audio by their tokens. */
function spread(words: readonly (readonly unknown[])[], frames: number): WordSpan[] {
  const tokens = words.reduce((sum, word) => sum + word.length, 0);
  let before = 0;
  return words.map(({ length }) => {
    const from = tokens === 0 ? 0 : Math.floor((before * frames) / tokens);
    before += length;
    const to = tokens === 0 ? 0 : Math.floor((before * frames) / tokens);
    return { from, to };
  });
}
