import type { Chart } from '../report/chart.ts';
import { histogram } from '../report/chart.ts';
import { type Delays, delays } from '../scoring/percentiles.ts';
import { cell, type Table } from '../scoring/table.ts';
import type { CrowdLog } from './crowd-messages.ts';

/** What one node used while somebody spoke. */
export interface NodeUse {
  readonly name: string;
  readonly viewers: number;
  readonly seconds: number;
  /** Processor seconds of its main thread, which sends; of all its threads and programs. */
  readonly mainSeconds: number;
  readonly allSeconds: number;
  /** Resident memory once half of the viewers sat there, and all of them. */
  readonly rssHalfMb: number;
  readonly rssMb: number;
}

export interface FanoutRun {
  readonly logs: readonly CrowdLog[];
  readonly nodes: readonly NodeUse[];
  /** Finals as spoken, those with words, and translations made by all nodes together. */
  readonly finals: number;
  readonly finalsWithWords: number;
  readonly translationsMade: number;
  readonly joinSeconds: number;
  readonly crowdCpuSeconds: number;
  readonly spokenSeconds: number;
}

export interface FanoutResult {
  readonly viewers: number;
  readonly languages: readonly string[];
  /** From the record to a viewer. */
  readonly originalMs: Delays;
  readonly translationMs: Delays;
  readonly finals: number;
  /** For each final, in order: when the last viewer of all had it. */
  readonly lastMs: readonly number[];
  /** INV6: finals with words, times languages; and how many were really made. */
  readonly translationsDue: number;
  readonly translationsMade: number;
  readonly delivered: number;
  /** INV1: finals and translations that did not reach a viewer; INV2, INV3: came twice or late. */
  readonly missing: number;
  readonly misplaced: number;
  readonly lostConnections: number;
  readonly partials: number;
  readonly joinsPerSecond: number;
  readonly kbPerViewer: number;
  readonly nodes: readonly (NodeUse & { readonly mainCores: number; readonly allCores: number })[];
  readonly crowdCores: number;
}

const KB_PER_MB = 1024;

export function fanoutResult(run: FanoutRun): FanoutResult {
  const { logs, nodes, finals, finalsWithWords } = run;
  const viewers = sum(logs.map((log) => log.viewers));
  const all = (pick: (log: CrowdLog) => Float64Array): number[] =>
    logs.flatMap((log) => [...pick(log)]);
  const originals = all(({ originalMs }) => originalMs);
  const translations = all(({ translationMs }) => translationMs);
  const grown = sum(nodes.map(({ rssMb, rssHalfMb }) => rssMb - rssHalfMb));
  const delivered = originals.length + translations.length;
  return {
    viewers,
    languages: logs.map(({ language }) => language),
    originalMs: delays(originals),
    translationMs: delays(translations),
    finals,
    lastMs: Array.from({ length: finals }, (_, at) =>
      Math.max(...logs.map(({ lastMs }) => lastMs[at] ?? 0)),
    ),
    translationsDue: finalsWithWords * logs.length,
    translationsMade: run.translationsMade,
    delivered,
    missing: viewers * (finals + finalsWithWords) - delivered,
    misplaced: sum(logs.map(({ misplaced }) => misplaced)),
    lostConnections: sum(logs.map(({ lost }) => lost)),
    partials: sum(logs.map(({ partials }) => partials)),
    joinsPerSecond: viewers / run.joinSeconds,
    kbPerViewer: (grown * KB_PER_MB) / (viewers / 2),
    nodes: nodes.map((node) => ({
      ...node,
      mainCores: node.mainSeconds / node.seconds,
      allCores: node.allSeconds / node.seconds,
    })),
    crowdCores: run.crowdCpuSeconds / run.spokenSeconds,
  };
}

export function fanoutTables(result: FanoutResult): Table[] {
  const row = (name: string, { count, p50, p95, p99, max }: Delays): string[] => [
    name,
    `${count}`,
    ...[p50, p95, p99, max].map((value) => cell(value)),
  ];
  const { translationsMade, translationsDue, missing, misplaced, lostConnections } = result;
  return [
    {
      title: `From the record to ${result.viewers} viewers who read ${result.languages.join(', ')} (ms)`,
      columns: ['', 'deliveries', 'p50', 'p95', 'p99', 'max'],
      rows: [row('as spoken', result.originalMs), row('translations', result.translationMs)],
      notes: [
        `${result.finals} finals; ${translationsMade} translations made, ${translationsDue} due: once for each language.`,
        `The last viewer had them after ${result.lastMs.join(', ')} ms.`,
        `Missing ${missing}, twice or out of order ${misplaced}, connections lost ${lostConnections}.`,
      ],
    },
    {
      title: 'What it costs',
      columns: [
        '',
        'viewers',
        'main thread (cores)',
        'all (cores)',
        'memory with half (MB)',
        'with all (MB)',
      ],
      rows: result.nodes.map(({ name, viewers, mainCores, allCores, rssHalfMb, rssMb }) => [
        name,
        `${viewers}`,
        cell(mainCores, 2),
        cell(allCores, 2),
        cell(rssHalfMb),
        cell(rssMb),
      ]),
      notes: [
        `${cell(result.kbPerViewer)} KB of memory a viewer; ${cell(result.joinsPerSecond)} viewers sat down in a second.`,
        `${result.partials} partials reached them, too. The viewers themselves took ${cell(result.crowdCores, 2)} cores.`,
      ],
    },
  ];
}

const BIN_MS = 5;
const CHART_MS = 250;

export function fanoutCharts(logs: readonly CrowdLog[]): Chart[] {
  const series = (name: string, pick: (log: CrowdLog) => Float64Array) => ({
    name,
    points: histogram(
      logs.flatMap((log) => [...pick(log)]),
      BIN_MS,
      CHART_MS,
    ),
  });
  return [
    {
      title: 'From the record to a viewer',
      kind: 'lines',
      xLabel: 'milliseconds',
      yLabel: 'deliveries',
      series: [
        series('as spoken', ({ originalMs }) => originalMs),
        series('translations', ({ translationMs }) => translationMs),
      ],
    },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
