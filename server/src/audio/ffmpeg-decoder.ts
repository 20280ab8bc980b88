import { AppError } from '../../../shared/errors.ts';
import { FRAME_MS, SAMPLE_RATE, SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import { BLOCK_LIMIT, LIVE_INPUT, MAX_FFMPEG_MB } from './ffmpeg-limits.ts';
import { describeExit, type FfmpegExit, FfmpegStream } from './ffmpeg-stream.ts';
import { OggOpusMuxer } from './ogg-page.ts';
import type { DecoderLoss, PacketDecoder } from './packet-decoder.ts';
import { ProgressWatch } from './progress-watch.ts';

/** 20 ms of digital silence: one CELT frame, full band, mono (RFC 6716, section 4.3.7.1). */
export const SILENT_PACKET: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);
/**
 * By how much the sound in the samples lags behind the packets: 2 ms. FFmpeg's resampler holds 16
 * samples back; starting this much early makes each packet's 320 samples come out at once
 * instead of with the next packet.
 */
export const DECODER_DELAY_SAMPLES = 32;
/** Silent packets that start the decoder and prove that it works. */
const PRIMING_PACKETS = 4;
/** A decoder starts in 0.1 s; this much on a machine under heavy load. */
export const START_LIMIT_MS = 15_000;
/** A decoder that was fed and gives nothing for this long hangs, where no setting says otherwise. */
export const HANG_LIMIT_MS = 5000;

const BYTES_PER_SAMPLE = 2;
const FRAME_BYTES = SAMPLES_PER_FRAME * BYTES_PER_SAMPLE;
const FULL_SCALE = 32_768;
/** Output of the priming, thrown away. */
const HEAD_BYTES = (PRIMING_PACKETS * SAMPLES_PER_FRAME - DECODER_DELAY_SAMPLES) * BYTES_PER_SAMPLE;
/** Output beyond what was fed that the delay explains. */
const MAX_SURPLUS_BYTES = DECODER_DELAY_SAMPLES * BYTES_PER_SAMPLE;

/**
 * FFmpeg's own Opus decoder costs a third of libopus. `aresample=async=1` fills or cuts by the
 * packets' time stamps, should a decoder ever give another length than the stamps say. No
 * `-fflags nobuffer`: it throws the first packet away, and without it nothing is later.
 */
const DECODER_ARGS: readonly string[] = [
  ...['-nostdin', '-nostats', '-loglevel', 'error', ...BLOCK_LIMIT, ...LIVE_INPUT],
  ...['-filter_threads', '1', '-threads', '1'],
  ...['-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0'],
  ...['-f', 'ogg', '-c:a', 'opus', '-i', 'pipe:0'],
  '-af',
  `highpass=f=80,aresample=${SAMPLE_RATE}:filter_size=32:async=1:min_hard_comp=0.01`,
  ...['-ac', '1', '-f', 's16le', '-flush_packets', '1'],
];

export interface FfmpegDecoderOptions {
  /** The FFmpeg to run, from `findFfmpeg`. */
  ffmpeg: string;
  startLimitMs?: number;
  /** Asked anew each time that something is expected. */
  hangLimitMs?: () => number;
}

type Phase = 'starting' | 'running' | 'losing';

/** A {@link PacketDecoder} in an FFmpeg process of its own, watched for hanging and for its step. */
export class FfmpegDecoder implements PacketDecoder {
  readonly pid: number | undefined;
  readonly ready: Promise<void>;
  readonly lost: Promise<DecoderLoss>;
  readonly #ffmpeg: FfmpegStream;
  readonly #muxer = new OggOpusMuxer({ packetMs: FRAME_MS });
  readonly #watch: ProgressWatch;
  #phase: Phase = 'starting';
  #gathering = false;
  #fed = 0;
  #given = 0;
  #headBytesLeft = HEAD_BYTES;
  #rest: Buffer = Buffer.alloc(0);
  #receive: (samples: Float32Array) => void = () => {};
  #becomeReady: () => void = () => {};
  #settle: (loss: DecoderLoss) => void = () => {};

  /** Throws `decoder_failed` where no process can be made. */
  constructor(options: FfmpegDecoderOptions) {
    const { startLimitMs = START_LIMIT_MS, hangLimitMs = () => HANG_LIMIT_MS } = options;
    this.#watch = new ProgressWatch(hangLimitMs, () => this.#lose({ reason: 'hung' }));
    this.#ffmpeg = new FfmpegStream(options.ffmpeg, DECODER_ARGS, MAX_FFMPEG_MB);
    this.pid = this.#ffmpeg.pid;
    const start = new ProgressWatch(
      () => startLimitMs,
      () => this.#lose({ reason: 'not_started' }),
    );
    this.lost = new Promise((resolve) => {
      this.#settle = resolve;
    });
    void this.#ffmpeg.exited.then((exit) => this.#end(exit));
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      void this.lost.then((loss) => reject(startError(loss)));
    });
    // Whoever only waits for `lost` must not see an unhandled rejection.
    this.ready.catch(() => {}).finally(() => start.stop());
    this.#ffmpeg.output.on('data', (bytes: Buffer) => this.#read(bytes));
    start.expect();
    this.#ffmpeg.input.write(this.#muxer.header());
    for (let packet = 0; packet < PRIMING_PACKETS; packet += 1) {
      this.#ffmpeg.input.write(this.#muxer.page(SILENT_PACKET));
    }
  }

  feed(packet: Uint8Array): void {
    if (this.#phase !== 'running') return;
    this.#fed += 1;
    this.#watch.expect();
    this.#gather();
    this.#ffmpeg.input.write(this.#muxer.page(packet));
  }

  /** Packets of one message go out in one write: FFmpeg wakes once for them, and so does Node. */
  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.#ffmpeg.input.cork();
    process.nextTick(() => {
      this.#gathering = false;
      this.#ffmpeg.input.uncork();
    });
  }

  deliverTo(receive: (samples: Float32Array) => void): void {
    this.#receive = receive;
  }

  async close(): Promise<void> {
    this.#lose({ reason: 'closed' });
    await this.#ffmpeg.kill();
  }

  #read(bytes: Buffer): void {
    if (this.#phase === 'losing') return;
    const head = Math.min(this.#headBytesLeft, bytes.length);
    this.#headBytesLeft -= head;
    if (this.#headBytesLeft > 0) return;
    if (this.#phase === 'starting') {
      this.#phase = 'running';
      this.#becomeReady();
    }
    const news = bytes.subarray(head);
    const all = this.#rest.length === 0 ? news : Buffer.concat([this.#rest, news]);
    const frames = Math.min(Math.floor(all.length / FRAME_BYTES), this.#fed - this.#given);
    this.#rest = all.subarray(frames * FRAME_BYTES);
    this.#given += frames;
    if (frames > 0) {
      this.#watch.progress(this.#given < this.#fed);
      this.#receive(toFloat(all, frames * SAMPLES_PER_FRAME));
    }
    if (this.#given === this.#fed && this.#rest.length > MAX_SURPLUS_BYTES) {
      this.#lose({ reason: 'out_of_step' });
    }
  }

  /** Gives up: nothing more is delivered, and the process is killed. */
  #lose(loss: DecoderLoss): void {
    if (this.#phase === 'losing') return;
    this.#phase = 'losing';
    this.#watch.stop();
    void this.#ffmpeg.kill().then(() => this.#settle(loss));
  }

  #end(exit: FfmpegExit): void {
    if (this.#phase === 'losing') return;
    const reason = this.#phase === 'starting' ? 'not_started' : 'exited';
    this.#phase = 'losing';
    this.#watch.stop();
    this.#settle({ reason, cause: exit.error ?? describeExit(exit) });
  }
}

function startError({ cause }: DecoderLoss): AppError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return missing
    ? new AppError('program_missing', 'FFmpeg is no longer where it was at the start.', { cause })
    : new AppError('decoder_failed', 'FFmpeg could not be started.', { cause });
}

function toFloat(bytes: Buffer, count: number): Float32Array {
  // Copied, because the bytes may begin at an odd address.
  const aligned = new Uint8Array(bytes.subarray(0, count * BYTES_PER_SAMPLE));
  const integers = new Int16Array(aligned.buffer);
  const samples = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    samples[index] = (integers[index] ?? 0) / FULL_SCALE;
  }
  return samples;
}
