import { cell, type Table } from '../scoring/table.ts';
import type { TranslationMeasurement } from '../translation-quality.ts';

export interface TranslatorScore {
  readonly translator: string;
  readonly pairs: readonly TranslationMeasurement[];
}

export interface TranslationPass {
  readonly translators: readonly TranslatorScore[];
  /** Why nothing was measured, or null. */
  readonly notice: string | null;
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
              cell(pair.numbersKept === null ? null : 100 * pair.numbersKept),
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
    columns: ['route', 'sentences', 'BLEU', 'chrF', 'numbers %', 'ms', 'p95 ms', 'sentences/s'],
    rows,
    notes: [...(notice === null ? [] : [notice]), ...skipped],
  };
}
