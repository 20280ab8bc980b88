import { performance } from 'node:perf_hooks';
import { mapConcurrently } from '../../server/src/async/map-concurrently.ts';
import type { Translator } from '../../server/src/translation/translator.ts';
import { spread } from '../scoring/percentiles.ts';

export interface SpeedMeasurement {
  readonly engine: string;
  readonly workers: number;
  /** The first sentence, which starts a worker and loads the model. */
  readonly firstMs: number;
  /** One sentence after the other. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Several under way at once. */
  readonly sentencesPerSecond: number;
  /** Of this process and its threads; null where the work is done in processes of their own. */
  readonly cpuMsPerSentence: number | null;
  readonly cpuMsPerWord: number | null;
  /** Memory for models: of all workers, and what one model adds to one of them. */
  readonly memoryMb: number | null;
  readonly modelMb: number | null;
}

/** Sentences under way at once when throughput is measured. */
const CONCURRENCY = 16;

export type Speed = Omit<
  SpeedMeasurement,
  'engine' | 'workers' | 'memoryMb' | 'modelMb' | 'cpuMsPerSentence' | 'cpuMsPerWord'
> & { readonly cpuMsPerSentence: number; readonly cpuMsPerWord: number };

/** Each sentence twice: alone, then with others. */
export async function measureSpeed(
  translator: Translator,
  sentences: readonly string[],
  signal: AbortSignal,
): Promise<Speed> {
  const translate = async (text: string): Promise<string> => {
    const request = { text, from: 'en', to: 'es', kind: 'final' as const, signal };
    return (await translator.translate(request)).text;
  };
  const firstMs = await timed(() => translate(sentences[0] ?? ''));
  // Wakes every worker, so that none loads its model in what follows.
  await mapConcurrently(sentences, CONCURRENCY, translate);

  const aloneMs: number[] = [];
  for (const text of sentences) aloneMs.push(await timed(() => translate(text)));

  const before = process.cpuUsage();
  let words = 0;
  const togetherMs = await timed(async () => {
    const texts = await mapConcurrently(sentences, CONCURRENCY, translate);
    for (const text of texts) words += text.split(/\s+/u).length;
  });
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  const { p50, p95 } = spread(aloneMs);
  return {
    firstMs,
    p50Ms: p50,
    p95Ms: p95,
    sentencesPerSecond: (1000 * sentences.length) / togetherMs,
    cpuMsPerSentence: cpuMs / sentences.length,
    cpuMsPerWord: cpuMs / words,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
