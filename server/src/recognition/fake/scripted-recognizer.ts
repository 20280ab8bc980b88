import { AppError } from '../../../../shared/errors.ts';
import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import type {
  Hypothesis,
  RecognitionRequest,
  Recognizer,
  RecognizerCapabilities,
  WordTime,
} from '../recognizer.ts';

/** Says what is heard in an utterance: a text, or a whole hypothesis. */
export type Script = (request: RecognitionRequest, durationMs: number) => string | Hypothesis;

export interface ScriptedRecognizerOptions extends Partial<RecognizerCapabilities> {
  readonly script: Script;
  /** Awaited for each utterance while it holds a slot; the first has index 0. */
  readonly latency?: (index: number) => Promise<void>;
}

interface Waiter {
  grant(): void;
  refuse(error: Error): void;
}

/**
 * A recogniser for tests: hears what its script says, as fast as its latency lets it, and fails
 * when told to. Deterministic: it has no clock and no randomness of its own.
 */
export class ScriptedRecognizer implements Recognizer {
  readonly name = 'scripted';
  readonly capabilities: RecognizerCapabilities;
  /** Every request whose work began, in order. */
  readonly requests: RecognitionRequest[] = [];
  readonly #script: Script;
  readonly #latency: (index: number) => Promise<void>;
  readonly #failures: Error[] = [];
  readonly #waiting: Waiter[] = [];
  readonly #idle: (() => void)[] = [];
  #held: Promise<void> = Promise.resolve();
  #running = 0;
  #closed = false;

  constructor(options: ScriptedRecognizerOptions) {
    this.#script = options.script;
    this.#latency = options.latency ?? (async () => {});
    this.capabilities = {
      languages: options.languages ?? ['en'],
      maxUtteranceMs: options.maxUtteranceMs ?? 30_000,
      concurrency: options.concurrency ?? 2,
      drafts: options.drafts ?? true,
      wordTimes: options.wordTimes ?? true,
    };
  }

  /** Utterances that hold a slot. */
  get running(): number {
    return this.#running;
  }

  /** Utterances that wait for a slot. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The next utterance whose work begins rejects with it. */
  failNext(error: Error = new AppError('recognizer_failed', 'Failed by request.')): void {
    this.#failures.push(error);
  }

  /** From now on nothing is answered until the returned function is called. */
  hold(): () => void {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#held = Promise.all([this.#held, held]).then(() => {});
    return release;
  }

  async recognize(request: RecognitionRequest): Promise<Hypothesis> {
    const { languages, maxUtteranceMs } = this.capabilities;
    request.signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    if (!languages.includes(request.language)) {
      throw new AppError(
        'language_unsupported',
        `Expected speech in ${languages.join(', ')}, got "${request.language}".`,
      );
    }
    const durationMs = (request.samples.length * 1000) / SAMPLE_RATE;
    if (durationMs > maxUtteranceMs) {
      throw new AppError('invalid_message', `Expected at most ${maxUtteranceMs} ms of speech.`);
    }
    await this.#takeSlot(request.signal);
    try {
      const index = this.requests.push(request) - 1;
      const failure = this.#failures.shift();
      await this.#held;
      await this.#latency(index);
      if (failure !== undefined) throw failure;
      const heard = this.#script(request, durationMs);
      const hypothesis = typeof heard === 'string' ? hypothesisOf(heard) : heard;
      return request.wordTimes === true && this.capabilities.wordTimes
        ? { words: evenWords(hypothesis.text, durationMs), ...hypothesis }
        : hypothesis;
    } finally {
      this.#leaveSlot();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(closedError());
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #takeSlot(signal: AbortSignal | undefined): Promise<void> {
    if (this.#running < this.capabilities.concurrency) {
      this.#running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal?.reason);
      };
      const settle = (how: () => void) => {
        signal?.removeEventListener('abort', leave);
        how();
      };
      const waiter: Waiter = {
        grant: () => settle(resolve),
        refuse: (error) => settle(() => reject(error)),
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Hands the slot to who waits longest. */
  #leaveSlot(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next.grant();
      return;
    }
    this.#running -= 1;
    if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** A hypothesis for a text: a made-up token for each word, the same one for the same word. */
export function hypothesisOf(text: string, meanLogProbability = -0.1): Hypothesis {
  const words = text.split(' ').filter((word) => word !== '');
  return {
    text,
    tokens: words.map(tokenOf),
    meanLogProbability: words.length === 0 ? null : meanLogProbability,
  };
}

/** The words of a text as if each took the same time. */
export function evenWords(text: string, durationMs: number): WordTime[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const timeOf = (index: number) => Math.floor((index * durationMs) / words.length);
  return words.map((word, index) => ({
    text: word,
    startMs: timeOf(index),
    endMs: timeOf(index + 1),
  }));
}

/** A script that hears the first words of a text, as many as were spoken by then. */
export function spokenAtPace(text: string, wordsPerSecond = 2.5): Script {
  const words = text.split(' ');
  return (_, durationMs) =>
    words.slice(0, Math.floor((durationMs / 1000) * wordsPerSecond)).join(' ');
}

function tokenOf(word: string): number {
  let token = 7;
  for (const character of word) token = (token * 31 + (character.codePointAt(0) ?? 0)) % 30_000;
  return token + 3;
}

function closedError(): AppError {
  return new AppError('shutting_down', 'The scripted recogniser is closed.');
}
