import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import type {
  Hypothesis,
  RecognitionRequest,
  Recognizer,
  RecognizerCapabilities,
} from './recognizer.ts';
import { speakersOf } from './speakers.ts';

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
  /** Utterances that each has or lets wait. */
  readonly #underWay = new Map<Recognizer, number>();
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
      ...this.#places,
      speakers: this.#speakers,
      drafts: all.some(({ drafts }) => drafts),
      wordTimes: all.some(({ wordTimes }) => wordTimes),
      extraReadings: extraReadings === 'none' && some ? 'partials' : extraReadings,
    };
  }

  /** Of those that are there: the first one reads finals, and the first one that may, partials. */
  get #places(): Pick<RecognizerCapabilities, 'concurrency' | 'partialsBeside'> {
    const present = this.#recognizers.filter(({ away }) => away !== true);
    const [finals = this.#recognizers[0]] = present;
    const partials = present.find(readsPartials) ?? finals;
    const { concurrency } = finals.capabilities;
    if (partials === finals) return { concurrency };
    return { concurrency, partialsBeside: partials.capabilities.concurrency };
  }

  /** As few as any of those keeps up with who may come to read the finals of all. */
  get #speakers(): number {
    const last = this.#recognizers.findIndex(({ away }) => away === undefined);
    const inCharge = last < 0 ? this.#recognizers : this.#recognizers.slice(0, last + 1);
    return Math.min(...inCharge.map(speakersOf));
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
    const willing = able.filter((recognizer) => kind === 'final' || readsPartials(recognizer));
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
      const underWay = this.#underWay.get(recognizer) ?? 0;
      // A final that comes here after another engine failed would have to wait behind it (INV8).
      if (kind === 'partial' && underWay >= recognizer.capabilities.concurrency) {
        failure = new AppError('server_busy', `All places of ${recognizer.name} are taken.`);
        continue;
      }
      this.#underWay.set(recognizer, underWay + 1);
      try {
        return { ...(await recognizer.recognize(request)), engine: recognizer.name };
      } catch (error) {
        if (!(error instanceof AppError) || !NEXT_AFTER.has(error.code)) throw error;
        failure = error;
      } finally {
        this.#underWay.set(recognizer, (this.#underWay.get(recognizer) ?? 0) - 1);
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

function readsPartials({ capabilities }: Recognizer): boolean {
  return capabilities.extraReadings !== 'none';
}
