import { findFfmpeg } from '../server/src/audio/find-ffmpeg.ts';
import { readSettings } from '../server/src/config/settings.ts';
import type { Benchmark } from './benchmark.ts';
import { calibrate } from './calibration.ts';
import { readCorpus } from './corpus.ts';
import { packetsOf } from './packet-cache.ts';
import { parseSoakOptions, SOAK_USAGE } from './soak/options.ts';
import { runSoak } from './soak/run-soak.ts';
import { soakCharts, soakResult, soakTables } from './soak/soak-result.ts';

/** Longer ones would make a short soak of few visits. */
const LONGEST_CLIP_SECONDS = 8;

/** Whether a server stays as it is while people come and go. */
export const soakBenchmark: Benchmark = {
  name: 'soak',
  summary: 'Sessions come and go for minutes: memory, files, processes, timers, slots.',
  usage: SOAK_USAGE,
  async run(args, context) {
    const options = parseSoakOptions(args);
    const { clips, notice } = readCorpus();
    if (notice !== null) context.progress(notice);
    const english = clips.filter(({ set }) => set === 'en');
    const short = english.filter(({ seconds }) => seconds <= LONGEST_CLIP_SECONDS);
    const ffmpeg = findFfmpeg({ ffmpegBin: readSettings().FFMPEG_BIN });
    const packets = [];
    for (const { path } of short.length > 0 ? short : english) {
      packets.push(await packetsOf(path, ffmpeg));
    }
    const calibration = await calibrate();
    const run = await runSoak(options, packets, context);
    const result = soakResult(run);
    const { visits, finals, resumes, errors, restBefore, restAfter } = run;
    const told = { visits, finals, resumes, errors, restBefore, restAfter };
    return {
      data: { options, notice, calibration, ...result, ...told },
      tables: soakTables(run, result),
      charts: soakCharts(run),
    };
  },
};
