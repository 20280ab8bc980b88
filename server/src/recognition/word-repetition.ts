export interface Repetition {
  /** Words of the phrase. */
  readonly period: number;
  /** Words of the whole run, the last round perhaps not complete; at least twice the period. */
  readonly length: number;
}

/** Longest phrase, in words, that is looked for. */
const MAX_PERIOD = 40;

/** For each length of phrase that follows upon itself somewhere: its longest run. */
export function findRepetitions(words: readonly string[]): readonly Repetition[] {
  const found: Repetition[] = [];
  for (let period = 1; period <= Math.min(MAX_PERIOD, words.length / 2); period += 1) {
    let run = 0;
    let longest = 0;
    for (let at = period; at < words.length; at += 1) {
      run = words[at] === words[at - period] ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    if (longest >= period) found.push({ period, length: longest + period });
  }
  return found;
}
