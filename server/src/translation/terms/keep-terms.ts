import { AppError } from '../../../../shared/errors.ts';
import { withDeadline } from '../../async/with-deadline.ts';
import type {
  Translation,
  TranslationRequest,
  TranslationRoute,
  Translator,
} from '../translator.ts';
import { cutText, joinLines, joinParts, piecesOf, splitLines, type TextPiece } from './cut-text.ts';
import { type FoundTerms, findTerms } from './find-terms.ts';
import { CUT_CALLS, TERM_LIMITS, type TermLimits } from './limits.ts';
import { DEFAULT_STYLES, type PlaceholderStyle } from './placeholders.ts';
import { ProtectedText } from './protected-text.ts';
import { StyleRecord } from './style-record.ts';

/** Itself, and the cut where that one fails, too. */
const CALLS_OF_ANOTHER_TRY = 2;

/** What a text with terms took. */
export interface TermOutcome {
  readonly terms: number;
  /** Terms whose first placeholder came through. */
  readonly keptFirst: number;
  readonly calls: number;
  /** Whether the text had to be cut at terms. */
  readonly cut: boolean;
}

export interface KeepTermsOptions {
  /** Instead of those that the engine declares. */
  readonly styles?: readonly PlaceholderStyle[];
  readonly limits?: Partial<TermLimits>;
  /** Told after each text with terms; holds nothing that was said. */
  readonly observe?: (outcome: TermOutcome) => void;
}

/**
 * The same translator, whose translations hold every term of the request as its rule wants it, each
 * as often as it was said, whatever the engine does. Inflection is left alone: the term's own form
 * is kept, with a capital where it comes to begin a sentence.
 */
export function keepTerms(translator: Translator, options: KeepTermsOptions = {}): Translator {
  return new TermKeeper(translator, options);
}

interface Work {
  readonly request: TranslationRequest;
  readonly source: ProtectedText;
  readonly text: string;
  /** When there is no more time for it, on the clock of `performance.now`. */
  readonly endsAt: number;
  /** The longest call so far. */
  longestMs: number;
  calls: number;
  keptFirst: number;
  cut: boolean;
}

class TermKeeper implements Translator {
  readonly #translator: Translator;
  readonly #options: KeepTermsOptions;
  readonly #limits: TermLimits;
  readonly #record = new StyleRecord();

  constructor(translator: Translator, options: KeepTermsOptions) {
    this.#translator = translator;
    this.#options = options;
    this.#limits = { ...TERM_LIMITS, ...options.limits };
  }

  get name(): string {
    return this.#translator.name;
  }

  get quality(): Translator['quality'] {
    return this.#translator.quality;
  }

  placeholderStyles(from: string, to: string): readonly PlaceholderStyle[] {
    const { styles } = this.#options;
    return styles ?? this.#translator.placeholderStyles?.(from, to) ?? DEFAULT_STYLES;
  }

  route(from: string, to: string): TranslationRoute | null {
    return this.#translator.route(from, to);
  }

  targets(from: string): readonly string[] {
    return this.#translator.targets(from);
  }

  close(): Promise<void> {
    return this.#translator.close();
  }

  async translate({ terms = [], ...request }: TranslationRequest): Promise<Translation> {
    if (terms.length === 0) return await this.#translator.translate(request);
    const found = findTerms(request.text, terms);
    if (found.terms.length === 0) return await this.#translator.translate(request);
    return await this.#keep(request, found);
  }

  /** All calls for a text have the time together that one has for a text without terms. */
  async #keep(request: TranslationRequest, found: FoundTerms): Promise<Translation> {
    const { kind, signal } = request;
    const ms = this.#translator.totalMs?.[kind];
    if (ms === undefined) return await this.#keepUntil(request, found, Number.POSITIVE_INFINITY);
    const signals = signal === undefined ? [] : [signal];
    const endsAt = performance.now() + ms;
    return await withDeadline({ ms, late: () => this.#late(kind, ms), signals }, (ended) =>
      this.#keepUntil({ ...request, signal: ended }, found, endsAt),
    );
  }

  async #keepUntil(
    request: TranslationRequest,
    found: FoundTerms,
    endsAt: number,
  ): Promise<Translation> {
    const { from, to, kind } = request;
    const many = found.terms.length > this.#limits.maxPlaceholders;
    const styles = this.#record.order(from, to, this.placeholderStyles(from, to));
    const source = new ProtectedText(found, many ? [] : styles);
    const work: Work = {
      ...{ request, source, endsAt, text: found.text },
      ...{ longestMs: 0, calls: 0, keptFirst: 0, cut: false },
    };
    const most = this.#limits.maxTries[kind];
    let lost: ReadonlySet<number> = placeless(source);
    for (let tries = 1; lost.size === 0; tries += 1) {
      const answer = await this.#ask(work, source.hide());
      const { text, failed } = source.restore(answer.text);
      this.#note(work, failed);
      if (tries === 1) work.keptFirst = found.terms.length - failed.size;
      if (failed.size === 0) return this.#done(work, answer, text);
      const again = tries < most && hasTimeFor(work, CALLS_OF_ANOTHER_TRY);
      if (again) source.change(failed);
      lost = again ? placeless(source) : failed;
    }
    return await this.#cut(work, lost);
  }

  /** Cuts at the terms that got lost; where others get lost by that, at every term. */
  async #cut(work: Work, lost: ReadonlySet<number>): Promise<Translation> {
    work.cut = true;
    const all = new Set(work.source.terms.keys());
    const some = lost.size < all.size && work.request.kind === 'final';
    if (some && hasTimeFor(work, CUT_CALLS)) {
      const parts = cutText(work.source, work.text, lost);
      const { answer, lines } = await this.#translateLines(work, piecesOf(parts));
      const text = lines === null ? null : joinParts(work.source, parts, lines);
      if (text !== null) return this.#done(work, answer, text);
    }
    const parts = cutText(work.source, work.text, all);
    const pieces = piecesOf(parts);
    const { answer, lines } = await this.#translateLines(work, pieces);
    const text = joinParts(work.source, parts, lines ?? (await this.#oneByOne(work, pieces)));
    if (text === null)
      throw new AppError('internal', 'Expected every term of a cut text, got less.');
    return this.#done(work, answer, text);
  }

  async #translateLines(work: Work, pieces: readonly TextPiece[]) {
    const answer = await this.#ask(work, joinLines(pieces));
    return { answer, lines: splitLines(answer.text, pieces.length) };
  }

  /** For an engine that joins lines; what is too much stays as it was said. */
  async #oneByOne(work: Work, pieces: readonly TextPiece[]): Promise<string[]> {
    const most = this.#limits.maxPieceCalls[work.request.kind];
    const lines: string[] = [];
    for (const [index, { text }] of pieces.entries()) {
      lines.push(index < most ? (await this.#ask(work, text)).text : text);
    }
    return lines;
  }

  async #ask(work: Work, text: string): Promise<Translation> {
    work.request.signal?.throwIfAborted();
    work.calls += 1;
    const startedAt = performance.now();
    const answer = await this.#translator.translate({ ...work.request, text });
    work.longestMs = Math.max(work.longestMs, performance.now() - startedAt);
    return answer;
  }

  /** In words of the port, as an engine's own: a partial is left out and not given to another engine. */
  #late(kind: TranslationRequest['kind'], ms: number): AppError {
    return new AppError(
      kind === 'final' ? 'translator_failed' : 'server_busy',
      `Expected ${this.name} to translate a text with terms within ${ms} ms, got less of it.`,
    );
  }

  #note({ request, source }: Work, failed: ReadonlySet<number>): void {
    for (const [number, placeholder] of source.placeholders.entries()) {
      if (placeholder === null) continue;
      this.#record.note(request.from, request.to, placeholder.style, !failed.has(number));
    }
  }

  #done(work: Work, answer: Translation, text: string): Translation {
    const { source, keptFirst, calls, cut } = work;
    this.#options.observe?.({ terms: source.terms.length, keptFirst, calls, cut });
    return { ...answer, text };
  }
}

/** Whether so many calls more are likely to end in time. */
function hasTimeFor({ endsAt, longestMs }: Work, calls: number): boolean {
  return performance.now() + calls * longestMs < endsAt;
}

function placeless(source: ProtectedText): Set<number> {
  const placeholders = [...source.placeholders.entries()];
  return new Set(placeholders.filter(([, each]) => each === null).map(([number]) => number));
}
