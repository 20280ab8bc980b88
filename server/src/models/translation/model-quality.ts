export interface Scores {
  readonly bleu: number | null;
  readonly comet?: number | null;
}

/**
 * Words go by COMET where it is known, because BLEU cannot be compared from one target language to
 * another. Where one word ends and the next begins is our choice.
 */
const COMET_STEPS: readonly (readonly [atLeast: number, word: string])[] = [
  [0.87, 'very good'],
  [0.84, 'good'],
  [0.81, 'fair'],
  [0, 'rough'],
];
const BLEU_STEPS: readonly (readonly [atLeast: number, word: string])[] = [
  [35, 'very good'],
  [25, 'good'],
  [18, 'fair'],
  [0, 'rough'],
];

export function qualityWord({ bleu, comet = null }: Scores): string {
  if (comet !== null) return wordOf(comet, COMET_STEPS);
  return bleu === null ? 'not measured' : wordOf(bleu, BLEU_STEPS);
}

/** In words and figures: `good (BLEU 25.9)`. */
export function describeQuality(scores: Scores): string {
  const word = qualityWord(scores);
  return scores.bleu === null ? word : `${word} (BLEU ${scores.bleu.toFixed(1)})`;
}

function wordOf(score: number, steps: typeof COMET_STEPS): string {
  return steps.find(([atLeast]) => score >= atLeast)?.[1] ?? 'rough';
}
