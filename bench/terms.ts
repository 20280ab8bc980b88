import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings } from '../server/src/config/settings.ts';
import { findModel } from '../server/src/models/catalogue.ts';
import { ModelStore } from '../server/src/models/model-store.ts';
import { createMoonshineRecognizer } from '../server/src/recognition/moonshine/moonshine-recognizer.ts';
import type { Recognizer } from '../server/src/recognition/recognizer.ts';
import { TermCorrector } from '../server/src/recognition/terms/term-corrector.ts';
import { createSileroDetector } from '../server/src/segmentation/silero/silero-detector.ts';
import { readAudio } from '../server/src/testing/read-audio.ts';
import { type Benchmark, type BenchmarkContext, UsageError } from './benchmark.ts';
import { type BenchClip, readCorpus, sampleClips } from './corpus.ts';
import { readWhole } from './quality/read-whole.ts';
import { findVoice } from './quality/voice-spans.ts';
import { addErrors, errorRate, NO_WORD_ERRORS, wordErrors } from './scoring/wer.ts';
import { BENCH_NAMES } from './terms/names.ts';
import { canSpeak, sayNames } from './terms/say-names.ts';
import { countFalseChanges, countNames, measureCost } from './terms/score-terms.ts';
import { SPOKEN_NAMES } from './terms/spoken-names.ts';
import { termTables } from './terms/term-tables.ts';
import { TRANSLATION_CORPUS_DIR } from './translation-quality.ts';

const SETS = ['en', 'quiet', 'long'] as const;
type EnglishSet = (typeof SETS)[number];

interface HeardClip {
  readonly set: EnglishSet | 'said';
  readonly reference: string;
  readonly heard: string;
}

/** What a glossary does to what is recognised: names that come right, words that come wrong. */
export const termsBenchmark: Benchmark = {
  name: 'terms',
  summary: 'Correction by a glossary: names recognised, false changes, word error rate, cost.',
  usage: ['--limit N  clips of each set and names that are said; all without it'],
  async run(args, context) {
    const { progress } = context;
    const limit = parse(args);
    const { clips, notice } = readCorpus();
    const notes = notice === null ? [] : [notice];
    const clipsHeard = sampleClips(
      clips.filter(({ set }) => SETS.some((each) => each === set)),
      limit,
    );
    const heard = await withRecognizer(async (recognizer) => [
      ...(await hearClips(clipsHeard, recognizer, context)),
      ...(await hearNames(limit, recognizer, context, notes)),
    ]);
    progress('Correcting');
    const unsaid = correctorOf(BENCH_NAMES.map(({ term }) => term));
    const spoken = heard.filter(({ set }) => set !== 'said');
    const sentences = await testSentences(notes);
    const falseChanges = {
      recognised: countFalseChanges(
        spoken.map((clip) => clip.heard),
        unsaid,
      ),
      transcripts: countFalseChanges(
        spoken.map((clip) => clip.reference),
        unsaid,
      ),
      sentences: countFalseChanges(sentences, unsaid),
    };
    const data = {
      terms: { unsaid: BENCH_NAMES.length, said: SPOKEN_NAMES.length },
      falseChanges,
      sets: [...SETS, 'said' as const]
        .map((set) =>
          measureSet(
            set,
            heard.filter((clip) => clip.set === set),
          ),
        )
        .filter(({ clips: count }) => count > 0),
      cost: measureCost(
        spoken.map((clip) => clip.heard),
        unsaid,
      ),
      notes,
    };
    for (const note of notes) progress(note);
    return { data, tables: termTables(data) };
  },
};

/** Names that are said stand among a hundred that are not, as they do in a room's glossary. */
function measureSet(set: HeardClip['set'], clips: readonly HeardClip[]) {
  const others = BENCH_NAMES.map(({ term }) => term);
  const correct = correctorOf(set === 'said' ? others : [...SPOKEN_NAMES, ...others]);
  let before = NO_WORD_ERRORS;
  let after = NO_WORD_ERRORS;
  const texts = clips.map((clip) => ({ ...clip, corrected: correct(clip.heard).text }));
  for (const { reference, heard, corrected } of texts) {
    before = addErrors(before, wordErrors(reference, heard));
    after = addErrors(after, wordErrors(reference, corrected));
  }
  return {
    set,
    clips: clips.length,
    names: countNames(set === 'said' ? others : SPOKEN_NAMES, texts),
    errorsBefore: errorRate(before),
    errorsAfter: errorRate(after),
  };
}

function correctorOf(terms: readonly string[]): TermCorrector['correct'] {
  const entries = terms.map((term) => ({
    language: 'en',
    term,
    heardAs: [],
    translations: {},
    keep: true,
  }));
  const corrector = new TermCorrector(entries, 'en');
  return (text) => corrector.correct(text);
}

async function withRecognizer<Result>(use: (recognizer: Recognizer) => Promise<Result>) {
  const store = new ModelStore(readSettings().PARLANCE_CACHE);
  const modelFolder = await store.require(findModel('moonshine-tiny-en'));
  const recognizer = await createMoonshineRecognizer({ modelFolder, workers: 1, checksums: false });
  try {
    return await use(recognizer);
  } finally {
    await recognizer.close();
  }
}

async function hearClips(
  clips: readonly BenchClip[],
  recognizer: Recognizer,
  { progress, signal }: BenchmarkContext,
): Promise<HeardClip[]> {
  const detector = await createSileroDetector();
  const heard: HeardClip[] = [];
  try {
    for (const [index, { path, reference, set }] of clips.entries()) {
      signal.throwIfAborted();
      if (index % 10 === 0) progress(`Recordings: ${index + 1} of ${clips.length}`);
      const samples = await readAudio(path);
      const text = await readWhole(samples, await findVoice(samples, detector), recognizer);
      const known = SETS.find((each) => each === set);
      if (known !== undefined) heard.push({ set: known, reference, heard: text });
    }
  } finally {
    await detector.close();
  }
  return heard;
}

async function hearNames(
  limit: number | null,
  recognizer: Recognizer,
  { progress, signal }: BenchmarkContext,
  notes: string[],
): Promise<HeardClip[]> {
  if (!(await canSpeak())) {
    notes.push('No espeak-ng on this machine: names were not said by a synthesiser.');
    return [];
  }
  progress(`Names said by a synthesiser: ${limit ?? BENCH_NAMES.length}`);
  const heard: HeardClip[] = [];
  for await (const { reference, samples } of sayNames(limit)) {
    signal.throwIfAborted();
    const { text } = await recognizer.recognize({ samples, language: 'en', signal });
    heard.push({ set: 'said', reference, heard: text });
  }
  return heard;
}

/** More English in writing, in which none of the names is meant by another word. */
async function testSentences(notes: string[]): Promise<string[]> {
  const path = join(TRANSLATION_CORPUS_DIR, 'flores-dev.en');
  try {
    return (await readFile(path, 'utf8')).trimEnd().split('\n');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    notes.push(
      'No test set of sentences beside the project: false changes were not counted in it.',
    );
    return [];
  }
}

function parse(args: readonly string[]): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { limit: { type: 'string' } } });
    if (values.limit === undefined) return null;
    const limit = Number(values.limit);
    if (Number.isInteger(limit) && limit > 0) return limit;
    throw new UsageError(`Expected --limit with a number above 0, got "${values.limit}".`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
