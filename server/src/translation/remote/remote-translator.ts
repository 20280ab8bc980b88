import { AppError } from '../../../../shared/errors.ts';
import { OUTSIDE_LIMITS, type OutsideLimits } from '../../outside/limits.ts';
import {
  type CallKind,
  OutsideCalls,
  type OutsideStatus,
  type ServiceState,
} from '../../outside/outside-calls.ts';
import { OutsideError, type OutsideFault } from '../../outside/outside-error.ts';
import { DEFAULT_STYLES, type PlaceholderStyle } from '../terms/placeholders.ts';
import type {
  Translation,
  TranslationRequest,
  TranslationRoute,
  Translator,
} from '../translator.ts';
import { checkAnswer } from './check-answer.ts';
import { cleanText, hasLetters, splitLines } from './clean-text.ts';
import { type LanguageDetector, loadLanguageDetector } from './language-detector.ts';
import { LanguageWatch, type WatchTimes } from './language-watch.ts';
import type { RemoteEngine } from './remote-engine.ts';

/** Longest text of one request: more than ten minutes of speech make. */
export const MAX_REMOTE_TEXT_CHARS = 10_000;
/** When a caller that was refused may try again. */
const BUSY_RETRY_MS = 2_000;
/** Says something in every language, and nothing that anybody said. */
const PROBE_TEXT = 'Good morning.';

export interface RemoteTranslatorOptions {
  readonly limits?: Partial<OutsideLimits>;
  readonly times?: Partial<WatchTimes>;
  /** Whether it is to be asked for finals only. */
  readonly finalsOnly?: boolean;
  /** Told when the service's languages have changed. */
  readonly onChange?: () => void;
  /** Told when the service is left alone, tried, or asked again. */
  readonly onState?: (state: ServiceState, fault: OutsideFault | null) => void;
  /** Told of each try that the service failed or refused. */
  readonly onFault?: (error: OutsideError) => void;
  /** Told of a question for the languages that was not answered; holds nothing that was said. */
  readonly onProblem?: (error: unknown) => void;
}

export interface RemoteTranslator extends Translator {
  readonly status: OutsideStatus;
}

/**
 * A translator outside this server. Resolves at once or after the service has told its languages, in a few
 * seconds at most; one that does not answer yet is offered as soon as it does.
 */
export async function createRemoteTranslator(
  engine: RemoteEngine,
  options: RemoteTranslatorOptions = {},
): Promise<RemoteTranslator> {
  const translator = new Remote(engine, await loadLanguageDetector(), options);
  await translator.start();
  return translator;
}

class Remote implements RemoteTranslator {
  readonly #engine: RemoteEngine;
  readonly #detector: LanguageDetector;
  readonly #finalsOnly: boolean;
  readonly totalMs: NonNullable<Translator['totalMs']>;
  readonly #watch: LanguageWatch;
  readonly #calls: OutsideCalls;
  #closing: Promise<void> | null = null;

  constructor(engine: RemoteEngine, detector: LanguageDetector, options: RemoteTranslatorOptions) {
    const { onChange = () => {}, onProblem, onState, onFault, times } = options;
    this.#engine = engine;
    this.#detector = detector;
    this.#finalsOnly = options.finalsOnly === true;
    this.#watch = new LanguageWatch({
      ask: (signal) => engine.languages(signal),
      onChange,
      ...(onProblem === undefined ? {} : { onProblem }),
      ...(times === undefined ? {} : { times }),
    });
    const limits = { ...OUTSIDE_LIMITS, ...options.limits };
    this.totalMs = { final: limits.totalMs, partial: limits.partialTimeoutMs };
    this.#calls = new OutsideCalls({
      name: engine.name,
      limits,
      probe: (signal) => this.#probe(signal),
      ...(onState === undefined ? {} : { onState }),
      ...(onFault === undefined ? {} : { onFault }),
    });
  }

  start(): Promise<void> {
    return this.#watch.start();
  }

  get name(): string {
    return this.#engine.name;
  }

  get quality(): Translator['quality'] {
    return this.#engine.quality;
  }

  get status(): OutsideStatus {
    return this.#calls.status;
  }

  route(from: string, to: string): TranslationRoute | null {
    if (this.#watch.table.find(from, to) === null) return null;
    return this.#finalsOnly ? { via: [], finalsOnly: true } : { via: [] };
  }

  targets(from: string): readonly string[] {
    return this.#watch.table.targets(from);
  }

  placeholderStyles(from: string, to: string): readonly PlaceholderStyle[] {
    return this.#engine.placeholderStyles?.(from, to) ?? DEFAULT_STYLES;
  }

  async translate(request: TranslationRequest): Promise<Translation> {
    const { from, to, kind, signal } = request;
    if (this.#closing !== null) throw closedError();
    if (this.#watch.table.find(from, to) === null) {
      throw new AppError(
        'language_unsupported',
        `Expected a pair of languages that ${this.name} has, got ${from} to ${to}.`,
      );
    }
    signal?.throwIfAborted();
    const text = request.text.trim();
    if (text.length > MAX_REMOTE_TEXT_CHARS) {
      throw new AppError(
        'translator_failed',
        `Expected a text of at most ${MAX_REMOTE_TEXT_CHARS} characters, got ${text.length}.`,
      );
    }
    const lines = splitLines(text).map(cleanText);
    const worded = lines.filter(hasLetters);
    const answers =
      worded.length === 0
        ? []
        : await this.#ask(worded, request).catch((error: unknown) => {
            throw asAppError(error, kind);
          });
    const rest = answers.values();
    const translated = lines.map((line) =>
      hasLetters(line) ? (rest.next().value ?? line) : line.trim(),
    );
    return { text: translated.join('\n'), engine: this.name, quality: this.quality };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#watch.close(), this.#calls.close(closedError(), 'drop')]);
    await this.#engine.close();
  }

  #ask(lines: readonly string[], request: TranslationRequest): Promise<readonly string[]> {
    const { from, to, kind } = request;
    return this.#calls.run(
      kind,
      async (signal) => {
        const pair = this.#watch.table.find(from, to);
        if (pair === null) throw this.#unusable('the pair that it had');
        const answers = await this.#engine.translate(lines, { pair, from, to, kind, signal });
        if (answers.length !== lines.length) throw this.#unusable('a translation of each line');
        return lines.map((line, at) => {
          const verdict = checkAnswer(line, answers[at] ?? '', { from, to }, this.#detector);
          if (verdict.kind === 'usable') return verdict.text;
          throw this.#unusable(`a translation, got one that is ${verdict.problem}`);
        });
      },
      request.signal,
    );
  }

  /** Whether it answers at all; what it answers is not looked at. */
  async #probe(signal: AbortSignal): Promise<void> {
    const { table } = this.#watch;
    const pair = table.find('en', table.targets('en')[0] ?? '') ?? table.first;
    if (pair === null) return;
    const { from, to } = pair;
    await this.#engine.translate([PROBE_TEXT], { pair, from, to, kind: 'final', signal });
  }

  #unusable(expected: string): OutsideError {
    return new OutsideError('unusable', `${this.name}: expected ${expected}.`);
  }
}

/**
 * In words of the port. A partial that fails is left out and not given to another engine, unless this
 * one is known to be away: text that turns from one engine's words into another's is worse than none.
 */
function asAppError(error: unknown, kind: CallKind): unknown {
  if (!(error instanceof OutsideError)) return error;
  const busy = kind === 'partial' ? error.fault !== 'resting' : error.fault === 'crowded';
  return busy
    ? new AppError('server_busy', error.message, { cause: error, retryAfterMs: BUSY_RETRY_MS })
    : new AppError('translator_failed', error.message, { cause: error });
}

function closedError(): AppError {
  return new AppError('shutting_down', 'The translator is closed.');
}
