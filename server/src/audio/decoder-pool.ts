import { AppError } from '../../../shared/errors.ts';
import { DecoderSupply } from './decoder-supply.ts';
import { FfmpegDecoder } from './ffmpeg-decoder.ts';
import { OpusDecoderStream } from './opus-decoder-stream.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import { SlotLine } from './slot-line.ts';

/** Starting more at once makes every one of them late. */
const MAX_SPAWNING = 2;
/** Who holds a slot waits for a decoder at most this long; fifty cold starts take five seconds. */
export const DECODER_WAIT_MS = 20_000;
/** A refused client that comes back sooner than this meets the same line. */
const MIN_RETRY_AFTER_MS = 1000;

export interface DecoderPoolOptions {
  /** Sessions that may decode at the same time. */
  slots: number;
  /** Sessions that may wait for a slot. */
  waitingLimit: number;
  /** How long a session waits for a slot before it is told `server_busy`. */
  maxWaitMs: number;
  /** Decoders kept ready for newcomers; never more than slots are free. */
  prewarmed: number;
  /** Decoders that may be starting at the same time. */
  maxSpawning?: number;
  /** The FFmpeg to run, from `findFfmpeg`. */
  ffmpeg: string;
  /** How long a decoder that was fed may give nothing, just now. */
  hangLimitMs?: () => number;
  /** Frames of a session that may be in its decoder before more wait. */
  maxAheadFrames?: number;
  /** True while memory is too scarce for decoders that nobody uses yet. */
  isSparing?: () => boolean;
  /** For tests: starts something else than FFmpeg. */
  startDecoder?: () => PacketDecoder;
}

export interface DecoderPoolStats {
  readonly slots: number;
  readonly live: number;
  readonly waiting: number;
  readonly idle: number;
  readonly starting: number;
  /** Since the start: decoders that failed to start or were lost while idle. */
  readonly failures: number;
  /** Since the start: decoders that were lost in the middle of a session and replaced. */
  readonly replaced: number;
  /** Since the start: frames that were missing, and packets that were no sound Opus. */
  readonly concealed: number;
  readonly corrupt: number;
}

export interface DecoderPool {
  /**
   * A decoder for one session, who closes it in `finally`. Rejects with `server_busy` (and when to
   * come back) when the line is full or the wait is over, with `shutting_down`, `decoder_failed`
   * or `program_missing`, or with the signal's reason.
   */
  acquire(signal: AbortSignal): Promise<OpusDecoderStream>;
  stats(): DecoderPoolStats;
  /** Ends decoders that nobody uses, while `isSparing` says so. */
  tend(): void;
  /** Closes everything, live decoders too. Idempotent; leaves no process and no timer behind. */
  close(): Promise<void>;
}

/** Slots for live decoders, with a bounded line before them and decoders started in advance. */
export function createDecoderPool(options: DecoderPoolOptions): DecoderPool {
  const { slots, waitingLimit, maxWaitMs, prewarmed, maxSpawning = MAX_SPAWNING } = options;
  const { ffmpeg, hangLimitMs, maxAheadFrames, isSparing = () => false } = options;
  const startDecoder =
    options.startDecoder ??
    (() => new FfmpegDecoder({ ffmpeg, ...(hangLimitMs === undefined ? {} : { hangLimitMs }) }));
  const live = new Set<OpusDecoderStream>();
  const opening = new Set<Promise<OpusDecoderStream>>();
  const past = { replaced: 0, concealed: 0, corrupt: 0 };
  /** Slots just taken whose holder is about to ask for a decoder: an idle one stays for it. */
  let claims = 0;
  let closing: Promise<void> | null = null;

  const line = new SlotLine({
    slots,
    waitingLimit,
    retryAfterMs: Math.max(maxWaitMs, MIN_RETRY_AFTER_MS),
    onTaken: () => {
      claims += 1;
    },
    onFreed: () => supply.tend(),
  });
  const supply = new DecoderSupply({
    start: startDecoder,
    maxSpawning,
    idleTarget: () => Math.min(isSparing() ? claims : prewarmed, line.free + claims),
  });
  supply.tend();

  const acquire = async (signal: AbortSignal): Promise<OpusDecoderStream> => {
    const giveBack = await within(maxWaitMs, signal, () => line.busy(), line.take.bind(line));
    const opened = open(giveBack, signal);
    opening.add(opened);
    try {
      return await opened;
    } finally {
      opening.delete(opened);
    }
  };

  const open = async (giveBack: () => void, signal: AbortSignal): Promise<OpusDecoderStream> => {
    claims -= 1;
    try {
      const decoder = await within(DECODER_WAIT_MS, signal, tooSlow, (limited) =>
        supply.take('newcomer', limited),
      );
      if (closing !== null) {
        await decoder.close();
        throw shuttingDown();
      }
      const stream = new OpusDecoderStream({
        decoder,
        ...(maxAheadFrames === undefined ? {} : { maxAheadFrames }),
        replace: (replaceSignal) => supply.take('replacement', replaceSignal),
        released: () => {
          live.delete(stream);
          addUp(past, stream);
          giveBack();
        },
      });
      live.add(stream);
      return stream;
    } catch (error) {
      giveBack();
      throw error;
    }
  };

  const stats = (): DecoderPoolStats => {
    const sums = { ...past };
    for (const stream of live) addUp(sums, stream);
    return {
      slots,
      live: line.taken,
      waiting: line.waiting,
      idle: supply.idle,
      starting: supply.starting,
      failures: supply.failures,
      ...sums,
    };
  };

  const closeAll = async (): Promise<void> => {
    line.close(shuttingDown());
    await Promise.all([
      supply.close(shuttingDown()),
      ...[...live].map((stream) => stream.close()),
      Promise.allSettled(opening),
    ]);
  };

  return {
    acquire,
    stats,
    tend: () => supply.tend(),
    close: () => {
      // Set before closeAll runs: whoever is opening at this moment looks at it.
      closing ??= Promise.resolve().then(closeAll);
      return closing;
    },
  };
}

/** Runs `work` with a signal that also aborts, with `late`'s error, after `limitMs`. */
async function within<T>(
  limitMs: number,
  signal: AbortSignal,
  late: () => AppError,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limited = new AbortController();
  const onAbort = (): void => limited.abort(signal.reason);
  const timer = setTimeout(() => limited.abort(late()), limitMs);
  signal.addEventListener('abort', onAbort);
  try {
    return await work(limited.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function shuttingDown(): AppError {
  return new AppError('shutting_down', 'The server is shutting down.');
}

function tooSlow(): AppError {
  return new AppError('server_busy', 'The server is too busy to start decoding.', {
    retryAfterMs: DECODER_WAIT_MS,
  });
}

function addUp(
  sums: { replaced: number; concealed: number; corrupt: number },
  { counters }: OpusDecoderStream,
): void {
  sums.replaced += counters.replaced;
  sums.concealed += counters.concealed;
  sums.corrupt += counters.corrupt;
}
