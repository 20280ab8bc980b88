import type { Spread } from '../scoring/percentiles.ts';
import { cell, type Table } from '../scoring/table.ts';
import type { QualityResult } from './quality-result.ts';

/** The quality benchmark's findings for people. */
export function qualityTables(result: QualityResult): Table[] {
  return [
    wordTable(result),
    shownTable(result),
    ...(result.latency === null ? [] : [latencyTable(result)]),
    flickerTable(result),
    costTable(result),
  ].filter((table) => table.rows.length > 0);
}

function wordTable({ words }: QualityResult): Table {
  return {
    title: 'Word error rate',
    columns: [
      'group',
      'clips',
      'words',
      'whole',
      'after Opus',
      'live',
      'sub',
      'ins',
      'del',
      'held',
    ],
    rows: Object.entries(words).map(([set, score]) => [
      set,
      cell(score.clips),
      cell(score.live.words),
      cell(score.whole.rate, 3),
      cell(score.wholeAfterOpus.rate, 3),
      cell(score.live.rate, 3),
      cell(score.live.substitutions),
      cell(score.live.insertions),
      cell(score.live.deletions),
      cell(score.heldBack),
    ]),
    notes: [
      'whole: the same model given each recording at once (long: in pieces below 15 s, cut at pauses);',
      'after Opus: the same after the encoder and the server’s decoder; held: segments held back.',
    ],
  };
}

function shownTable({ nonspeech, foreign }: QualityResult): Table {
  const rows = Object.entries({ ...(nonspeech === null ? {} : { nonspeech }), ...foreign });
  return {
    title: 'Words shown where none should be, a minute',
    columns: ['group', 'clips', 'minutes', 'in finals', 'in passing', 'segments', 'held'],
    rows: rows.map(([group, score]) => [
      group,
      cell(score.clips),
      cell(score.minutes, 1),
      cell(score.finalWordsPerMinute, 1),
      cell(score.passingWordsPerMinute, 1),
      cell(score.segments),
      cell(score.heldBack),
    ]),
    notes: [
      'in passing: words that partials showed and no final kept; languages spoken as English.',
    ],
  };
}

function latencyTable({ latency }: QualityResult): Table {
  const spreads: [string, Spread][] =
    latency === null
      ? []
      : [
          ['first words after onset', latency.firstWordsMs],
          ['final after end of speech', latency.finalLagMs],
          ...Object.entries(latency.translationLagMs).map(
            ([language, spread]): [string, Spread] => [`final in ${language}`, spread],
          ),
          ['latest packet of a clip, sent late', latency.sentLateMs],
        ];
  return {
    title: 'Delay in milliseconds, real-time pace, as a viewer sees it',
    columns: ['what', 'count', 'p50', 'p95', 'max'],
    rows: spreads.map(([what, { count, p50, p95, max }]) => [
      what,
      cell(count),
      cell(p50),
      cell(p95),
      cell(max),
    ]),
    notes: ['Packets that leave late mean a machine that does too much else: run it again, alone.'],
  };
}

function flickerTable({ flicker }: QualityResult): Table {
  return {
    title: 'Flicker',
    columns: ['language', 'partials', 'final words', 'normalized erasure', 'of the stable part'],
    rows: flicker.map((score) => [
      score.language,
      cell(score.partials),
      cell(score.finalTokens),
      cell(score.normalizedErasure, 3),
      cell(score.stableErasure, 3),
    ]),
    notes: ['Words erased from the tail between revisions, over words of the finals.'],
  };
}

function costTable({ cost, failures, missingFinals }: QualityResult): Table {
  return {
    title: 'Server',
    columns: ['what', 'figure'],
    rows: [
      ['audio spoken, seconds', cell(cost.audioSeconds)],
      ['taken, seconds', cell(cost.wallSeconds)],
      ['CPU seconds per second of audio, server', cell(cost.serverCpuPerSecond, 3)],
      ['CPU seconds per second of audio, its children', cell(cost.childCpuPerSecond, 3)],
      ['clips failed', cell(failures.length)],
      ['finals or translations missing', cell(missingFinals)],
    ],
    notes: failures,
  };
}
