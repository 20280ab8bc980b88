import type { Benchmark } from './benchmark.ts';
import { calibrate } from './calibration.ts';
import { readCorpus, sampleClips } from './corpus.ts';
import { densityCharts, densityResult, densityTables } from './density/density-result.ts';
import { DENSITY_USAGE, parseDensityOptions } from './density/options.ts';
import { runDensity } from './density/run-density.ts';

/** What the same model costs in its makers' own streaming library, and here. */
export const densityBenchmark: Benchmark = {
  name: 'density',
  summary: 'CPU and words beside the streaming transcriber of the model’s makers, in turns.',
  usage: DENSITY_USAGE,
  async run(args, context) {
    const options = parseDensityOptions(args);
    const { clips, notice } = readCorpus();
    if (notice !== null) context.progress(notice);
    const chosen = sampleClips(
      clips.filter(({ set }) => set === 'en'),
      options.limit,
    );
    const calibration = await calibrate();
    const run = await runDensity(chosen, options, context);
    const result = densityResult(run);
    const { rounds, missing } = run;
    return {
      data: { options, notice, missing, calibration, ...result, rounds },
      tables: densityTables(result, options.intervalMs, missing),
      charts: densityCharts(rounds),
    };
  },
};
