import { calibrateGuardBenchmark } from './calibrate-guard.ts';
import { runBench } from './command.ts';
import { densityBenchmark } from './density.ts';
import { failoverBenchmark } from './failover.ts';
import { fanoutBenchmark } from './fanout.ts';
import { frontEndBenchmark } from './front-end.ts';
import { glossaryBenchmark } from './glossary.ts';
import { qualityBenchmark } from './quality.ts';
import { recognitionCostBenchmark } from './recognition-cost.ts';
import { soakBenchmark } from './soak.ts';
import { speakersBenchmark } from './speakers.ts';
import { termsBenchmark } from './terms.ts';
import { translationBenchmark } from './translation.ts';
import { translationLoadBenchmark } from './translation-load.ts';
import { wordTimesBenchmark } from './word-times.ts';

const BENCHMARKS = [
  qualityBenchmark,
  speakersBenchmark,
  soakBenchmark,
  failoverBenchmark,
  fanoutBenchmark,
  densityBenchmark,
  frontEndBenchmark,
  recognitionCostBenchmark,
  termsBenchmark,
  translationBenchmark,
  translationLoadBenchmark,
  glossaryBenchmark,
  calibrateGuardBenchmark,
  wordTimesBenchmark,
];

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
