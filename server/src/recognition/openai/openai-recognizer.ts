import { AppError } from '../../../../shared/errors.ts';
import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import type { ProxySettings } from '../../config/proxy-settings.ts';
import { HttpService } from '../../outside/http-service.ts';
import { OUTSIDE_LIMITS, type OutsideLimits } from '../../outside/limits.ts';
import {
  OutsideCalls,
  type OutsideStatus,
  type ServiceState,
} from '../../outside/outside-calls.ts';
import { OutsideError, type OutsideFault } from '../../outside/outside-error.ts';
import type { Hypothesis, RecognitionRequest, Recognizer } from '../recognizer.ts';
import { readTranscription, transcriptionSchema } from './read-transcription.ts';
import { multipartUpload, writeWav } from './wav-upload.ts';

export interface OpenaiRecognizerOptions {
  /** With the version: `https://host/v1`. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly model: string;
  /** Spoken languages, ISO 639-1: no service tells which it knows. */
  readonly languages: readonly string[];
  /** Whether open segments are read too: each reading is paid for. */
  readonly partials: boolean;
  /** `verbose_json` has times of words and likelihoods; not every model has it. */
  readonly format: 'json' | 'verbose_json';
  readonly limits?: Partial<OutsideLimits>;
  readonly proxies?: ProxySettings;
  readonly onState?: (state: ServiceState, fault: OutsideFault | null) => void;
  /** Told of each try that the service failed or refused. */
  readonly onFault?: (error: OutsideError) => void;
}

export interface OpenaiRecognizer extends Recognizer {
  readonly status: OutsideStatus;
}

const NAME = 'openai';
/** What Whisper reads at once. */
export const MAX_UPLOAD_MS = 30_000;
/** Services refuse less than a tenth of a second, in which nobody says a word. */
const MIN_UPLOAD_MS = 100;
/** Long audio takes a service some seconds. */
const TRANSCRIPTION_LIMITS: Partial<OutsideLimits> = { timeoutMs: 10_000, totalMs: 15_000 };
/** For each request under way: a final comes after four seconds of speech or so, and takes about one. */
const SPEAKERS_PER_REQUEST = 4;
const BUSY_RETRY_MS = 2_000;
const PROBE_MS = 500;
/** Without segments there are no likelihoods. */
const GRANULARITIES = [
  ['timestamp_granularities[]', 'word'],
  ['timestamp_granularities[]', 'segment'],
] as const;

/**
 * A transcription service behind an OpenAI-compatible server (POST /audio/transcriptions): a WAV of each
 * utterance goes there. Nothing is asked at the start.
 */
export function createOpenaiRecognizer(options: OpenaiRecognizerOptions): OpenaiRecognizer {
  const { languages, partials, format, onState, onFault } = options;
  const limits = { ...OUTSIDE_LIMITS, ...TRANSCRIPTION_LIMITS, ...options.limits };
  const service = connect(options, limits);
  const calls = new OutsideCalls({
    name: NAME,
    limits,
    probe: (signal) => probe(service, options, signal),
    ...(onState === undefined ? {} : { onState }),
    ...(onFault === undefined ? {} : { onFault }),
  });
  const wordTimes = format === 'verbose_json';
  let closing: Promise<void> | null = null;

  return {
    name: NAME,
    capabilities: {
      languages,
      maxUtteranceMs: MAX_UPLOAD_MS,
      concurrency: limits.concurrency,
      speakers: SPEAKERS_PER_REQUEST * limits.concurrency,
      drafts: false,
      wordTimes,
      extraReadings: partials ? 'all' : 'none',
    },
    get status() {
      return calls.status;
    },
    get away() {
      return calls.status.state !== 'up';
    },
    async recognize({ samples, language, signal, ...wanted }: RecognitionRequest) {
      if (closing !== null) throw closedError();
      const durationMs = checkUtterance(samples, language, languages);
      signal?.throwIfAborted();
      const timed = wordTimes && wanted.wordTimes === true;
      if (durationMs < MIN_UPLOAD_MS) return nothingHeard(timed);
      try {
        const answer = await calls.run(
          'final',
          (trying) => transcribe(service, options, { samples, language }, trying),
          signal,
        );
        return readTranscription(answer, durationMs, timed);
      } catch (error) {
        throw asAppError(error);
      }
    },
    close() {
      closing ??= calls.close(closedError(), 'finish').then(() => service.close());
      return closing;
    },
  };
}

/** Whether a service answers as it should; rejects with an `OutsideError` or the signal's reason. */
export async function probeTranscription(
  options: OpenaiRecognizerOptions,
  signal: AbortSignal,
): Promise<void> {
  const service = connect(options, { ...OUTSIDE_LIMITS, ...options.limits });
  try {
    await probe(service, options, signal);
  } finally {
    await service.close();
  }
}

function connect(options: OpenaiRecognizerOptions, limits: OutsideLimits): HttpService {
  const { url, apiKey, proxies } = options;
  return new HttpService({
    name: NAME,
    baseUrl: url,
    connections: limits.concurrency,
    maxAnswerBytes: limits.maxAnswerBytes,
    ...(apiKey === undefined ? {} : { headers: { authorization: `Bearer ${apiKey}` } }),
    ...(proxies === undefined ? {} : { proxies }),
  });
}

/** Half a second of silence. */
function probe(service: HttpService, options: OpenaiRecognizerOptions, signal: AbortSignal) {
  const samples = new Float32Array((PROBE_MS * SAMPLE_RATE) / 1000);
  return transcribe(service, options, { samples, language: options.languages[0] ?? 'en' }, signal);
}

function transcribe(
  service: HttpService,
  { model, format }: OpenaiRecognizerOptions,
  { samples, language }: Pick<RecognitionRequest, 'samples' | 'language'>,
  signal: AbortSignal,
) {
  const multipart = multipartUpload(
    [
      ['model', model],
      ['language', language],
      ['response_format', format],
      ['temperature', '0'],
      ...(format === 'verbose_json' ? GRANULARITIES : []),
    ],
    { name: 'speech.wav', type: 'audio/wav', content: writeWav(samples) },
  );
  return service.post('/audio/transcriptions', { multipart }, transcriptionSchema, signal);
}

function checkUtterance(
  samples: Float32Array,
  language: string,
  languages: readonly string[],
): number {
  if (!languages.includes(language)) {
    throw new AppError(
      'language_unsupported',
      `${NAME}: expected speech in ${languages.join(', ')}, got "${language}".`,
    );
  }
  const durationMs = (samples.length * 1000) / SAMPLE_RATE;
  if (durationMs > MAX_UPLOAD_MS) {
    throw new AppError(
      'invalid_message',
      `${NAME}: expected at most ${MAX_UPLOAD_MS} ms of speech, got ${Math.ceil(durationMs)}.`,
    );
  }
  return durationMs;
}

function nothingHeard(timed: boolean): Hypothesis {
  return { text: '', tokens: [], meanLogProbability: null, ...(timed ? { words: [] } : {}) };
}

function asAppError(error: unknown): unknown {
  if (!(error instanceof OutsideError)) return error;
  return error.fault === 'crowded'
    ? new AppError('server_busy', error.message, { cause: error, retryAfterMs: BUSY_RETRY_MS })
    : new AppError('recognizer_failed', error.message, { cause: error });
}

function closedError(): AppError {
  return new AppError('shutting_down', `${NAME} is closed.`);
}
