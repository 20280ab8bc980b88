import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Benchmark, UsageError } from './benchmark.ts';
import { runTranslationPass } from './quality/translation-pass.ts';
import { translationTable } from './quality/translation-table.ts';
import { cell, type Table } from './scoring/table.ts';
import { measureApertium, measureMadeModel } from './translation/measure-engines.ts';
import { type LoadMeasurement, measureLoad } from './translation/measure-load.ts';
import type { SpeedMeasurement } from './translation/measure-speed.ts';
import { readSentences } from './translation/sentences.ts';

const DEFAULT_SENTENCES = 60;
const WORKERS = [1, 2];
const DEFAULT_SESSIONS = 50;
const LOAD_SECONDS = 20;

interface TranslationOptions {
  readonly sentences: number;
  /** Live sessions, or 0 for none. */
  readonly sessions: number;
  readonly quality: boolean;
}

/** What translation costs, with a made model of the real size, and how good it is where it can be told. */
export const translationBenchmark: Benchmark = {
  name: 'translation',
  summary: 'Speed, memory and quality of the translators.',
  usage: [
    `--limit N     sentences, for speed and for quality; ${DEFAULT_SENTENCES} without it`,
    `--sessions N  live sessions of three languages, half of them speaking; ${DEFAULT_SESSIONS} without it, 0 for none`,
    '--no-quality  speed and memory only',
  ],
  async run(args, context) {
    const { sentences: limit, sessions, quality } = parse(args);
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
    let load: LoadMeasurement | null = null;
    if (sessions > 0) {
      context.progress(`${sessions} live sessions for ${LOAD_SECONDS} s`);
      const workers = Math.max(1, Math.floor(availableParallelism() / 2));
      const pace = { sessions, workers, seconds: LOAD_SECONDS };
      load = await measureLoad(sentences, pace, context.signal);
    }
    const pass = quality ? await runTranslationPass(limit, context) : null;
    return {
      data: { sentences: sentences.length, speeds, load, quality: pass },
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
        ...(load === null ? [] : [loadTable(load)]),
        ...(pass === null ? [] : [translationTable(pass)]),
      ],
    };
  },
};

function loadTable(load: LoadMeasurement): Table {
  const { sessions, languages, workers, seconds } = load;
  return {
    title: `${sessions} live sessions × ${languages} languages, ${workers} worker(s), ${seconds} s`,
    columns: ['', 'translated', 'of', 'p50 ms', 'p95 ms'],
    rows: [
      [
        'finals',
        cell(load.finals),
        cell(load.finals + load.refusedFinals),
        cell(load.finalP50Ms),
        cell(load.finalP95Ms),
      ],
      [
        'partials',
        cell(load.partialsTranslated),
        cell(load.partialsOffered),
        '–',
        cell(load.partialP95Ms),
      ],
    ],
    notes: [`${cell(load.cores, 2)} cores, ${cell(load.cpuMsPerWord, 2)} ms of CPU a word.`],
  };
}

function parse(args: readonly string[]): TranslationOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        limit: { type: 'string' },
        sessions: { type: 'string' },
        'no-quality': { type: 'boolean' },
      },
    });
    const sentences = Number(values.limit ?? DEFAULT_SENTENCES);
    if (!Number.isInteger(sentences) || sentences < 1) {
      throw new UsageError(`Expected --limit with a number above 0, got "${values.limit}".`);
    }
    const sessions = Number(values.sessions ?? DEFAULT_SESSIONS);
    if (!Number.isInteger(sessions) || sessions < 0) {
      throw new UsageError(`Expected --sessions with a number, got "${values.sessions}".`);
    }
    return { sentences, sessions, quality: values['no-quality'] !== true };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
