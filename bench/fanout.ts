import type { Benchmark } from './benchmark.ts';
import { calibrate } from './calibration.ts';
import { fanoutCharts, fanoutResult, fanoutTables } from './fanout/fanout-result.ts';
import { FANOUT_USAGE, parseFanoutOptions } from './fanout/options.ts';
import { runFanout } from './fanout/run-fanout.ts';
import { prepareEnglishClips } from './speakers/prepare-clips.ts';

/** How soon a final is with everybody who reads the room. */
export const fanoutBenchmark: Benchmark = {
  name: 'fanout',
  summary: 'one speaker, thousands of viewers on two nodes: how soon finals are with all of them.',
  usage: FANOUT_USAGE,
  async run(args, context) {
    const options = parseFanoutOptions(args);
    const { clips, notice } = await prepareEnglishClips(context);
    const calibration = await calibrate();
    const run = await runFanout(options, clips, context);
    const result = fanoutResult(run);
    return {
      data: { options, notice, calibration, ...result },
      tables: fanoutTables(result),
      charts: fanoutCharts(run.logs),
    };
  },
};
