import type { FinalCaption, PlacedEntry } from '../../../shared/captions.ts';

/** One final that has not come. */
export interface MissingFinal {
  readonly segment: number;
  readonly language: string;
}

/**
 * What came back of one session's speech, and what is still missing of it: an original for each
 * segment, and each translation asked for, except of a segment without words.
 */
export class SpeechReport {
  readonly #spoken: string;
  readonly #targets: readonly string[];
  /** By segment, then language. */
  readonly #finals = new Map<number, Map<string, FinalCaption>>();

  constructor(spoken: string, reads: readonly string[]) {
    this.#spoken = spoken;
    this.#targets = reads.filter((language) => language !== spoken);
  }

  /** Originals. */
  get finals(): number {
    return this.#count((language) => language === this.#spoken);
  }

  get translations(): number {
    return this.#count((language) => language !== this.#spoken);
  }

  /** Takes an entry of this session; the caption where it is a final that was not there before. */
  take(entry: PlacedEntry, session: string): FinalCaption | null {
    if (entry.type !== 'final' || entry.caption.session !== session) return null;
    const { segment, language } = entry.caption;
    const captions = this.#finals.get(segment) ?? new Map<string, FinalCaption>();
    this.#finals.set(segment, captions);
    if (captions.has(language)) return null;
    captions.set(language, entry.caption);
    return entry.caption;
  }

  /** What has not come of the segments before `segments`, in order. */
  missing(segments: number): readonly MissingFinal[] {
    const missing: MissingFinal[] = [];
    for (let segment = 0; segment < segments; segment += 1) {
      const captions = this.#finals.get(segment);
      const original = captions?.get(this.#spoken);
      if (original === undefined) missing.push({ segment, language: this.#spoken });
      if (original?.text === '') continue;
      for (const language of this.#targets) {
        if (captions?.has(language) !== true) missing.push({ segment, language });
      }
    }
    return missing;
  }

  /** Segments of which anything came: the least that the session has. */
  get segmentsSeen(): number {
    return Math.max(-1, ...this.#finals.keys()) + 1;
  }

  #count(matches: (language: string) => boolean): number {
    let count = 0;
    for (const captions of this.#finals.values()) {
      for (const language of captions.keys()) count += matches(language) ? 1 : 0;
    }
    return count;
  }
}
