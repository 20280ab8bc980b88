import { parseArgs } from 'node:util';
import { readSettings } from '../server/src/config/settings.ts';
import { findModel } from '../server/src/models/catalogue.ts';
import { ModelStore } from '../server/src/models/model-store.ts';
import { guardHypothesis } from '../server/src/recognition/hypothesis-guard.ts';
import { createMoonshineRecognizer } from '../server/src/recognition/moonshine/moonshine-recognizer.ts';
import { createSileroDetector } from '../server/src/segmentation/silero/silero-detector.ts';
import { wordErrorRate } from '../server/src/testing/word-error-rate.ts';
import { type Benchmark, UsageError } from './benchmark.ts';
import { CLIP_SETS, type ClipSet, readCorpus, sampleClips } from './corpus.ts';
import { type CollectedHypothesis, collectHypotheses } from './guard/collect-hypotheses.ts';
import { CUTS, type Cut } from './guard/cut-speech.ts';
import {
  groups,
  guardTable,
  measureGuard,
  sessionTable,
  sweepTable,
} from './guard/guard-tables.ts';
import type { Table } from './scoring/table.ts';

interface Options {
  readonly sets: readonly ClipSet[];
  readonly cuts: readonly Cut[];
  readonly limit: number | null;
  readonly list: boolean;
}

/** How well the guard tells English from everything else, and what other thresholds would do. */
export const calibrateGuardBenchmark: Benchmark = {
  name: 'calibrate-guard',
  summary:
    'The guard against invented text: what it refuses of English, other languages and noise.',
  usage: [
    `--only LIST  of ${CLIP_SETS.join(',')}; all without it`,
    `--cuts LIST  of ${CUTS.join(',')}; all without it`,
    '--limit N    clips of each set; all without it',
    '--list       also every English text refused, and every other one accepted',
  ],
  async run(args, { progress, signal }) {
    const options = parse(args);
    const { clips, notice } = readCorpus();
    if (notice !== null) progress(notice);
    const chosen = sampleClips(
      clips.filter(({ set }) => options.sets.includes(set)),
      options.limit,
    );
    const store = new ModelStore(readSettings().PARLANCE_CACHE);
    const modelFolder = await store.require(findModel('moonshine-tiny-en'));
    const recognizer = await createMoonshineRecognizer({
      modelFolder,
      workers: 1,
      checksums: false,
    });
    const detector = await createSileroDetector();
    const collected: CollectedHypothesis[] = [];
    try {
      for (const [index, clip] of chosen.entries()) {
        signal.throwIfAborted();
        progress(`${index + 1}/${chosen.length} ${clip.id}`);
        collected.push(
          ...(await collectHypotheses(clip, recognizer, detector, {
            cuts: options.cuts,
            signal,
          })),
        );
      }
    } finally {
      await Promise.all([recognizer.close(), detector.close()]);
    }
    const wholeEnglish = collected.filter(
      ({ cut, clip }) => cut === 'whole' && clip.language === 'en',
    );
    return {
      data: {
        groups: Object.fromEntries(
          groups(collected).map(({ name, members }) => [name, measureGuard(members)]),
        ),
        wholeEnglish: {
          wordErrorRate: rate(wholeEnglish, ({ text }) => text),
          wordErrorRateGuarded: rate(wholeEnglish, shownText),
        },
      },
      tables: [
        guardTable(collected),
        sweepTable(collected),
        sessionTable(collected),
        ...(options.list ? [surprisesTable(collected)] : []),
      ],
    };
  },
};

function rate(
  hypotheses: readonly CollectedHypothesis[],
  textOf: (hypothesis: CollectedHypothesis) => string,
): number {
  return wordErrorRate(
    hypotheses.map((hypothesis) => ({
      reference: hypothesis.clip.reference,
      heard: textOf(hypothesis),
    })),
  );
}

function shownText(hypothesis: CollectedHypothesis): string {
  const verdict = guardHypothesis(hypothesis, hypothesis.durationMs);
  return verdict.kind === 'accepted' ? verdict.text : '';
}

/** Where the guard's verdict is not the one the recording's language suggests. */
function surprisesTable(collected: readonly CollectedHypothesis[]): Table {
  const rows: string[][] = [];
  for (const hypothesis of collected) {
    const { clip, cut, durationMs, text, meanLogProbability } = hypothesis;
    const verdict = guardHypothesis(hypothesis, durationMs);
    const english = clip.language === 'en' && clip.set !== 'nonspeech';
    if (english === (verdict.kind === 'accepted')) continue;
    rows.push([
      text.slice(0, 80),
      clip.id,
      cut,
      verdict.kind === 'accepted' ? 'accepted' : verdict.reason,
      `${(durationMs / 1000).toFixed(1)} s`,
      meanLogProbability?.toFixed(2) ?? '',
    ]);
  }
  return {
    title: 'English that is refused, and other things that are accepted',
    columns: ['text', 'clip', 'cut', 'verdict', 'length', 'mean'],
    rows,
  };
}

function parse(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        cuts: { type: 'string' },
        limit: { type: 'string' },
        list: { type: 'boolean', default: false },
      },
    });
    const limit = values.limit === undefined ? null : Number(values.limit);
    if (limit !== null && !(Number.isInteger(limit) && limit > 0)) {
      throw new UsageError(`Expected --limit with a number above 0, got "${values.limit}".`);
    }
    return {
      sets: choose('--only', CLIP_SETS, values.only),
      cuts: choose('--cuts', CUTS, values.cuts),
      limit,
      list: values.list,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function choose<T extends string>(option: string, known: readonly T[], list: string | undefined) {
  if (list === undefined) return known;
  return list.split(',').map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found === undefined) {
      throw new UsageError(`Expected ${option} of ${known.join(', ')}, got "${name}".`);
    }
    return found;
  });
}
