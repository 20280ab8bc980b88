import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFfmpeg } from '../../server/src/audio/find-ffmpeg.ts';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { readSettings } from '../../server/src/config/settings.ts';
import { type Engines, startEngines } from '../../server/src/engines.ts';
import { createSileroDetector } from '../../server/src/segmentation/silero/silero-detector.ts';
import type { SpeechDetector } from '../../server/src/segmentation/speech-detector.ts';
import { readAudio } from '../../server/src/testing/read-audio.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { type BenchClip, readCorpus } from '../corpus.ts';
import { hashOfFiles, jsonForm, keep, modulesBelow } from '../kept.ts';
import { keptPacketsOf } from '../packet-cache.ts';
import { readWhole } from '../quality/read-whole.ts';
import { findVoice, type VoiceSpan } from '../quality/voice-spans.ts';

/** A clip as speakers play it, and where its speech is. */
export interface ReadyClip {
  readonly id: string;
  readonly path: string;
  readonly reference: string;
  readonly packetsPath: string;
  readonly frames: number;
  /** Where a pass of the detector over the whole recording hears speech. */
  readonly voice: readonly VoiceSpan[];
  readonly speechMs: number;
}

const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const modulePath = (relative: string): string =>
  fileURLToPath(new URL(`${relative}${ending}`, import.meta.url));
const SPANS_MODULE = modulePath('../quality/voice-spans');
const DETECTOR_FOLDER = dirname(modulePath('../../server/src/segmentation/silero/silero-detector'));
const RECOGNIZER_FOLDER = dirname(modulePath('../../server/src/recognition/recognizer'));

const VOICE = jsonForm('voice.json', (value) => {
  if (!Array.isArray(value)) throw new TypeError('Expected spans of voice, got something else.');
  return value as VoiceSpan[];
});
const WHOLE = jsonForm('whole.json', (value) => {
  if (typeof value !== 'string') throw new TypeError('Expected a text, got something else.');
  return value;
});

/** The corpus' short English clips, or the project's own one, with why there are no more. */
export async function prepareEnglishClips(
  context: BenchmarkContext,
): Promise<{ readonly clips: readonly ReadyClip[]; readonly notice: string | null }> {
  const { clips, notice } = readCorpus();
  if (notice !== null) context.progress(notice);
  const english = clips.filter(({ set }) => set === 'en');
  return { clips: await prepareClips(english, context), notice };
}

/**
 * Encodes clips and hears where their speech is. Kept under the hashes of the recording and of the
 * code, so that the detector starts only where something is new. Clips without speech are left out.
 */
export async function prepareClips(
  clips: readonly BenchClip[],
  { progress, signal }: BenchmarkContext,
): Promise<readonly ReadyClip[]> {
  const ffmpeg = findFfmpeg({ ffmpegBin: readSettings().FFMPEG_BIN });
  const modules = [SPANS_MODULE, ...(await modulesBelow(DETECTOR_FOLDER))];
  let detector: Promise<SpeechDetector> | null = null;
  try {
    const ready: ReadyClip[] = [];
    for (const { id, path, reference } of clips) {
      signal.throwIfAborted();
      const { packets, path: packetsPath } = await keptPacketsOf(path, ffmpeg);
      const voice = await keep(await hashOfFiles([...modules, path]), VOICE, async () => {
        if (detector === null) progress('Hearing where the clips have speech');
        detector ??= createSileroDetector();
        return findVoice(await readAudio(path, ffmpeg), await detector);
      });
      const speechMs = voice.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      if (speechMs === 0) continue;
      ready.push({ id, path, reference, packetsPath, frames: packets.length, voice, speechMs });
    }
    return ready;
  } finally {
    // Assigned inside a closure, which the compiler does not follow.
    await (detector as Promise<SpeechDetector> | null)?.then((each) => each.close());
  }
}

/** What the recogniser makes of each recording at once; kept in the same way. */
export async function readClips(
  clips: readonly ReadyClip[],
  { progress, signal }: BenchmarkContext,
): Promise<ReadonlyMap<string, string>> {
  const settings = readSettings();
  const ffmpeg = findFfmpeg({ ffmpegBin: settings.FFMPEG_BIN });
  const modules = await modulesBelow(RECOGNIZER_FOLDER);
  const cleanUps = new CleanUps();
  let engines: Promise<Engines> | null = null;
  try {
    const texts = new Map<string, string>();
    for (const { id, path, voice } of clips) {
      signal.throwIfAborted();
      const text = await keep(await hashOfFiles([...modules, path]), WHOLE, async () => {
        if (engines === null) progress('Reading the clips at once, to compare');
        engines ??= startEngines({ ...settings, TRANSLATORS: ['none'] }, cleanUps);
        return readWhole(await readAudio(path, ffmpeg), voice, (await engines).recognizer);
      });
      texts.set(id, text);
    }
    return texts;
  } finally {
    await cleanUps.run();
  }
}
