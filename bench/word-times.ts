import { parseArgs } from 'node:util';
import type { HeadWeights } from '../server/src/recognition/moonshine/word-times/score-tokens.ts';
import { timeWords } from '../server/src/recognition/moonshine/word-times/time-words.ts';
import { type Benchmark, UsageError } from './benchmark.ts';
import { readCorpus, sampleClips } from './corpus.ts';
import { cell, type Table } from './scoring/table.ts';
import { deviations, type Exactness, summarize } from './word-times/exactness.ts';
import { fitWeights } from './word-times/fit-weights.ts';
import { measureCost } from './word-times/measure-cost.ts';
import { measureJoins } from './word-times/measure-joins.ts';
import { type Engine, loadEngine, type ReadClip, readClips } from './word-times/read-clips.ts';
import { readReferenceTimes, voiceOf } from './word-times/reference-times.ts';

/** Parts of the voices that are left out of a fit in turn. */
const FOLDS = 6;
/** Clips that are read again and again to tell what word times cost. */
const MAX_COST_CLIPS = 16;

/** How exact word times are, and what they cost. */
export const wordTimesBenchmark: Benchmark = {
  name: 'word-times',
  summary: 'Start and end of words in finals against forced alignment, and what they cost.',
  usage: [
    '--limit N  English clips; all that have reference times without it',
    '--fit      fit the weights anew, and measure voices that were left out of the fit',
  ],
  async run(args, { progress, signal }) {
    const { limit, fit } = parse(args);
    const { clips, notice } = readCorpus();
    if (notice !== null) progress(notice);
    const english = clips.filter(({ set }) => set === 'en');
    const references = readReferenceTimes(english);
    const timed = english.filter(({ id }) => references.has(id));
    const engine = await loadEngine();
    try {
      progress(`Reading ${limit ?? timed.length} clips`);
      const read = await readClips(engine, sampleClips(timed, limit), references, signal);
      const said = read.reduce((sum, { reference }) => sum + reference.length, 0);
      const shipped = summarize(read.flatMap((clip) => deviationsOf(engine, clip)));
      progress('Joining clips');
      const joins = await measureJoins(engine, read, signal);
      progress('Cost');
      const cost = await measureCost(engine, everyNth(read, MAX_COST_CLIPS), signal);
      const fitted = fit ? measureFit(engine, read, progress) : null;
      return {
        data: { clips: read.length, said, shipped, fitted, joins, cost },
        tables: [
          exactnessTable(read.length, said, [
            ['as shipped', shipped],
            ...(fitted === null ? [] : [['voices left out', fitted.leftOut] as const]),
          ]),
          {
            title: `${joins.joins} pairs of clips with a pause between them`,
            columns: ['words', 'on the wrong side', 'reaching into the pause'],
            rows: [[`${joins.words}`, `${joins.wrongSide}`, `${joins.inPause}`]],
          },
          {
            title: `CPU of a final, ${cost.utterances} of ${cost.meanSeconds.toFixed(1)} s each`,
            columns: ['without, ms', 'with, ms', 'of it alignment', 'added'],
            rows: [
              [
                cost.plainMs.toFixed(1),
                cost.timedMs.toFixed(1),
                cost.alignMs.toFixed(1),
                `${(cost.addedShare * 100).toFixed(1)} %`,
              ],
            ],
          },
        ],
      };
    } finally {
      await engine.model.release();
    }
  },
};

function deviationsOf({ tokenizer }: Engine, clip: ReadClip, weights?: HeadWeights) {
  const { samples, tokens, attention, reference } = clip;
  return deviations(timeWords(tokenizer, samples, tokens, attention, weights), reference);
}

/** Each voice is measured with weights that were fitted without it. */
function measureFit(engine: Engine, read: readonly ReadClip[], progress: (line: string) => void) {
  const voices = [...new Set(read.map(({ id }) => voiceOf(id)))].sort();
  const leftOut = Array.from({ length: Math.min(FOLDS, voices.length) }, (_, fold) => {
    progress(`Fit without part ${fold + 1} of ${FOLDS} of the voices`);
    const tested = ({ id }: ReadClip) => voices.indexOf(voiceOf(id)) % FOLDS === fold;
    const weights = fitWeights(
      engine.tokenizer,
      read.filter((clip) => !tested(clip)),
    );
    return read.filter(tested).flatMap((clip) => deviationsOf(engine, clip, weights));
  }).flat();
  return { leftOut: summarize(leftOut), weights: fitWeights(engine.tokenizer, read) };
}

/** At most `count` of them, spread evenly. */
function everyNth<Item>(items: readonly Item[], count: number): Item[] {
  const step = Math.max(1, Math.ceil(items.length / count));
  return items.filter((_, index) => index % step === 0);
}

function exactnessTable(
  clips: number,
  said: number,
  measured: readonly (readonly [string, ReturnType<typeof summarize>])[],
): Table {
  const share = (value: number) => `${(value * 100).toFixed(1)} %`;
  const row = (name: string, what: string, exactness: Exactness) => [
    `${name}, ${what}`,
    cell(exactness.medianMs),
    cell(exactness.p90Ms),
    share(exactness.within100Ms),
    share(exactness.within200Ms),
    cell(exactness.biasMs),
  ];
  return {
    title: `Word times of ${clips} clips against forced alignment`,
    columns: ['', 'median, ms', 'p90, ms', 'within 100 ms', 'within 200 ms', 'bias, ms'],
    rows: measured.flatMap(([name, { start, end }]) => [
      row(name, 'starts', start),
      row(name, 'ends', end),
    ]),
    notes: [`${measured[0]?.[1].words ?? 0} of ${said} words that are said were heard right.`],
  };
}

function parse(args: readonly string[]): { limit: number | null; fit: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { limit: { type: 'string' }, fit: { type: 'boolean' } },
    });
    const limit = values.limit === undefined ? null : Number(values.limit);
    if (limit === null || (Number.isInteger(limit) && limit > 0)) {
      return { limit, fit: values.fit ?? false };
    }
    throw new UsageError(`Expected --limit with a number above 0, got "${values.limit}".`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
