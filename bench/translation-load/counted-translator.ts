import { performance } from 'node:perf_hooks';
import type {
  Translation,
  TranslationRequest,
  Translator,
} from '../../server/src/translation/translator.ts';
import { toWireError } from '../../shared/errors.ts';

/** What a translator was asked for since the last look, and how long it took. */
export interface TranslatorCounts {
  /** Milliseconds from the question to the answer, queue included. */
  readonly finalMs: number[];
  readonly partialMs: number[];
  /** Refusals and failures as `kind code`; `given up` by who asked. */
  readonly refused: Record<string, number>;
  outputTokens: number;
  outputWords: number;
}

/** Passes everything on and counts it. */
export class CountedTranslator implements Translator {
  readonly #inner: Translator;
  #counts = emptyCounts();

  constructor(inner: Translator) {
    this.#inner = inner;
  }

  get name(): string {
    return this.#inner.name;
  }

  get quality(): Translator['quality'] {
    return this.#inner.quality;
  }

  route(from: string, to: string): ReturnType<Translator['route']> {
    return this.#inner.route(from, to);
  }

  targets(from: string): readonly string[] {
    return this.#inner.targets(from);
  }

  async translate(request: TranslationRequest): Promise<Translation> {
    const askedAt = performance.now();
    try {
      const translation = await this.#inner.translate(request);
      // Counted where it ends: a look in between has begun to count afresh.
      const counts = this.#counts;
      const took = request.kind === 'final' ? counts.finalMs : counts.partialMs;
      took.push(performance.now() - askedAt);
      counts.outputTokens += countPieces(translation.text);
      counts.outputWords += countWords(translation.text);
      return translation;
    } catch (error) {
      // The segment of a partial was over, or the session.
      const code = request.signal?.aborted === true ? 'given up' : toWireError(error).code;
      const name = `${request.kind} ${code}`;
      this.#counts.refused[name] = (this.#counts.refused[name] ?? 0) + 1;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  /** What was counted since the last call. */
  take(): TranslatorCounts {
    const counts = this.#counts;
    this.#counts = emptyCounts();
    return counts;
  }
}

function emptyCounts(): TranslatorCounts {
  return { finalMs: [], partialMs: [], refused: {}, outputTokens: 0, outputWords: 0 };
}

/** Longer words are two pieces of the made models' vocabulary. */
const LONGEST_PIECE = 7;

/** Steps of the decoder for a text: its word pieces and marks, and the end of the sentence. */
export function countPieces(text: string): number {
  let pieces = 1;
  for (const [token] of text.matchAll(/\p{L}+|[^\p{L}\s]/gu)) {
    pieces += /\p{L}/u.test(token) && token.length > LONGEST_PIECE ? 2 : 1;
  }
  return pieces;
}

function countWords(text: string): number {
  return text.split(/\s+/u).filter((word) => word !== '').length;
}
