import type { Benchmark } from './benchmark.ts';
import { calibrate } from './calibration.ts';
import { failoverCharts, failoverResult, failoverTables } from './failover/failover-result.ts';
import { FAILOVER_USAGE, parseFailoverOptions } from './failover/options.ts';
import { runFailover } from './failover/run-failover.ts';
import { prepareEnglishClips } from './speakers/prepare-clips.ts';

/** What speakers and viewers see of it when their node dies. */
export const failoverBenchmark: Benchmark = {
  name: 'failover',
  summary: 'kill -9 of the speakers’ node, again and again: what is lost, and for how long.',
  usage: FAILOVER_USAGE,
  async run(args, context) {
    const options = parseFailoverOptions(args);
    const { clips, notice } = await prepareEnglishClips(context);
    const calibration = await calibrate();
    const run = await runFailover(options, clips, context);
    const result = failoverResult(run);
    const { moves, seconds } = run;
    return {
      data: { options, notice, calibration, ...result, details: { seconds, moves } },
      tables: failoverTables(result),
      charts: failoverCharts(moves),
    };
  },
};
