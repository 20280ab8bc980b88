import { existsSync, readdirSync } from 'node:fs';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { readSettings } from '../../server/src/config/settings.ts';
import { startEngines } from '../../server/src/engines.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { cell, type Table } from '../scoring/table.ts';
import {
  measureTranslation,
  TRANSLATION_CORPUS_DIR,
  type TranslationMeasurement,
} from '../translation-quality.ts';

export interface TranslatorScore {
  readonly translator: string;
  readonly pairs: readonly TranslationMeasurement[];
}

export interface TranslationPass {
  readonly translators: readonly TranslatorScore[];
  /** Why nothing was measured, or null. */
  readonly notice: string | null;
}

const SOURCE = 'en';
const CORPUS_FILE = /^flores-dev\.([a-z]{2,3})$/;

/** BLEU and chrF of every translator that is set up and really there, English into each language. */
export async function runTranslationPass(
  limit: number | null,
  { progress, signal }: BenchmarkContext,
  corpusDir = TRANSLATION_CORPUS_DIR,
): Promise<TranslationPass> {
  const languages = corpusLanguages(corpusDir).filter((language) => language !== SOURCE);
  if (languages.length === 0) {
    return { translators: [], notice: `No translation test set at ${corpusDir}.` };
  }
  const settings = readSettings();
  const translators: TranslatorScore[] = [];
  for (const name of settings.TRANSLATORS.filter((each) => each !== 'none')) {
    progress(`Translating with ${name}`);
    const cleanUps = new CleanUps();
    try {
      const { translator } = await startEngines({ ...settings, TRANSLATORS: [name] }, cleanUps);
      if (translator.targets(SOURCE).length === 0) continue;
      const pairs = languages.map((to) => ({ from: SOURCE, to }));
      const measured = await measureTranslation(translator, pairs, limit ?? Infinity, {
        corpusDir,
        signal,
      });
      translators.push({ translator: name, pairs: measured });
    } finally {
      await cleanUps.run();
    }
  }
  return {
    translators,
    notice: translators.length === 0 ? 'No translator is installed.' : null,
  };
}

/** One row for each pair that a translator serves; the others in a note. */
export function translationTable({ translators, notice }: TranslationPass): Table {
  const rows = translators.flatMap(({ translator, pairs }) =>
    pairs.flatMap((pair) =>
      pair.skipped === undefined
        ? [
            [
              `${translator} ${[pair.from, ...pair.via, pair.to].join(' → ')}`,
              cell(pair.sentences),
              cell(pair.bleu, 1),
              cell(pair.chrf, 1),
              cell(pair.msPerSentence, 1),
              cell(pair.p95Ms, 1),
              cell(pair.sentencesPerSecond),
            ],
          ]
        : [],
    ),
  );
  const skipped = translators.flatMap(({ pairs }) => pairs.flatMap((pair) => pair.skipped ?? []));
  return {
    title: 'Translation (FLORES-101 dev)',
    columns: ['route', 'sentences', 'BLEU', 'chrF', 'ms', 'p95 ms', 'sentences/s'],
    rows,
    notes: [...(notice === null ? [] : [notice]), ...skipped],
  };
}

function corpusLanguages(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((file) => CORPUS_FILE.exec(file)?.[1] ?? [])
    .sort();
}
