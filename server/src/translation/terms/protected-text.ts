import type { FoundTerm, FoundTerms } from './find-terms.ts';
import {
  findPlaceholder,
  freePlaceholders,
  type Placeholder,
  type PlaceholderStyle,
  takePlaceholder,
} from './placeholders.ts';
import { beginsSentence, capitalize, sentenceHasCapital } from './sentence-starts.ts';

const LONE_STOP = /^\.(?!\.)/u;

/** A term of a text and what stands for it while an engine works. */
interface Slot {
  readonly term: FoundTerm;
  /** Whether it gets a capital where it comes to stand at a sentence's beginning. */
  readonly capital: boolean;
  /** How many styles have failed it. */
  failures: number;
  placeholder: Placeholder | null;
}

export interface Restored {
  /** With terms in the place of placeholders; placeholders stand where `failed` is not empty. */
  readonly text: string;
  /** Numbers of the terms whose placeholder does not stand in it exactly once. */
  readonly failed: ReadonlySet<number>;
}

/** A text whose terms are replaced by placeholders, each of a style that did not fail it yet. */
export class ProtectedText {
  readonly terms: readonly FoundTerm[];
  readonly #text: string;
  readonly #slots: readonly Slot[];
  readonly #styles: readonly PlaceholderStyle[];
  /** By style: those that no term has had. */
  readonly #free = new Map<PlaceholderStyle, Placeholder[]>();

  /** `styles`: the best first. */
  constructor({ text, terms }: FoundTerms, styles: readonly PlaceholderStyle[]) {
    this.terms = terms;
    this.#text = text;
    this.#styles = styles;
    this.#slots = terms.map((term) => ({
      term,
      capital: sentenceHasCapital(text, term.start),
      failures: 0,
      placeholder: null,
    }));
    for (const slot of this.#slots) this.#assign(slot);
  }

  /** By number of term; null for one that no style is left for. */
  get placeholders(): readonly (Placeholder | null)[] {
    return this.#slots.map(({ placeholder }) => placeholder);
  }

  /** Gives these terms a placeholder of the next style. */
  change(numbers: Iterable<number>): void {
    for (const number of numbers) {
      const slot = this.#slots[number];
      if (slot === undefined) continue;
      slot.failures += 1;
      this.#assign(slot);
    }
  }

  /** The stretch from `start` to `end`, in which these terms lie, with placeholders for them. */
  hide(start = 0, end = this.#text.length, numbers: Iterable<number> = this.#slots.keys()): string {
    let hidden = '';
    let at = start;
    for (const number of numbers) {
      const slot = this.#slots[number];
      if (slot === undefined || slot.placeholder === null) continue;
      hidden += this.#text.slice(at, slot.term.start) + slot.placeholder.token;
      at = slot.term.end;
    }
    return hidden + this.#text.slice(at, end);
  }

  /**
   * Puts the terms with these numbers back into a translation of what {@link hide} gave; `whole` tells
   * whether it begins a sentence.
   */
  restore(
    translation: string,
    numbers: Iterable<number> = this.#slots.keys(),
    whole = true,
  ): Restored {
    const text = translation.normalize('NFC');
    const failed = new Set<number>();
    const places: { start: number; end: number; number: number }[] = [];
    for (const number of numbers) {
      const placeholder = this.#slots[number]?.placeholder ?? null;
      const found = placeholder === null ? [] : findPlaceholder(placeholder, text);
      const [place] = found;
      if (place === undefined || found.length > 1) failed.add(number);
      else places.push({ start: place.index, end: place.index + place[0].length, number });
    }
    if (failed.size > 0) return { text, failed };
    places.sort((a, b) => a.start - b.start);
    let restored = '';
    let at = 0;
    for (const { start, end, number } of places) {
      const term = this.write(number, beginsSentence(text, start, whole));
      restored += text.slice(at, start) + term;
      // "EE. UU." at a sentence's end has one full stop, not two.
      at = term.endsWith('.') && LONE_STOP.test(text.slice(end)) ? end + 1 : end;
    }
    return { text: restored + text.slice(at), failed };
  }

  /** The term with this number as it is to be read. */
  write(number: number, atSentenceStart: boolean): string {
    const slot = this.#slots[number];
    if (slot === undefined) return '';
    const { translation } = slot.term;
    return atSentenceStart && slot.capital ? capitalize(translation) : translation;
  }

  #assign(slot: Slot): void {
    slot.placeholder = null;
    for (const style of this.#styles.slice(slot.failures)) {
      let free = this.#free.get(style);
      if (free === undefined) {
        free = freePlaceholders(style, this.#text);
        this.#free.set(style, free);
      }
      const placeholder = takePlaceholder(free, slot.term.translation);
      if (placeholder !== undefined) {
        slot.placeholder = placeholder;
        return;
      }
      slot.failures += 1;
    }
  }
}
