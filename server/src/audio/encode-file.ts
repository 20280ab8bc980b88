import { stat } from 'node:fs/promises';
import prism from 'prism-media';
import { AppError } from '../../../shared/errors.ts';
import { FRAME_MS } from '../../../shared/limits.ts';
import {
  BLOCK_LIMIT,
  FILE_INPUT,
  FILE_STALL_MS,
  FILE_TIME_LIMIT,
  MAX_FFMPEG_MB,
} from './ffmpeg-limits.ts';
import { type FfmpegExit, FfmpegStream } from './ffmpeg-stream.ts';
import { OPUS_CLOCK_HZ } from './ogg-page.ts';
import { ProgressWatch } from './progress-watch.ts';

/**
 * What the page sends too. Measured on the English clips: 24 kbit/s for voice costs 1.3 points of WER
 * against the recording itself, 32 kbit/s 0.4, 48 kbit/s for audio nothing.
 */
const DEFAULT_BITRATE = 48_000;
/**
 * How much later than in the file a sound comes in the packets: the encoder's look-ahead of 312
 * samples at 48 kHz. The last packet is filled up with silence.
 */
export const ENCODER_DELAY_MS = 6.5;

/** What FFmpeg ends with after a signal, such as that of a time limit. */
const INTERRUPTED_CODE = 255;

export interface EncodeFileOptions {
  path: string;
  /** The FFmpeg to run, from `findFfmpeg`. */
  ffmpeg: string;
  /** Bits per second. */
  bitrate?: number;
  /** For tests: how long nothing may come while somebody waits for it. */
  stallLimitMs?: number;
}

/**
 * Any audio file of the user's own as 20 ms Opus packets (48 kHz mono), as fast as they are taken.
 * Rejects with `file_unreadable`, `program_missing`, or `decoder_failed` where FFmpeg took too much.
 * Leaving the loop ends FFmpeg.
 */
export async function* encodeFile({
  path,
  ffmpeg,
  bitrate = DEFAULT_BITRATE,
  stallLimitMs = FILE_STALL_MS,
}: EncodeFileOptions): AsyncGenerator<Uint8Array, void, undefined> {
  await checkFile(path);
  const stream = new FfmpegStream(ffmpeg, encoderArgs(path, bitrate), MAX_FFMPEG_MB);
  const demuxer = new prism.opus.OggDemuxer();
  const watch = new ProgressWatch(
    () => stallLimitMs,
    () => demuxer.destroy(unreadable(path, 'a file that FFmpeg does not get through')),
  );
  try {
    stream.input.end();
    stream.output.pipe(demuxer);
    let packets = 0;
    for await (const packet of whileWaited(demuxer, watch)) {
      if (!(packet instanceof Uint8Array)) continue;
      packets += 1;
      yield packet;
    }
    const exit = await stream.exited;
    if (exit.error !== null) throw programMissing(exit);
    if (exit.signal !== null || exit.code === INTERRUPTED_CODE) {
      throw new AppError(
        'decoder_failed',
        'Expected FFmpeg to end by itself, got one that was ended.',
      );
    }
    if (exit.code !== 0 || packets === 0) throw notAudio(path, exit);
  } finally {
    watch.stop();
    await stream.kill();
  }
}

/** The time that the reader takes is its own: only waiting for FFmpeg is watched. */
async function* whileWaited(
  source: AsyncIterable<unknown>,
  watch: ProgressWatch,
): AsyncGenerator<unknown, void, undefined> {
  watch.expect();
  for await (const item of source) {
    watch.progress(false);
    yield item;
    watch.expect();
  }
  watch.progress(false);
}

function encoderArgs(path: string, bitrate: number): readonly string[] {
  return [
    ...['-nostdin', '-nostats', '-loglevel', 'error', ...BLOCK_LIMIT, ...FILE_TIME_LIMIT],
    ...FILE_INPUT,
    // The prefix keeps a path with a colon from being read as a protocol.
    ...['-i', `file:${path}`],
    ...['-vn', '-sn', '-dn', '-map', '0:a:0', '-ac', '1', '-ar', `${OPUS_CLOCK_HZ}`],
    ...['-c:a', 'libopus', '-b:a', `${bitrate}`, '-application', 'audio'],
    // One packet a page, so that none of them waits for others.
    ...['-frame_duration', `${FRAME_MS}`, '-f', 'ogg', '-page_duration', `${FRAME_MS * 1000}`],
  ];
}

async function checkFile(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw unreadable(path, 'a folder');
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw unreadable(path, missing ? 'no such file' : 'one that cannot be read', cause);
  }
}

function unreadable(path: string, got: string, cause?: unknown): AppError {
  return new AppError('file_unreadable', `Expected an audio file at "${path}", got ${got}.`, {
    cause,
  });
}

function notAudio(path: string, { complaint }: FfmpegExit): AppError {
  const [said] = complaint.split('\n');
  return unreadable(path, 'a file without sound that FFmpeg can read', new Error(said));
}

function programMissing({ error }: FfmpegExit): AppError {
  return new AppError(
    'program_missing',
    'Expected FFmpeg where it was found, got none that runs.',
    {
      cause: error,
    },
  );
}
