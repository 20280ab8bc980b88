import type { Chart } from './report/chart.ts';
import type { Table } from './scoring/table.ts';

/** What a benchmark found: everything for programs, tables and charts for people. */
export interface BenchmarkReport {
  /** Becomes one JSON object; holds only plain values. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly tables: readonly Table[];
  /** For the page that is kept beside the JSON. */
  readonly charts?: readonly Chart[];
}

export interface BenchmarkContext {
  /** One line for somebody who waits; goes to the error output. */
  readonly progress: (line: string) => void;
  /** Aborts when the user interrupts; whatever was started is to be stopped then. */
  readonly signal: AbortSignal;
}

/** A benchmark as `npm run bench -- NAME …` offers it. */
export interface Benchmark {
  readonly name: string;
  /** One line: what it measures. */
  readonly summary: string;
  /** One line for each option, without `--json`, which every benchmark has. */
  readonly usage: readonly string[];
  /** `args` are those after the name. Throws {@link UsageError} for ones it does not know. */
  run(args: readonly string[], context: BenchmarkContext): Promise<BenchmarkReport>;
}

/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
