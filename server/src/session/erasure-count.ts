import { splitWords } from '../../../shared/words.ts';

/**
 * Counts words that were shown and taken back (Niehues et al. 2016, "Dynamic Transcription for
 * Low-latency Speech Translation"): what a text changes of the one before it, from the first word
 * that differs. Divided by the words of the finals it is the normalised erasure.
 */
export class ErasureCount {
  #segment = -1;
  #shown: readonly string[] = [];

  /** The next text of a segment; returns how many words of the one before it are gone. */
  show(segment: number, text: string): number {
    const words = splitWords(text);
    const before = segment === this.#segment ? this.#shown : [];
    this.#segment = segment;
    this.#shown = words;
    let same = 0;
    while (same < before.length && before[same] === words[same]) same += 1;
    return before.length - same;
  }
}
