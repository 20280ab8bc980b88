import { PLACEHOLDER_STYLES } from '../../server/src/translation/terms/placeholders.ts';
import { cell, type Table } from '../scoring/table.ts';
import type { TermMeasurement } from './measure-terms.ts';

const percent = (share: number) => cell(100 * share, 1);
const routeOf = ({ engine, via, to, names }: TermMeasurement) =>
  `${engine} ${['en', ...via, to].join(' → ')}, ${names}`;

/** How many terms survive, and what that costs. */
export function survivalTable(
  measurements: readonly TermMeasurement[],
  notes: readonly string[],
): Table {
  return {
    title: 'Terms that stand in the translation, %',
    columns: [
      'route, names',
      'texts',
      'terms',
      'no glossary',
      'first placeholder',
      'in the end',
      'texts cut %',
      'calls',
      'ms',
      'ms more',
    ],
    rows: measurements.map((measured) => {
      const { plain, protected: kept } = measured;
      const ms = plain.msPerSentence ?? Number.NaN;
      return [
        routeOf(measured),
        cell(measured.sentences),
        cell(measured.terms),
        percent(plain.kept),
        percent(kept.keptFirst),
        percent(kept.kept),
        percent(kept.cut),
        cell(kept.callsPerText, 2),
        cell(ms, 1),
        cell((kept.msPerSentence ?? Number.NaN) - ms, 1),
      ];
    }),
    notes,
  };
}

/** What the whole translations are worth without and with a glossary. */
export function termQualityTable(measurements: readonly TermMeasurement[]): Table {
  const scored = measurements.filter(({ plain }) => plain.bleu !== null);
  return {
    title: 'The same sentences as a whole',
    columns: ['route, names', 'BLEU without', 'BLEU with', 'chrF without', 'chrF with'],
    rows: scored.map((measured) => [
      routeOf(measured),
      cell(measured.plain.bleu, 1),
      cell(measured.protected.bleu, 1),
      cell(measured.plain.chrf, 1),
      cell(measured.protected.chrf, 1),
    ]),
  };
}

/** Each style by itself: what comes through at the first try, and BLEU with what does not cut out. */
export function styleTable(measurements: readonly TermMeasurement[]): Table | null {
  const styles = PLACEHOLDER_STYLES.filter((style) =>
    measurements.some((measured) => measured.styles[style] !== undefined),
  );
  if (styles.length === 0) return null;
  return {
    title: 'Each style of placeholder by itself: first try % (BLEU, chrF)',
    columns: ['route, names', ...styles],
    rows: measurements.map((measured) => [
      routeOf(measured),
      ...styles.map((style) => {
        const pass = measured.styles[style];
        if (pass === undefined) return '–';
        const scores = pass.bleu === null ? '' : ` (${cell(pass.bleu, 1)}, ${cell(pass.chrf, 1)})`;
        return `${percent(pass.keptFirst)}${scores}`;
      }),
    ]),
    notes: ['What did not come through was cut out and put back; that is in BLEU and chrF.'],
  };
}
