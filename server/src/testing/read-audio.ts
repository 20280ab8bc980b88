import { execFile } from 'node:child_process';
import { SAMPLE_RATE } from '../../../shared/limits.ts';

/** Largest decoded file that a test may ask for: ten minutes at 16 kHz, four bytes a sample. */
const MAX_DECODED_BYTES = 600 * SAMPLE_RATE * 4;

/**
 * Reads a whole audio file (FLAC, WAV, anything FFmpeg knows) as 16 kHz mono, −1…1. For tests and
 * benchmarks; what users send goes through the audio folder's guarded FFmpeg streams instead.
 */
export function readAudio(path: string, ffmpeg = 'ffmpeg'): Promise<Float32Array> {
  const output = ['-f', 'f32le', '-ac', '1', '-ar', `${SAMPLE_RATE}`, 'pipe:1'];
  const args = ['-nostdin', '-nostats', '-loglevel', 'error', '-i', path, ...output];
  return new Promise((resolve, reject) => {
    execFile(
      ffmpeg,
      args,
      { encoding: 'buffer', maxBuffer: MAX_DECODED_BYTES },
      (error, stdout, stderr) => {
        if (error) {
          const reason = stderr.toString('utf8').trim() || error.message;
          reject(new Error(`Expected an audio file at ${path}, got: ${reason}`, { cause: error }));
          return;
        }
        // A copy of its own: pooled buffers need not begin at a multiple of four.
        const bytes = new Uint8Array(stdout.byteLength - (stdout.byteLength % 4));
        bytes.set(stdout.subarray(0, bytes.byteLength));
        resolve(new Float32Array(bytes.buffer));
      },
    );
  });
}
