import { runBench } from './command.ts';
import { frontEndBenchmark } from './front-end.ts';
import { qualityBenchmark } from './quality.ts';

const BENCHMARKS = [qualityBenchmark, frontEndBenchmark];

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('Interrupted.')));
process.once('SIGTERM', () => interrupted.abort(new Error('Interrupted.')));

process.exitCode = await runBench(
  process.argv.slice(2),
  BENCHMARKS,
  {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
  },
  interrupted.signal,
);
