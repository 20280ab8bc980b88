import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import type {
  Hypothesis,
  RecognitionRequest,
  Recognizer,
  RecognizerCapabilities,
} from './recognizer.ts';

/** After these another recogniser is asked. */
const NEXT_AFTER: ReadonlySet<ErrorCode> = new Set(['recognizer_failed', 'server_busy']);

/**
 * Several recognisers as one, in order of preference: one that fails leaves the utterance to the next one
 * that knows its language, and the hypothesis says who heard it. Partials go to those only that may read them.
 * Closing it closes them all.
 */
export class RecognizerChain implements Recognizer {
  readonly #recognizers: readonly [Recognizer, ...Recognizer[]];
  readonly #running = new Set<Promise<Hypothesis>>();
  #closing: Promise<void> | null = null;

  constructor(recognizers: readonly [Recognizer, ...Recognizer[]]) {
    this.#recognizers = recognizers;
  }

  /** That of the first: who else heard something says so. */
  get name(): string {
    return this.#recognizers[0].name;
  }

  get capabilities(): RecognizerCapabilities {
    const [first] = this.#recognizers;
    const all = this.#recognizers.map(({ capabilities }) => capabilities);
    const some = all.some((each) => each.extraReadings !== 'none');
    const extraReadings = first.capabilities.extraReadings ?? 'all';
    return {
      languages: [...new Set(all.flatMap(({ languages }) => languages))],
      maxUtteranceMs: Math.min(...all.map(({ maxUtteranceMs }) => maxUtteranceMs)),
      concurrency: first.capabilities.concurrency,
      drafts: all.some(({ drafts }) => drafts),
      wordTimes: all.some(({ wordTimes }) => wordTimes),
      extraReadings: extraReadings === 'none' && some ? 'partials' : extraReadings,
    };
  }

  async recognize(request: RecognitionRequest): Promise<Hypothesis> {
    if (this.#closing !== null) throw new AppError('shutting_down', `${this.name} is closed.`);
    const reading = this.#read(request);
    this.#running.add(reading);
    try {
      return await reading;
    } finally {
      this.#running.delete(reading);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #read(request: RecognitionRequest): Promise<Hypothesis> {
    const { language, kind = 'final', signal } = request;
    const able = this.#recognizers.filter(({ capabilities }) =>
      capabilities.languages.includes(language),
    );
    const willing = able.filter(
      ({ capabilities }) => kind === 'final' || capabilities.extraReadings !== 'none',
    );
    let failure: unknown =
      able.length === 0
        ? new AppError(
            'language_unsupported',
            `Expected speech in ${this.capabilities.languages.join(', ')}, got "${language}".`,
          )
        : new AppError(
            'recognizer_failed',
            `Expected only finals in "${language}", got a partial.`,
          );
    for (const recognizer of willing) {
      signal?.throwIfAborted();
      try {
        return { ...(await recognizer.recognize(request)), engine: recognizer.name };
      } catch (error) {
        if (!(error instanceof AppError) || !NEXT_AFTER.has(error.code)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** Work that one has begun may still need another. */
  async #close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await Promise.all(this.#recognizers.map((each) => each.close()));
  }
}
