/** A place in a text where a term was said, perhaps. */
export interface Candidate {
  /** Its words, the last one included. */
  readonly first: number;
  readonly last: number;
  /** Where what is replaced ends in the text: a possessive ending stays. */
  readonly end: number;
  readonly term: string;
  /** How far the sound is from the term's, from 0 to 1; null where the spelling is the evidence. */
  readonly distance: number | null;
}

/** What starts at one word of a text. */
export interface Found {
  readonly candidates: readonly Candidate[];
  /** Whether all words from there to the end may be the beginning of one more. */
  readonly open: boolean;
}

export interface Choice {
  /** Without overlaps, in the order of the text. */
  readonly chosen: readonly Candidate[];
  /** Words from the start on whose candidates no later words can change. */
  readonly settledWords: number;
}

/**
 * Chooses among candidates that overlap: spellings before sounds, longer spellings before shorter,
 * closer sounds before others, and what was said first. Candidates come in the order of their first
 * words; from the word `firstOpen` on, later words may bring more.
 */
export function chooseCandidates(
  candidates: readonly Candidate[],
  wordCount: number,
  firstOpen: number,
): Choice {
  const chosen: Candidate[] = [];
  let settledWords = Math.min(firstOpen, wordCount);
  for (let from = 0; from < candidates.length; ) {
    const first = candidates[from]?.first ?? 0;
    let end = first;
    let to = from;
    // A cluster: each reaches into the words of those before it. What is chosen outside it is of no
    // matter inside.
    for (; to < candidates.length; to += 1) {
      const next = candidates[to];
      if (next === undefined || (to > from && next.first >= end)) break;
      end = Math.max(end, next.last + 1);
    }
    chosen.push(...chooseInCluster(candidates.slice(from, to)));
    if (end > firstOpen) settledWords = Math.min(settledWords, first);
    from = to;
  }
  return { chosen, settledWords };
}

function chooseInCluster(cluster: readonly Candidate[]): Candidate[] {
  if (cluster.length === 1) return [...cluster];
  const taken = new Set<number>();
  const chosen: Candidate[] = [];
  for (const candidate of [...cluster].sort(byEvidence)) {
    const { first, last } = candidate;
    const words = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    if (words.some((word) => taken.has(word))) continue;
    for (const word of words) taken.add(word);
    chosen.push(candidate);
  }
  return chosen.sort((left, right) => left.first - right.first);
}

function byEvidence(left: Candidate, right: Candidate): number {
  if (left.distance === null || right.distance === null) {
    if (left.distance !== null) return 1;
    if (right.distance !== null) return -1;
    return wordsOf(right) - wordsOf(left) || left.first - right.first;
  }
  return (
    left.distance - right.distance || wordsOf(right) - wordsOf(left) || left.first - right.first
  );
}

function wordsOf({ first, last }: Candidate): number {
  return last - first;
}
