import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import OpusScript from 'opusscript';
import { CAPTURE_RATE, FRAME_SAMPLES } from '../src/capture/audio-frame.ts';

/** The project's own recording of speech. */
export const CLIP = fileURLToPath(new URL('../../e2e/fixtures/clip.opus', import.meta.url));

const BYTES_PER_SAMPLE = 2;
const WAV_HEADER_BYTES = 44;
/** Largest shift that is tried when two sounds are compared: half a second. */
const MAX_LAG_FRAMES = 25;

/** Writes the clip as a WAV file of 48 kHz mono, `seconds` long at most. */
export async function writeClipAsWav(path: string, seconds: number): Promise<void> {
  const sound = ['-ac', '1', '-ar', `${CAPTURE_RATE}`, '-c:a', 'pcm_s16le', '-t', `${seconds}`];
  const plain = ['-bitexact', '-fflags', '+bitexact', '-map_metadata', '-1'];
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', '-i', CLIP, ...sound, ...plain, path]);
}

/** Samples of a WAV file that {@link writeClipAsWav} wrote. */
export async function readWav(path: string): Promise<Int16Array> {
  const bytes = await readFile(path);
  return toSamples(bytes.subarray(WAV_HEADER_BYTES));
}

/** Decodes packets one by one; throws where one is no Opus packet of 20 ms. */
export function decodePackets(packets: readonly Uint8Array[]): Int16Array {
  const decoder = new OpusScript(CAPTURE_RATE, 1, OpusScript.Application.VOIP);
  const samples = new Int16Array(packets.length * FRAME_SAMPLES);
  try {
    for (const [index, packet] of packets.entries()) {
      const frame = toSamples(decoder.decode(Buffer.from(packet)));
      if (frame.length !== FRAME_SAMPLES) {
        throw new Error(`Expected ${FRAME_SAMPLES} samples, got ${frame.length} in ${index}.`);
      }
      samples.set(frame, index * FRAME_SAMPLES);
    }
  } finally {
    decoder.delete();
  }
  return samples;
}

/** Loudness of each frame of 20 ms. */
export function loudness(samples: Int16Array): number[] {
  return Array.from({ length: Math.floor(samples.length / FRAME_SAMPLES) }, (_, frame) => {
    let sum = 0;
    for (const sample of samples.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)) {
      sum += sample * sample;
    }
    return Math.sqrt(sum / FRAME_SAMPLES);
  });
}

/** How alike two sounds rise and fall, 1 for the same, at the shift that fits best. */
export function likeness(
  heard: readonly number[],
  meant: readonly number[],
): { correlation: number; lagFrames: number } {
  let best = { correlation: -1, lagFrames: 0 };
  for (let lag = -MAX_LAG_FRAMES; lag <= MAX_LAG_FRAMES; lag += 1) {
    const pairs = meant.flatMap((value, index): [number, number][] => {
      const other = heard[index + lag];
      return other === undefined ? [] : [[other, value]];
    });
    const correlation = pearson(pairs);
    if (correlation > best.correlation) best = { correlation, lagFrames: lag };
  }
  return best;
}

function pearson(pairs: readonly [number, number][]): number {
  const mean = (of: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length;
  const [meanA, meanB] = [mean(0), mean(1)];
  let both = 0;
  let a2 = 0;
  let b2 = 0;
  for (const [a, b] of pairs) {
    both += (a - meanA) * (b - meanB);
    a2 += (a - meanA) ** 2;
    b2 += (b - meanB) ** 2;
  }
  return both / Math.sqrt(a2 * b2);
}

function toSamples(bytes: Buffer): Int16Array {
  // A copy of its own: pooled buffers need not begin at an even byte.
  const own = new Uint8Array(bytes);
  return new Int16Array(own.buffer, 0, Math.floor(own.byteLength / BYTES_PER_SAMPLE));
}
