import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { mapConcurrently } from '../server/src/async/map-concurrently.ts';
import type { Translator } from '../server/src/translation/translator.ts';
import { AppError } from '../shared/errors.ts';
import { corpusBleu } from './scoring/bleu.ts';
import { corpusChrf } from './scoring/chrf.ts';
import { countNumbersKept } from './scoring/numbers-kept.ts';

/** FLORES-101 `dev`, beside the project: to measure with, never to tune on, never to copy. */
export const TRANSLATION_CORPUS_DIR = resolve('..', 'shared', 'translation');

export interface TranslationPair {
  readonly from: string;
  readonly to: string;
}

export type TranslationMeasurement = TranslationPair &
  (
    | { readonly skipped: string }
    | {
        readonly skipped?: never;
        readonly engine: string;
        readonly via: readonly string[];
        readonly sentences: number;
        readonly bleu: number;
        readonly chrf: number;
        /** Share of the numbers that are written in digits and come through, or null for none. */
        readonly numbersKept: number | null;
        /** The first sentence, which starts the engine. */
        readonly startMs: number;
        /** One sentence after the other. */
        readonly msPerSentence: number;
        readonly p95Ms: number;
        /** Several under way at once. */
        readonly sentencesPerSecond: number;
      }
  );

export interface TranslationMeasurementOptions {
  /** Folder with `flores-dev.<language>` files, parallel line by line. */
  readonly corpusDir?: string;
  readonly signal?: AbortSignal;
}

/** Sentences under way at once when throughput is measured. */
const CONCURRENCY = 16;
/** Sentences sent one by one for the latency; the rest of the corpus measures throughput. */
const LATENCY_SENTENCES = 50;

/**
 * Translates the first `limit` lines of the corpus and scores them against its references. A pair
 * without corpus or route is skipped with the reason; a sentence that fails counts as empty.
 */
export async function measureTranslation(
  translator: Translator,
  pairs: readonly TranslationPair[],
  limit: number,
  options: TranslationMeasurementOptions = {},
): Promise<TranslationMeasurement[]> {
  const measurements: TranslationMeasurement[] = [];
  for (const pair of pairs) {
    measurements.push({ ...pair, ...(await measurePair(translator, pair, limit, options)) });
  }
  return measurements;
}

async function measurePair(
  translator: Translator,
  { from, to }: TranslationPair,
  limit: number,
  { corpusDir = TRANSLATION_CORPUS_DIR, signal }: TranslationMeasurementOptions,
) {
  const route = translator.route(from, to);
  if (route === null) return { skipped: `${translator.name} has no route from ${from} to ${to}` };
  const sources = await readCorpus(corpusDir, from, limit);
  const references = await readCorpus(corpusDir, to, limit);
  if (sources === null || references === null) {
    return { skipped: `no test set for ${from} to ${to} in ${corpusDir}` };
  }
  if (sources.length !== references.length) {
    throw new RangeError(
      `Expected parallel files, got ${sources.length} lines of ${from} and ${references.length} of ${to}`,
    );
  }
  let engine = translator.name;
  const translate = async (text: string) => {
    signal?.throwIfAborted();
    try {
      const request = { text, from, to, kind: 'final' as const };
      const translation = await translator.translate(signal ? { ...request, signal } : request);
      engine = translation.engine;
      return translation.text;
    } catch (error) {
      if (error instanceof AppError && error.code === 'translator_failed') return '';
      throw error;
    }
  };
  const startMs = await timed(() => translate(sources[0] ?? ''));
  const hypotheses: string[] = [];
  const latencies: number[] = [];
  for (const source of sources.slice(0, LATENCY_SENTENCES)) {
    latencies.push(await timed(async () => hypotheses.push(await translate(source))));
  }
  const rest = sources.slice(LATENCY_SENTENCES);
  const restMs = await timed(async () => {
    hypotheses.push(...(await mapConcurrently(rest, CONCURRENCY, translate)));
  });
  latencies.sort((a, b) => a - b);
  const latencyMs = latencies.reduce((sum, ms) => sum + ms, 0);
  return {
    engine,
    via: route.via,
    sentences: sources.length,
    bleu: corpusBleu(hypotheses, references),
    chrf: corpusChrf(hypotheses, references),
    numbersKept: shareKept(sources, hypotheses),
    startMs,
    msPerSentence: latencyMs / latencies.length,
    p95Ms: latencies[Math.ceil(latencies.length * 0.95) - 1] ?? 0,
    sentencesPerSecond:
      rest.length > 0 ? (1000 * rest.length) / restMs : (1000 * latencies.length) / latencyMs,
  };
}

function shareKept(sources: readonly string[], hypotheses: readonly string[]): number | null {
  const { numbers, kept } = countNumbersKept(sources, hypotheses);
  return numbers === 0 ? null : kept / numbers;
}

async function readCorpus(
  folder: string,
  language: string,
  limit: number,
): Promise<string[] | null> {
  try {
    const text = await readFile(join(folder, `flores-dev.${language}`), 'utf8');
    return text.trimEnd().split('\n').slice(0, limit);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
