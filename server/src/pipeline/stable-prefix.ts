/** A hypothesis as it is shown: what will not change before the final, and what may. */
export interface StableText {
  readonly text: string;
  /** Characters at the start of `text` that are committed. */
  readonly stableLength: number;
}

/**
 * Commits the words on which two hypotheses in a row agree (local agreement, Liu et al. 2020,
 * "Low-Latency Sequence-to-Sequence Speech Recognition and Translation by Partial Hypothesis
 * Selection"). Committed words keep the form they were committed in until the final replaces them.
 */
export class StablePrefix {
  #committed: string[] = [];
  #previous: string[] = [];

  /** Takes the next hypothesis for the open segment and returns what to show. */
  push(hypothesis: string): StableText {
    const words = hypothesis.split(/\s+/).filter((word) => word !== '');
    const agreed = agreement(this.#previous, words);
    if (agreed > this.#committed.length) {
      this.#committed = [...this.#committed, ...words.slice(this.#committed.length, agreed)];
    }
    this.#previous = words;
    const stable = this.#committed.join(' ');
    const tail = words.slice(this.#committed.length).join(' ');
    return {
      text: [stable, tail].filter((part) => part !== '').join(' '),
      stableLength: stable.length,
    };
  }
}

/** Words at the start that are the same apart from case and punctuation. */
function agreement(before: readonly string[], after: readonly string[]): number {
  let count = 0;
  while (count < before.length && count < after.length) {
    if (bare(before[count] ?? '') !== bare(after[count] ?? '')) break;
    count += 1;
  }
  return count;
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}']/gu, '');
}
