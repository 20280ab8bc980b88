import { splitWords } from '../../../shared/words.ts';

/** A hypothesis as it is shown: what will not change before the final, and what may. */
export interface StableText {
  readonly text: string;
  /** Characters at the start of `text` that are committed. */
  readonly stableLength: number;
}

/** One reading of the open segment. */
export interface SegmentReading {
  readonly text: string;
  /** How sure each word is, as {@link Hypothesis} has it; absent where the engine tells none. */
  readonly wordMargins?: readonly number[] | undefined;
  /** How much of the segment was heard, in milliseconds. */
  readonly heardMs: number;
  /** From this character on words may still become another text when more is said. */
  readonly openFrom?: number;
}

/** A word this sure is committed at once, with so many words behind it. */
const SURE_MARGIN = 3;
const WORDS_BEHIND = 2;
/** A word this sure is committed when the next reading has it in the same form. */
const AGREED_MARGIN = 1;
/** Readings of nearly the same audio agree about nothing. */
const MIN_APART_MS = 200;
/** However unsure, a word that stood for so long is committed: what follows must not wait forever. */
const LASTING_MS = 4_000;

interface HeardWord {
  readonly word: string;
  readonly sinceMs: number;
}

/**
 * Commits the words on which readings agree (local agreement, Liu et al. 2020, "Low-Latency
 * Sequence-to-Sequence Speech Recognition and Translation by Partial Hypothesis Selection"), as far
 * as the recogniser was sure of them: of two texts that agree, the one that was nearly another
 * becomes another at the next reading. Thresholds are chosen for a normalized erasure below 0.1 on
 * the English clips, a reading every 0.75 s. Committed words keep the form they were committed in
 * until the final replaces them.
 */
export class StablePrefix {
  #committed: string[] = [];
  #heard: HeardWord[] = [];

  /** Takes the next reading of the open segment and returns what to show. */
  push(reading: SegmentReading): StableText {
    const words = splitWords(reading.text);
    this.#heard = words.map((word, index) => {
      const before = this.#heard[index];
      return before?.word === word ? before : { word, sinceMs: reading.heardMs };
    });
    if (this.#continues(words)) this.#commit(words, reading);
    const stable = this.#committed.join(' ');
    const tail = words.slice(this.#committed.length).join(' ');
    return {
      text: [stable, tail].filter((part) => part !== '').join(' '),
      stableLength: stable.length,
    };
  }

  /** Whether the words go on from what is committed, apart from case and punctuation. */
  #continues(words: readonly string[]): boolean {
    return this.#committed.every((word, index) => bare(word) === bare(words[index] ?? ''));
  }

  #commit(words: readonly string[], { wordMargins, heardMs, text, openFrom }: SegmentReading) {
    const settled = splitWords(text.slice(0, openFrom ?? text.length)).length;
    for (let index = this.#committed.length; index < settled; index += 1) {
      const margin = wordMargins === undefined ? AGREED_MARGIN : (wordMargins[index] ?? 0);
      const stoodMs = heardMs - (this.#heard[index]?.sinceMs ?? heardMs);
      const behind = words.length - 1 - index;
      const sure = margin >= SURE_MARGIN && behind >= WORDS_BEHIND;
      const agreed = margin >= AGREED_MARGIN && stoodMs >= MIN_APART_MS;
      if (!sure && !agreed && stoodMs < LASTING_MS) return;
      this.#committed.push(words[index] ?? '');
    }
  }
}

function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}']/gu, '');
}
