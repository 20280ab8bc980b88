import type { ErrorCount, LoadTally, Spread } from './load-tally.ts';

export const LOAD_TYPES = ['live', 'watch', 'health'] as const;
export type LoadType = (typeof LOAD_TYPES)[number];

/** What is timed, and how it is called; the first is what "one request" takes. */
const TIMES: Readonly<Record<LoadType, Readonly<Record<string, string>>>> = {
  live: { start: 'to the start', final: 'final after its segment' },
  watch: { join: 'to the history', spread: 'behind the first reader' },
  health: { answer: 'to the answer' },
};

export interface LoadReport {
  readonly type: 'load';
  readonly of: LoadType;
  readonly url: string;
  readonly users: number;
  readonly seconds: number;
  /** What users did: sessions, visits, or requests. */
  readonly requests: number;
  readonly ok: number;
  readonly refused: number;
  readonly failed: number;
  readonly successPercent: number | null;
  readonly requestsPerSecond: number;
  /** In milliseconds. */
  readonly times: Readonly<Record<string, Spread>>;
  readonly errors: readonly ErrorCount[];
  readonly counts: Readonly<Record<string, number>>;
  /** What this side took: near one core, it measures itself. */
  readonly generator: { readonly cores: number; readonly lateMs: number };
  readonly interrupted: boolean;
}

export interface LoadFacts {
  readonly of: LoadType;
  readonly url: string;
  readonly users: number;
  readonly elapsedMs: number;
  /** What this process took of the machine. */
  readonly cores: number;
  /** How late timers of this process were, for 99 of 100. */
  readonly lateMs: number;
  readonly interrupted: boolean;
}

export function loadReport(tally: LoadTally, facts: LoadFacts): LoadReport {
  const { ok, refused, failed, errors, counts } = tally;
  const requests = ok + refused + failed;
  const seconds = facts.elapsedMs / 1000;
  const times = Object.keys(TIMES[facts.of]).map((name) => [name, tally.spread(name)] as const);
  return {
    type: 'load',
    of: facts.of,
    url: facts.url,
    users: facts.users,
    seconds: rounded(seconds, 1),
    ...{ requests, ok, refused, failed },
    // One refused of two thousand is not a hundred percent.
    successPercent: requests === 0 ? null : Math.floor((1000 * ok) / requests) / 10,
    requestsPerSecond: rounded(requests / seconds, 1),
    times: Object.fromEntries(times),
    ...{ errors, counts },
    generator: {
      cores: rounded(facts.cores, 2),
      lateMs: rounded(facts.lateMs, 1),
    },
    interrupted: facts.interrupted,
  };
}

const LABEL_COLUMNS = 26;
const NUMBER_COLUMNS = 10;
const SPREAD_COLUMNS = ['count', 'mean', 'median', 'p95', 'p99', 'max'] as const;

/** The report for people. */
export function describeLoad(report: LoadReport): string {
  const { of, url, users, seconds, requests, ok, refused, failed, interrupted } = report;
  const percent = report.successPercent === null ? '' : ` (${report.successPercent} %)`;
  const also = Object.entries(report.counts).map(([name, count]) => `${count} ${name}`);
  const lines = [
    `${users} users (${of}) for ${seconds} s at ${url}${interrupted ? ', interrupted' : ''}`,
    '',
    row('succeeded', `${ok} of ${requests}${percent}, ${refused} refused, ${failed} failed`),
    row('a second', `${report.requestsPerSecond}`),
    ...(also.length === 0 ? [] : [row('received', also.join(', '))]),
    '',
    row('milliseconds', SPREAD_COLUMNS.map((name) => name.padStart(NUMBER_COLUMNS)).join('')),
    ...Object.entries(report.times).map(([name, spread]) =>
      row(TIMES[of][name] ?? name, SPREAD_COLUMNS.map((column) => cell(spread[column])).join('')),
    ),
    ...(report.errors.length === 0 ? [] : ['']),
    ...report.errors.map(({ code, count, refused: byName }) =>
      row(byName ? 'refused' : 'failed', `${code} ${count}`),
    ),
    '',
    row(
      'this side',
      `${report.generator.cores} cores, its timers late by ${report.generator.lateMs} ms (p99)`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function row(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_COLUMNS)}${text}`;
}

function cell(value: number | null): string {
  return (value === null ? '–' : `${value}`).padStart(NUMBER_COLUMNS);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
