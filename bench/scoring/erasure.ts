/** How much of what was shown was taken back again. */
export interface Erasure {
  /** Tokens deleted from the tail, summed over all revisions. */
  readonly erasedTokens: number;
  /** Tokens of the last text. */
  readonly finalTokens: number;
}

export const NO_ERASURE: Erasure = { erasedTokens: 0, finalTokens: 0 };

/**
 * Erasure of one caption, after Arivazhagan et al. 2020, "Re-translation versus Streaming for
 * Simultaneous Translation", section 3: with o_1 … o_I the texts shown one after another, o_I the
 * final, and LCP the longest common prefix,
 *
 *   E(i) = |o_(i−1)| − |LCP(o_i, o_(i−1))|   and   NE = (E(2) + … + E(I)) / |o_I|.
 *
 * Tokens are the words as they are displayed: a changed comma or capital flickers too.
 */
export function erasure(revisions: readonly string[]): Erasure {
  let erasedTokens = 0;
  let previous: readonly string[] = [];
  for (const revision of revisions) {
    const tokens = displayedTokens(revision);
    erasedTokens += previous.length - commonPrefixLength(previous, tokens);
    previous = tokens;
  }
  return { erasedTokens, finalTokens: previous.length };
}

/** Over a corpus: all erased tokens over all final tokens; 0 where nothing was shown at all. */
export function normalizedErasure({ erasedTokens, finalTokens }: Erasure): number {
  if (finalTokens === 0) return erasedTokens === 0 ? 0 : Number.POSITIVE_INFINITY;
  return erasedTokens / finalTokens;
}

export function addErasure(a: Erasure, b: Erasure): Erasure {
  return {
    erasedTokens: a.erasedTokens + b.erasedTokens,
    finalTokens: a.finalTokens + b.finalTokens,
  };
}

function displayedTokens(text: string): string[] {
  return text.split(/\s+/).filter((token) => token !== '');
}

function commonPrefixLength(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
