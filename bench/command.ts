import { type Benchmark, UsageError } from './benchmark.ts';
import { describeMachine, machineLines } from './machine.ts';
import { reportPage } from './report/report-page.ts';
import { keepResult } from './results.ts';
import { formatTable } from './scoring/table.ts';

export interface CommandOutput {
  /** Tables, or the one JSON object. */
  readonly out: (text: string) => void;
  /** Progress and errors. */
  readonly err: (text: string) => void;
}

const OK = 0;
const FAILED = 1;
const MISUSED = 2;

/** Runs `bench NAME …`; resolves to the exit code: 1 where it failed, 2 where it was misused. */
export async function runBench(
  argv: readonly string[],
  benchmarks: readonly Benchmark[],
  output: CommandOutput,
  signal: AbortSignal,
): Promise<number> {
  const [name, ...rest] = argv;
  const benchmark = benchmarks.find((candidate) => candidate.name === name);
  if (benchmark === undefined) {
    output.err(overview(benchmarks));
    return name === undefined || name === '--help' ? OK : MISUSED;
  }
  if (rest.includes('--help')) {
    output.err(usageOf(benchmark));
    return OK;
  }
  const json = rest.includes('--json');
  const startedAt = new Date();
  const machine = describeMachine();
  try {
    const report = await benchmark.run(
      rest.filter((arg) => arg !== '--json'),
      { progress: output.err, signal },
    );
    const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
    const head = { benchmark: benchmark.name, startedAt: startedAt.toISOString(), seconds };
    const result = { ...head, machine, ...report.data };
    const page = reportPage({
      title: `${benchmark.name}: ${benchmark.summary}`,
      facts: [...machineLines(machine).split('\n'), `${head.startedAt}, ${seconds} s`],
      tables: report.tables,
      charts: report.charts ?? [],
    });
    const path = await keepResult(benchmark.name, startedAt, result, page);
    if (json) output.out(JSON.stringify(result));
    else output.out([machineLines(machine), ...report.tables.map(formatTable)].join('\n\n'));
    output.err(`Took ${seconds} s; kept in ${path}.json and .html`);
    return OK;
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(`${error.message}\n\n${usageOf(benchmark)}`);
      return MISUSED;
    }
    output.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return FAILED;
  }
}

function overview(benchmarks: readonly Benchmark[]): string {
  const width = Math.max(...benchmarks.map((benchmark) => benchmark.name.length));
  const lines = benchmarks.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: npm run bench -- NAME [options] [--json]',
    '',
    ...lines,
    '',
    'NAME --help tells its options.',
  ].join('\n');
}

function usageOf({ name, summary, usage }: Benchmark): string {
  const options = [...usage, '--json  one JSON object instead of tables'];
  return [
    `Usage: npm run bench -- ${name} [options]`,
    '',
    summary,
    '',
    ...options.map((line) => `  ${line}`),
  ].join('\n');
}
