import { type BenchmarkContext, UsageError } from '../bench/benchmark.ts';
import { readCorpus } from '../bench/corpus.ts';
import { describeMachine, machineLines } from '../bench/machine.ts';
import { reportPage } from '../bench/report/report-page.ts';
import { keepResult } from '../bench/results.ts';
import { formatTable } from '../bench/scoring/table.ts';
import { prepareClips } from '../bench/speakers/prepare-clips.ts';
import { chaosTable, problemLines } from './chaos-tables.ts';
import { CHAOS_USAGE, parseChaosOptions } from './options.ts';
import { runChaos } from './run-chaos.ts';
import { SCENARIOS } from './scenarios.ts';

const RIGHT = 0;
const WRONG = 1;
const MISUSED = 2;

/** `npm run chaos`: resolves to the exit code, 1 where anything was lost, doubled or wrong. */
export async function chaosCommand(
  args: readonly string[],
  out: (text: string) => void,
  context: BenchmarkContext,
): Promise<number> {
  const names = SCENARIOS.map(({ name }) => name);
  if (args.includes('--help')) {
    context.progress(usage());
    return RIGHT;
  }
  const json = args.includes('--json');
  try {
    const options = parseChaosOptions(
      args.filter((arg) => arg !== '--json'),
      names,
    );
    const { clips: found, notice } = readCorpus();
    if (notice !== null) context.progress(notice);
    const english = found.filter(({ set }) => set === 'en');
    const clips = await prepareClips(english, context);
    const chosen = SCENARIOS.filter(
      ({ name }) => options.only.length === 0 || options.only.includes(name),
    );
    const startedAt = new Date();
    const plays = await runChaos(options, chosen, clips, context);
    const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
    const machine = describeMachine();
    const head = { startedAt: startedAt.toISOString(), seconds, options, notice, machine };
    const result = { ...head, right: problemLines(plays).length === 0, plays };
    const table = chaosTable(plays);
    const page = reportPage({
      title: 'chaos: what a cluster comes through',
      facts: [...machineLines(machine).split('\n'), `${head.startedAt}, seed ${options.seed}`],
      tables: [table],
      charts: [],
    });
    const path = await keepResult('chaos', startedAt, result, page);
    if (json) out(JSON.stringify(result));
    else out([formatTable(table), ...problemLines(plays)].join('\n'));
    context.progress(`Took ${seconds} s, seed ${options.seed}; kept in ${path}.json and .html`);
    return result.right ? RIGHT : WRONG;
  } catch (error) {
    if (error instanceof UsageError) {
      context.progress(`${error.message}\n\n${usage()}`);
      return MISUSED;
    }
    context.progress(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return WRONG;
  }
}

function usage(): string {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  return [
    'Usage: npm run chaos [-- options]',
    '',
    ...SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    ...CHAOS_USAGE.map((line) => `  ${line}`),
  ].join('\n');
}
