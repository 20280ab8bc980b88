import { type Benchmark, type BenchmarkContext, UsageError } from './benchmark.ts';
import { type BenchClip, readCorpus, sampleClips } from './corpus.ts';
import { runLivePass } from './quality/live-pass.ts';
import { runOfflinePass } from './quality/offline-pass.ts';
import { parseQualityOptions, QUALITY_USAGE, type QualityOptions } from './quality/options.ts';
import { type QualityResult, qualityResult } from './quality/quality-result.ts';
import { qualityTables } from './quality/quality-tables.ts';
import { runTranslationPass } from './quality/translation-pass.ts';
import { translationTable } from './quality/translation-table.ts';

/** How well live captions are, beside what the same engines reach without being live. */
export const qualityBenchmark: Benchmark = {
  name: 'quality',
  summary:
    'Words right and wrong, invented words, delay, flicker, translation, through the live path.',
  usage: QUALITY_USAGE,
  async run(args, context) {
    const options = parseQualityOptions(args);
    const { clips, notice } = readCorpus();
    if (notice !== null) context.progress(notice);
    const chosen = chooseClips(clips, options);
    const speech =
      chosen.length === 0 ? null : await measureSpeech(chosen, options, notice, context);
    const translation = options.translation
      ? await runTranslationPass(options.limit, context)
      : null;
    return {
      data: { ...(speech ?? { options }), ...(translation === null ? {} : { translation }) },
      tables: [
        ...(speech === null ? [] : qualityTables(speech)),
        ...(translation === null ? [] : [translationTable(translation)]),
      ],
    };
  },
};

async function measureSpeech(
  clips: readonly BenchClip[],
  options: QualityOptions,
  notice: string | null,
  context: BenchmarkContext,
): Promise<QualityResult> {
  const offline = await runOfflinePass(clips, context);
  const live = await runLivePass(offline.clips, options, context);
  return qualityResult(options, notice, offline, live);
}

function chooseClips(clips: readonly BenchClip[], options: QualityOptions): BenchClip[] {
  const { sets, clip, limit } = options;
  const named = clip === null ? clips : clips.filter(({ id }) => id.includes(clip));
  const chosen = sampleClips(
    named.filter(({ set }) => sets.includes(set)),
    limit,
  );
  if (chosen.length === 0 && (clip !== null || !options.translation)) {
    throw new UsageError('Expected clips to measure, got none with these options.');
  }
  return chosen;
}
