import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFfmpeg } from '../../server/src/audio/find-ffmpeg.ts';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { readSettings } from '../../server/src/config/settings.ts';
import { type Engines, startEngines } from '../../server/src/engines.ts';
import { readAudio } from '../../server/src/testing/read-audio.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import type { BenchClip } from '../corpus.ts';
import { hashOfFiles, jsonForm, keep, modulesBelow } from '../kept.ts';
import { keptPacketsOf } from '../packet-cache.ts';
import { readWhole } from '../quality/read-whole.ts';
import { findVoice, type VoiceSpan } from '../quality/voice-spans.ts';

/** A clip with everything about it that is known before it is spoken live. */
export interface ReadyClip {
  readonly id: string;
  readonly reference: string;
  readonly packetsPath: string;
  readonly frames: number;
  /** Where a pass of the detector over the whole recording hears speech. */
  readonly voice: readonly VoiceSpan[];
  readonly speechMs: number;
  /** What the recogniser makes of the recording at once. */
  readonly whole: string;
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

/**
 * Encodes clips, hears where their speech is, and reads them whole. All of it is kept under the
 * hashes of the recording and of the code, so that the engines start only where something is new.
 */
export async function prepareClips(
  clips: readonly BenchClip[],
  { progress, signal }: BenchmarkContext,
): Promise<readonly ReadyClip[]> {
  const settings = readSettings();
  const cleanUps = new CleanUps();
  let engines: Promise<Engines> | null = null;
  const running = (): Promise<Engines> => {
    engines ??= startEngines({ ...settings, TRANSLATORS: ['none'] }, cleanUps);
    return engines;
  };
  try {
    const ffmpeg = findFfmpeg({ ffmpegBin: settings.FFMPEG_BIN });
    const hearing = [SPANS_MODULE, ...(await modulesBelow(DETECTOR_FOLDER))];
    const reading = await modulesBelow(RECOGNIZER_FOLDER);
    const ready: ReadyClip[] = [];
    let made = 0;
    for (const { id, path, reference } of clips) {
      signal.throwIfAborted();
      let samples: Promise<Float32Array> | null = null;
      const heard = (): Promise<Float32Array> => {
        samples ??= readAudio(path, ffmpeg);
        return samples;
      };
      const { packets, path: packetsPath } = await keptPacketsOf(path, ffmpeg);
      const voice = await keep(await hashOfFiles([...hearing, path]), VOICE, async () =>
        findVoice(await heard(), (await running()).detector),
      );
      const whole = await keep(await hashOfFiles([...reading, path]), WHOLE, async () => {
        made += 1;
        if (made % 20 === 1) progress(`Reading clips whole: ${ready.length} of ${clips.length}`);
        return readWhole(await heard(), voice, (await running()).recognizer);
      });
      const speechMs = voice.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      const frames = packets.length;
      if (speechMs >= FRAME_MS) {
        ready.push({ id, reference, packetsPath, frames, voice, speechMs, whole });
      }
    }
    return ready;
  } finally {
    await cleanUps.run();
  }
}
