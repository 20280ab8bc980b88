import { type Benchmark, UsageError } from './benchmark.ts';
import { cell, type Table } from './scoring/table.ts';
import { readSentences } from './translation/sentences.ts';
import type { Lag } from './translation-load/load-figures.ts';
import { type LoadRun, type MeasuredWindow, measureLoad } from './translation-load/measure-load.ts';
import { DEFAULTS, parseLoadOptions } from './translation-load/options.ts';

/** What people say in four seconds has about so many words. */
const MIN_WORDS = 9;
const MAX_WORDS = 17;
const SENTENCES = 60;
/** Enough of the corpus to find so many. */
const READ_SENTENCES = 400;
/** A final's translation is to be there as soon. */
const TARGET_MS = 500;

/** Many live sessions and their readers in several languages, through a whole server. */
export const translationLoadBenchmark: Benchmark = {
  name: 'translation-load',
  summary: 'How soon translations come when many speak, and whether the transcript waits for them.',
  usage: [
    `--sessions N  live sessions, half of them speaking, three languages each; ${DEFAULTS.sessions} without it`,
    `--seconds S   length of each of the two measured windows; ${DEFAULTS.seconds} without it`,
    `--workers A,B threads of the translator, one run each; ${DEFAULTS.workers.join(',')} without it`,
  ],
  async run(args, context) {
    const { sessions, seconds, workers } = parseLoadOptions(args);
    const { sentences, notice } = await readSpoken();
    const runs: LoadRun[] = [];
    for (const count of workers) {
      context.progress(`${count} translation worker(s)`);
      runs.push(await measureLoad({ sessions, seconds, workers: count, sentences }, context));
    }
    return {
      data: { sessions, seconds, runs },
      tables: runs.flatMap((run) => [lagTable(run, notice), costTable(run)]),
    };
  },
};

async function readSpoken() {
  const { sentences: all, notice } = await readSentences(READ_SENTENCES);
  const sentences = [...new Set(all)]
    .filter((sentence) => {
      const words = sentence.split(' ').length;
      return words >= MIN_WORDS && words <= MAX_WORDS;
    })
    .slice(0, SENTENCES);
  if (sentences.length === 0) throw new UsageError('Expected sentences to say, got none.');
  return { sentences, notice };
}

function lagTable(run: LoadRun, notice: string | null): Table {
  const { untranslated, translated } = run;
  const p95 = translated.translationLagMs.p95;
  const row = (title: string, lag: Lag, came: number, of: number | null) => [
    title,
    cell(came),
    cell(of),
    ...[lag.p50, lag.p95, lag.p99, lag.max].map((value) => cell(value)),
  ];
  const faults = Object.entries(run.faults).map(([code, count]) => `${count} ${code}`);
  return {
    title: `${run.sessions} live sessions × ${run.languages.length} languages, ${workersOf(run)}, ${run.seconds} s each`,
    columns: ['', 'came', 'of', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'],
    rows: [
      transcriptRow(row, 'transcript, nobody reads translations', untranslated),
      transcriptRow(row, 'transcript, everybody does', translated),
      row(
        'translated finals',
        translated.translationLagMs,
        translated.translations,
        translated.expectedTranslations,
      ),
      row(
        'translated partials',
        translated.partialLagMs,
        translated.partialsTranslated,
        translated.partials,
      ),
      row(
        'finals, in the translator',
        translated.engineFinalMs,
        translated.engineFinalMs.count,
        null,
      ),
    ],
    notes: [
      `Translated finals: p95 ${cell(p95)} ms; ${p95 !== null && p95 <= TARGET_MS ? 'within' : 'NOT within'} ${TARGET_MS} ms.`,
      'Transcript: from the last sample of speech (the pause that ends a segment is in it) to its arrival.',
      'Translations: from the arrival of what they translate to their own, at the same viewer.',
      `Wrong ${untranslated.wrong + translated.wrong}, repeated ${translated.repeated}, told errors ${faults.join(', ') || 0}; ` +
        `refused by the translator ${refusedOf(translated)}; by engine ${JSON.stringify(translated.engines)}.`,
      run.backlogMs === null
        ? 'What had been said before was still being translated.'
        : `What had been said before was translated within ${cell(run.backlogMs / 1000, 1)} s.`,
      ...(notice === null ? [] : [notice]),
    ],
  };
}

type Row = (title: string, lag: Lag, came: number, of: number | null) => string[];

function transcriptRow(row: Row, title: string, window: MeasuredWindow): string[] {
  return row(title, window.transcriptLagMs, window.finals, window.expectedFinals);
}

function costTable(run: LoadRun): Table {
  const windows: [string, MeasuredWindow][] = [
    ['nobody reads translations', run.untranslated],
    ['everybody does', run.translated],
  ];
  return {
    title: 'Cores in use, and what a word costs',
    columns: [
      '',
      'server',
      'of it translator',
      'FFmpeg, Redis',
      'measuring',
      'other programs',
      'CPU ms a token',
      'a word',
      'loop p99 ms',
      'sent late p99 ms',
      'server MB',
      'models MB',
    ],
    rows: windows.map(([title, window]) => [
      title,
      cell(window.cpu?.serverCores ?? null, 2),
      cell(window.translatorCores, 2),
      cell(window.cpu?.serverChildrenCores ?? null, 2),
      cell(window.cpu?.generatorCores ?? null, 2),
      cell(window.cpu?.otherCores ?? null, 2),
      cell(window.outputTokens === 0 ? null : window.cpuMsPerToken, 2),
      cell(window.outputTokens === 0 ? null : window.cpuMsPerWord, 2),
      cell(window.loopDelayMs.p99),
      cell(window.sentLateMs.p99),
      cell(window.serverRssMb),
      cell(window.translatorMb),
    ]),
  };
}

function workersOf({ workers, translatorThreads }: LoadRun): string {
  const running =
    translatorThreads === null || translatorThreads === workers
      ? ''
      : ` (${translatorThreads} ran)`;
  return `${workers} worker${workers === 1 ? '' : 's'}${running}`;
}

function refusedOf({ refused }: MeasuredWindow): string {
  const all = Object.entries(refused).map(([name, count]) => `${count} ${name}`);
  return all.join(', ') || '0';
}
