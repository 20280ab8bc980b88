import type { TranslationQuality } from '../../../shared/captions.ts';
import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import { languageName } from '../../../shared/languages.ts';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import type {
  Translation,
  TranslationRequest,
  TranslationRoute,
  Translator,
} from './translator.ts';

/** What readers rather read. */
const QUALITY_ORDER: readonly TranslationQuality[] = ['neural', 'remote', 'basic', 'none'];
/** After these another translator is asked. */
const NEXT_AFTER: ReadonlySet<ErrorCode> = new Set([
  'translator_failed',
  'server_busy',
  'model_damaged',
]);
const NAMES_LOCALE = 'en';

/**
 * Several translators as one, in order of preference. Among neighbours of the same quality one with
 * a direct pair goes before one that passes through other languages. Closing it closes them all.
 */
export class TranslatorRouter implements Translator {
  readonly #translators: readonly Translator[];
  #closing: Promise<void> | null = null;

  constructor(translators: readonly Translator[]) {
    this.#translators = translators;
  }

  get name(): string {
    return this.#translators.map(({ name }) => name).join('+') || 'none';
  }

  /** The best of all of them; captions tell the quality of the one that made them. */
  get quality(): TranslationQuality {
    return this.#translators.map(({ quality }) => quality).sort(compareQuality)[0] ?? 'none';
  }

  route(from: string, to: string): TranslationRoute | null {
    return this.#candidates(from, to)[0]?.route ?? null;
  }

  targets(from: string): readonly string[] {
    return [...new Set(this.#translators.flatMap((each) => each.targets(from)))].sort();
  }

  /** Languages to choose from, without the spoken one: better quality first, then by name. */
  offers(from: string): readonly LanguageOffer[] {
    const offers = this.targets(from).flatMap((language) => {
      const [first] = this.#candidates(from, language);
      if (first === undefined) return [];
      const { translator, route } = first;
      return { language, engine: translator.name, quality: translator.quality, via: route.via };
    });
    return offers.sort(
      (a, b) =>
        compareQuality(a.quality, b.quality) ||
        languageName(a.language, NAMES_LOCALE).localeCompare(
          languageName(b.language, NAMES_LOCALE),
          NAMES_LOCALE,
        ),
    );
  }

  /** Asks the next translator after what another may do better; the last error stands. */
  async translate(request: TranslationRequest): Promise<Translation> {
    const { from, to, signal } = request;
    let failure: unknown = new AppError(
      'language_unsupported',
      `Expected a pair of languages that ${this.name} translates, got ${from} to ${to}.`,
    );
    for (const { translator } of this.#candidates(from, to)) {
      signal?.throwIfAborted();
      try {
        return await translator.translate(request);
      } catch (error) {
        if (!(error instanceof AppError) || !NEXT_AFTER.has(error.code)) throw error;
        // Text that turns from one engine's words into another's and back is worse than none.
        if (request.kind === 'partial' && error.code === 'server_busy') throw error;
        failure = error;
      }
    }
    throw failure;
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#translators.map((each) => each.close())).then(
      () => undefined,
    );
    return this.#closing;
  }

  #candidates(from: string, to: string): { translator: Translator; route: TranslationRoute }[] {
    const groups: { translator: Translator; route: TranslationRoute }[][] = [];
    for (const translator of this.#translators) {
      const route = translator.route(from, to);
      if (route === null) continue;
      const last = groups.at(-1);
      if (last?.[0]?.translator.quality === translator.quality) last.push({ translator, route });
      else groups.push([{ translator, route }]);
    }
    return groups.flatMap((group) =>
      group.sort((a, b) => Number(a.route.via.length > 0) - Number(b.route.via.length > 0)),
    );
  }
}

function compareQuality(a: TranslationQuality, b: TranslationQuality): number {
  return QUALITY_ORDER.indexOf(a) - QUALITY_ORDER.indexOf(b);
}
