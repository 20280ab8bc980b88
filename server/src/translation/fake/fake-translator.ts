import type { TranslationQuality } from '../../../../shared/captions.ts';
import { AppError } from '../../../../shared/errors.ts';
import type {
  Translation,
  TranslationRequest,
  TranslationRoute,
  Translator,
} from '../translator.ts';

export interface FakeTranslatorOptions {
  readonly name?: string;
  readonly quality?: TranslationQuality;
  /** Languages passed through, by pair: `{ 'en-es': [], 'en-fr': ['es'] }`. */
  readonly routes?: Readonly<Record<string, readonly string[]>>;
  /** Awaited before each answer: the test decides when it comes. */
  readonly latency?: (request: TranslationRequest) => Promise<void>;
  /** What a request is rejected with; undefined where it succeeds. */
  readonly failure?: (request: TranslationRequest) => unknown;
}

const ROUTES: Readonly<Record<string, readonly string[]>> = {
  'en-es': [],
  'en-ca': [],
  'es-en': [],
  'en-fr': ['ca'],
};

/** A translator that answers "[es] text", when and how a test wants it to. */
export class FakeTranslator implements Translator {
  readonly name: string;
  readonly quality: TranslationQuality;
  /** Everything that was asked for, in order, refused or not. */
  readonly requests: TranslationRequest[] = [];
  readonly #options: FakeTranslatorOptions;
  readonly #routes: Readonly<Record<string, readonly string[]>>;
  readonly #closing = new AbortController();

  constructor(options: FakeTranslatorOptions = {}) {
    this.name = options.name ?? 'fake';
    this.quality = options.quality ?? 'basic';
    this.#options = options;
    this.#routes = options.routes ?? ROUTES;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  route(from: string, to: string): TranslationRoute | null {
    const via = this.#routes[`${from}-${to}`];
    return via === undefined ? null : { via };
  }

  targets(from: string): readonly string[] {
    return Object.keys(this.#routes)
      .filter((pair) => pair.startsWith(`${from}-`))
      .map((pair) => pair.slice(from.length + 1));
  }

  async translate(request: TranslationRequest): Promise<Translation> {
    this.requests.push(request);
    const { text, from, to, signal } = request;
    if (this.route(from, to) === null) {
      throw new AppError(
        'language_unsupported',
        `Expected one of the pairs ${Object.keys(this.#routes).join(', ')}, got ${from} to ${to}.`,
      );
    }
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    await this.#wait(request);
    signal?.throwIfAborted();
    const failure = this.#options.failure?.(request);
    if (failure !== undefined) throw failure;
    const trimmed = text.trim();
    return {
      text: trimmed === '' ? '' : `[${to}] ${trimmed}`,
      engine: this.name,
      quality: this.quality,
    };
  }

  close(): Promise<void> {
    this.#closing.abort(new AppError('shutting_down', 'The translator is closed.'));
    return Promise.resolve();
  }

  /** Ends with the test's latency, or at once when the request or the translator is ended. */
  async #wait(request: TranslationRequest): Promise<void> {
    const latency = this.#options.latency?.(request);
    const ended = new AbortController();
    const stopped = [this.#closing.signal, request.signal].filter((each) => each !== undefined);
    try {
      await Promise.race([
        latency,
        new Promise<never>((_, reject) => {
          for (const signal of stopped) {
            signal.addEventListener('abort', () => reject(signal.reason), {
              signal: ended.signal,
            });
          }
        }),
      ]);
    } finally {
      ended.abort();
    }
  }
}
