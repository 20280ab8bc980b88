import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { type Benchmark, UsageError } from './benchmark.ts';
import { runTranslationPass } from './quality/translation-pass.ts';
import { translationTable } from './quality/translation-table.ts';
import { cell } from './scoring/table.ts';
import { measureApertium, measureMadeModel } from './translation/measure-engines.ts';
import type { SpeedMeasurement } from './translation/measure-speed.ts';
import { readSentences } from './translation/sentences.ts';

const DEFAULT_SENTENCES = 60;
const WORKERS = [1, 2];

interface TranslationOptions {
  readonly sentences: number;
  readonly quality: boolean;
}

/** What translation costs, with a made model of the real size, and how good it is where it can be told. */
export const translationBenchmark: Benchmark = {
  name: 'translation',
  summary: 'Speed, memory and quality of the translators.',
  usage: [
    `--limit N    sentences, for speed and for quality; ${DEFAULT_SENTENCES} without it`,
    '--no-quality  speed and memory only',
  ],
  async run(args, context) {
    const { sentences: limit, quality } = parse(args);
    // Every text under way listens to it.
    setMaxListeners(0, context.signal);
    const { sentences, notice } = await readSentences(limit);
    const speeds: SpeedMeasurement[] = [];
    for (const workers of WORKERS) {
      context.progress(`Made model of the real size, ${workers} worker(s)`);
      speeds.push(await measureMadeModel(sentences, workers, context.signal));
    }
    context.progress('Apertium');
    const apertium = await measureApertium(sentences, context.signal);
    if (apertium !== null) speeds.push(apertium);
    const pass = quality ? await runTranslationPass(limit, context) : null;
    return {
      data: { sentences: sentences.length, speeds, quality: pass },
      tables: [
        {
          title: `Speed, ${sentences.length} English sentences into Spanish`,
          columns: [
            'engine',
            'first text ms',
            'p50 ms',
            'p95 ms',
            'sentences/s',
            'CPU ms a sentence',
            'a word',
            'MB',
            'MB a model',
          ],
          rows: speeds.map((speed) => [
            speed.engine,
            cell(speed.firstMs),
            cell(speed.p50Ms),
            cell(speed.p95Ms),
            cell(speed.sentencesPerSecond, 1),
            cell(speed.cpuMsPerSentence, 1),
            cell(speed.cpuMsPerWord, 2),
            cell(speed.memoryMb),
            cell(speed.modelMb),
          ]),
          notes: [
            'p50 and p95: one sentence after the other; sentences/s: 16 under way at once.',
            'The made model costs what a real one costs; what it writes means nothing.',
            ...(apertium === null ? ['Apertium is not installed.'] : []),
            ...(notice === null ? [] : [notice]),
          ],
        },
        ...(pass === null ? [] : [translationTable(pass)]),
      ],
    };
  },
};

function parse(args: readonly string[]): TranslationOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        limit: { type: 'string' },
        'no-quality': { type: 'boolean' },
      },
    });
    const sentences = Number(values.limit ?? DEFAULT_SENTENCES);
    if (!Number.isInteger(sentences) || sentences < 1) {
      throw new UsageError(`Expected --limit with a number above 0, got "${values.limit}".`);
    }
    return { sentences, quality: values['no-quality'] !== true };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
