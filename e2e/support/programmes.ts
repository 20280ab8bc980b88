import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findVoice, type VoiceSpan } from '../../bench/quality/voice-spans.ts';
import { findFfmpeg } from '../../server/src/audio/find-ffmpeg.ts';
import { createSileroDetector } from '../../server/src/segmentation/silero/silero-detector.ts';
import { readAudio } from '../../server/src/testing/read-audio.ts';
import type { FoundSpeech } from './clip.ts';

/** What one speaker plays: some recordings, each followed by a silence of its own length. */
export interface Programme {
  readonly path: string;
  readonly reference: string;
  readonly seconds: number;
  /** Where a reference pass over the whole of it hears speech. */
  readonly voice: readonly VoiceSpan[];
}

const SAMPLE_RATE = 48_000;
/** Longer ones would make a programme of a single sentence. */
const MAX_CLIP_SECONDS = 9;

/**
 * Deals recordings out to so many programmes of about `seconds`, half of it speech, and writes them
 * as WAV files to `folder`. Where there are too few recordings, they are heard more than once.
 */
export async function writeProgrammes(
  speech: readonly FoundSpeech[],
  count: number,
  seconds: number,
  folder: string,
): Promise<Programme[]> {
  const short = speech.filter((clip) => clip.seconds <= MAX_CLIP_SECONDS);
  const clips = short.length > 0 ? short : speech;
  const programmes: Programme[] = [];
  const detector = await createSileroDetector();
  let next = 0;
  try {
    for (let index = 0; index < count; index += 1) {
      const parts: FoundSpeech[] = [];
      const lasts = () => 2 * parts.reduce((sum, part) => sum + part.seconds, 0);
      do {
        const clip = clips[next % clips.length];
        if (clip === undefined) throw new Error('Expected at least one recording, got none.');
        parts.push(clip);
        next += 1;
      } while (lasts() < seconds);
      const path = join(folder, `programme-${index}.wav`);
      await concatenate(parts, path);
      const reference = parts.map((part) => part.reference).join(' ');
      const voice = await findVoice(await readAudio(path, findFfmpeg()), detector);
      programmes.push({ path, reference, seconds: lasts(), voice });
    }
  } finally {
    await detector.close();
  }
  return programmes;
}

async function concatenate(parts: readonly FoundSpeech[], path: string): Promise<void> {
  const inputs = parts.flatMap((part) => ['-i', part.path]);
  const padded = parts.map(
    ({ seconds }, at) =>
      `[${at}:a]aresample=${SAMPLE_RATE},aformat=channel_layouts=mono,apad=pad_dur=${seconds}[p${at}]`,
  );
  const joined = `${parts.map((_, at) => `[p${at}]`).join('')}concat=n=${parts.length}:v=0:a=1[out]`;
  await promisify(execFile)(findFfmpeg(), [
    ...['-nostdin', '-loglevel', 'error', '-y', ...inputs],
    ...['-filter_complex', [...padded, joined].join(';'), '-map', '[out]', path],
  ]);
}
