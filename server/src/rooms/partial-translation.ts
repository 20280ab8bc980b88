import type { PartialCaption } from '../../../shared/captions.ts';
import { splitWords } from '../../../shared/words.ts';
import type { TermRule, Translator } from '../translation/translator.ts';

/** New committed words that make another translation worth its cost and its change on screen. */
const MIN_NEW_WORDS = 2;

/** Words at the end of a translation that the next source words may still change. */
const MASKED_WORDS = 2;

interface Task {
  readonly partial: PartialCaption;
  readonly committed: string;
  readonly language: string;
  readonly signal: AbortSignal;
}

interface Lane {
  segment: number;
  /** Committed source characters that the last translation covered. */
  translatedLength: number;
  /** Words of the translation that stay until the final. */
  committed: readonly string[];
  busy: boolean;
}

/**
 * Translates the committed part of one session's open segment, so that what is shown seldom
 * changes: at most one translation per language at a time, and the newest text wins. All but the
 * last words of a translation are committed (mask-k, Arivazhagan et al. 2020, "Re-translation
 * Strategies for Long Form, Simultaneous, Spoken Language Translation") and then stay until the
 * final; a later translation that does not go on from them shows nothing new.
 */
export class PartialTranslation {
  readonly #translator: Translator;
  readonly #publish: (caption: PartialCaption) => void;
  readonly #terms: (from: string, to: string) => readonly TermRule[];
  readonly #lanes = new Map<string, Lane>();
  /** The segment that is being spoken; aborted when it is over, for nobody waits then any more. */
  #open: { readonly segment: number; readonly over: AbortController } | null = null;

  /** `terms` says how terms are to be translated, as known at that moment. */
  constructor(
    translator: Translator,
    publish: (caption: PartialCaption) => void,
    terms: (from: string, to: string) => readonly TermRule[] = () => [],
  ) {
    this.#translator = translator;
    this.#publish = publish;
    this.#terms = terms;
  }

  /** Offers the newest partial of the session for these languages; never waits. */
  offer(partial: PartialCaption, languages: readonly string[]): void {
    if (this.#open?.segment !== partial.segment) {
      this.close();
      this.#open = { segment: partial.segment, over: new AbortController() };
    }
    const { signal } = this.#open.over;
    for (const language of languages) {
      if (language === partial.sourceLanguage) continue;
      const route = this.#translator.route(partial.sourceLanguage, language);
      if (route === null || route.finalsOnly === true) continue;
      const lane = this.#laneFor(language, partial.segment);
      if (lane.busy) continue;
      const committed = partial.text.slice(0, partial.stableLength);
      if (splitWords(committed.slice(lane.translatedLength)).length < MIN_NEW_WORDS) continue;
      void this.#translate(lane, { partial, committed, language, signal });
    }
  }

  /** The segment became final: translations that wait or are under way are given up. */
  settle(segment: number): void {
    if (this.#open?.segment === segment) this.close();
  }

  close(): void {
    this.#open?.over.abort();
    this.#open = null;
  }

  #laneFor(language: string, segment: number): Lane {
    let lane = this.#lanes.get(language);
    if (lane === undefined || lane.segment !== segment) {
      lane = { segment, translatedLength: 0, committed: [], busy: lane?.busy ?? false };
      this.#lanes.set(language, lane);
    }
    return lane;
  }

  async #translate(lane: Lane, { partial, committed, language, signal }: Task): Promise<void> {
    lane.busy = true;
    try {
      const terms = this.#terms(partial.sourceLanguage, language);
      const { text, engine } = await this.#translator.translate({
        text: committed,
        from: partial.sourceLanguage,
        to: language,
        kind: 'partial',
        signal,
        ...(terms.length === 0 ? {} : { terms }),
      });
      lane.translatedLength = committed.length;
      const words = splitWords(text);
      if (lane.committed.every((word, index) => word === words[index])) {
        const settled = Math.max(lane.committed.length, words.length - MASKED_WORDS);
        lane.committed = words.slice(0, settled);
      }
      if (signal.aborted) return;
      const stable = lane.committed.join(' ');
      const shown = [...lane.committed, ...words.slice(lane.committed.length)].join(' ');
      this.#publish({ ...partial, language, text: shown, engine, stableLength: stable.length });
    } catch {
      // A partial that can not be translated is worth nothing a moment later: the final follows.
    } finally {
      lane.busy = false;
      const newer = this.#lanes.get(language);
      if (newer !== undefined) newer.busy = false;
    }
  }
}
