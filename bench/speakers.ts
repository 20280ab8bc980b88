import { availableParallelism } from 'node:os';
import { FRAME_MS } from '../shared/limits.ts';
import { type Benchmark, type BenchmarkContext, UsageError } from './benchmark.ts';
import { calibrate } from './calibration.ts';
import { findMax } from './speakers/find-max.ts';
import { parseSpeakersOptions, SPEAKERS_USAGE, type SpeakersOptions } from './speakers/options.ts';
import { prepareEnglishClips, type ReadyClip } from './speakers/prepare-clips.ts';
import { runSpeakers, type SpeakersRun } from './speakers/run-speakers.ts';
import { SILENCE_AFTER_MS } from './speakers/script.ts';
import { speakersCharts } from './speakers/speakers-charts.ts';
import { figuresOf, type SpeakersStep, speakersData, stepOf } from './speakers/speakers-result.ts';
import { speakersTables } from './speakers/speakers-tables.ts';

/** More are not looked for. */
const MAX_SEARCHED = 400;

/** How many live speakers a server carries, and what they see of it. */
export const speakersBenchmark: Benchmark = {
  name: 'speakers',
  summary: 'Many live speakers at once: delay, words, flicker, what is lost, where CPU goes.',
  usage: SPEAKERS_USAGE,
  async run(args, context) {
    const options = parseSpeakersOptions(args);
    const { clips, notice } = await prepareEnglishClips(context);
    checkSeconds(options, clips);
    const calibration = await calibrate();
    const { run, search } = options.findMax
      ? await searchMost(options, clips, context)
      : { run: await runSpeakers(options.count, options, clips, context), search: null };
    const figures = figuresOf(run);
    return {
      data: speakersData(options, calibration, notice, figures, search),
      tables: speakersTables(figures, calibration, search?.steps ?? []),
      charts: speakersCharts(run, search?.steps ?? [], availableParallelism()),
    };
  },
};

interface Search {
  readonly max: number;
  readonly steps: readonly SpeakersStep[];
}

/** The run with the most speakers that was good, or the last one where none was. */
async function searchMost(
  options: SpeakersOptions,
  clips: readonly ReadyClip[],
  context: BenchmarkContext,
): Promise<{ run: SpeakersRun; search: Search }> {
  let told: SpeakersRun | null = null;
  let best = 0;
  const search = await findMax(options.count, MAX_SEARCHED, async (speakers) => {
    const run = await runSpeakers(speakers, options, clips, context);
    const step = stepOf(run);
    if (told === null || step.good ? speakers > best : best === 0) told = run;
    if (step.good) best = Math.max(best, speakers);
    const { p50, p95 } = step.finalLagMs;
    context.progress(
      `${speakers} speakers: final lag p50 ${p50 ?? '–'} ms, p95 ${p95 ?? '–'} ms: ${step.good ? 'good' : 'too much'}`,
    );
    return step;
  });
  if (told === null) throw new Error('Expected a search to run at least once.');
  return { run: told, search };
}

function checkSeconds({ seconds }: SpeakersOptions, clips: readonly ReadyClip[]): void {
  const shortest = Math.min(...clips.map(({ frames }) => frames * FRAME_MS));
  const least = Math.ceil((shortest + SILENCE_AFTER_MS) / 1000) + 1;
  if (clips.length > 0 && seconds >= least) return;
  throw new UsageError(`Expected --seconds of at least ${least}, got ${seconds}.`);
}
