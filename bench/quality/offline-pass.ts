import { createDecoderPool } from '../../server/src/audio/decoder-pool.ts';
import { findFfmpeg } from '../../server/src/audio/find-ffmpeg.ts';
import { CleanUps } from '../../server/src/clean-ups.ts';
import { readSettings } from '../../server/src/config/settings.ts';
import { type Engines, startEngines } from '../../server/src/engines.ts';
import { readAudio } from '../../server/src/testing/read-audio.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import type { BenchClip } from '../corpus.ts';
import { packetsOf } from '../packet-cache.ts';
import { decodePackets } from './decode-packets.ts';
import { readWhole } from './read-whole.ts';
import { findVoice, type VoiceSpan } from './voice-spans.ts';

/** A clip with everything that is known about it before it is spoken live. */
export interface PreparedClip {
  readonly clip: BenchClip;
  readonly packets: readonly Uint8Array[];
  readonly voice: readonly VoiceSpan[];
  /** What the model reads in the recording itself; empty where no words are expected. */
  readonly whole: string;
  /** The same of what is left of the recording after the Opus encoder and the server's decoder. */
  readonly wholeAfterOpus: string;
}

export interface OfflinePass {
  readonly recognizer: string;
  readonly clips: readonly PreparedClip[];
}

/** The same engines as the server's, without a live path: they are closed before it starts. */
export async function runOfflinePass(
  clips: readonly BenchClip[],
  { progress, signal }: BenchmarkContext,
): Promise<OfflinePass> {
  const settings = readSettings();
  const cleanUps = new CleanUps();
  try {
    const ffmpeg = findFfmpeg({ ffmpegBin: settings.FFMPEG_BIN });
    const engines = await startEngines({ ...settings, TRANSLATORS: ['none'] }, cleanUps);
    const decoders = createDecoderPool({
      slots: 1,
      waitingLimit: 0,
      maxWaitMs: 0,
      prewarmed: 1,
      ffmpeg,
    });
    cleanUps.add(() => decoders.close());
    const prepared: PreparedClip[] = [];
    for (const [index, clip] of clips.entries()) {
      signal.throwIfAborted();
      if (index % 20 === 0) progress(`Reading clips whole: ${index} of ${clips.length}`);
      const packets = await packetsOf(clip.path, ffmpeg);
      const recording = await readAudio(clip.path, ffmpeg);
      const voice = await findVoice(recording, engines.detector);
      const readings = expectsWords(clip)
        ? await readBoth(recording, await decodePackets(packets, decoders, signal), voice, engines)
        : { whole: '', wholeAfterOpus: '' };
      prepared.push({ clip, packets, voice, ...readings });
    }
    return { recognizer: engines.recognizer.name, clips: prepared };
  } finally {
    await cleanUps.run();
  }
}

async function readBoth(
  recording: Float32Array,
  heard: Float32Array,
  voice: readonly VoiceSpan[],
  { recognizer }: Engines,
): Promise<Pick<PreparedClip, 'whole' | 'wholeAfterOpus'>> {
  // Packets fill their last frame up with silence, which is cut off again.
  const sameLength = heard.slice(0, recording.length);
  return {
    whole: await readWhole(recording, voice, recognizer),
    wholeAfterOpus: await readWhole(sameLength, voice, recognizer),
  };
}

function expectsWords({ set }: BenchClip): boolean {
  return set === 'en' || set === 'quiet' || set === 'long';
}
