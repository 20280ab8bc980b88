import { AppError } from '../../../shared/errors.ts';
import { SAMPLES_PER_FRAME, WARM_UP_FRAMES } from '../../../shared/limits.ts';
import { SILENT_PACKET } from './ffmpeg-decoder.ts';
import { frameFault } from './opus-packet.ts';
import type { DecoderLoss, PacketDecoder } from './packet-decoder.ts';
import { PacketHistory } from './packet-history.ts';

/**
 * Frames written whose samples nobody has taken yet, where STREAM_BUFFER_SIZE says nothing else: two
 * seconds; then `write` waits (INV4).
 */
export const MAX_AHEAD_FRAMES = 100;
/** Replacements within {@link REPLACEMENT_WINDOW_MS} after which a session's decoder is given up. */
export const MAX_REPLACEMENTS = 5;
export const REPLACEMENT_WINDOW_MS = 60_000;
/** A replacement takes 0.1 s; without one after this long the session's decoder is given up. */
export const REPLACEMENT_LIMIT_MS = 20_000;
/** Decoders lost over the same frame after which that frame is left out. */
export const MAX_LOSSES_PER_FRAME = 3;

export interface DecoderCounters {
  /** Frames written. */
  readonly frames: number;
  /** Of them: frames that were missing (`null`), heard as silence. */
  readonly concealed: number;
  /** Of them: packets that were no sound 20 ms of Opus, or that killed decoders; heard as silence. */
  readonly corrupt: number;
  /** Decoder processes that were lost and replaced. */
  readonly replaced: number;
}

export interface OpusDecoderStreamParts {
  readonly decoder: PacketDecoder;
  /** Another decoder that is ready, in place of one that was lost. */
  readonly replace: (signal: AbortSignal) => Promise<PacketDecoder>;
  /** Frames that may be written and not taken, see {@link MAX_AHEAD_FRAMES}. */
  readonly maxAheadFrames?: number;
  /** Called once, when the last process is gone. */
  readonly released: () => void;
}

type State =
  | { kind: 'decoding'; decoder: PacketDecoder }
  | { kind: 'replacing' }
  | { kind: 'failed'; error: AppError }
  | { kind: 'closed' };

/**
 * A session's decoder: 20 ms Opus packets in, exactly 320 samples (16 kHz mono, −1…1) out for each,
 * in order, whatever is corrupt, missing or dying in between. The sound lags behind the packets by
 * `DECODER_DELAY_SAMPLES`. Made by a decoder pool; whoever acquired it closes it.
 */
export class OpusDecoderStream {
  readonly #replaceDecoder: OpusDecoderStreamParts['replace'];
  readonly #released: () => void;
  readonly #maxAheadFrames: number;
  readonly #history = new PacketHistory(WARM_UP_FRAMES);
  readonly #abort = new AbortController();
  readonly #ready: Float32Array[] = [];
  #state: State = { kind: 'replacing' };
  #ended = false;
  #iterated = false;
  #closing: Promise<void> | null = null;
  #replacement: Promise<void> = Promise.resolve();
  #wakeReader: () => void = () => {};
  /** Lets the writer, or `end`, look again at whether it may go on. */
  #wakeWriter: (() => void) | null = null;
  /** Frames whose samples came out of the decoder, and those that were taken by the reader. */
  #given = 0;
  #taken = 0;
  #concealed = 0;
  #corrupt = 0;
  #replaced = 0;
  readonly #replacedAt: number[] = [];
  #losses = { frame: -1, count: 0 };

  constructor({
    decoder,
    replace,
    released,
    maxAheadFrames = MAX_AHEAD_FRAMES,
  }: OpusDecoderStreamParts) {
    this.#maxAheadFrames = maxAheadFrames;
    this.#replaceDecoder = replace;
    this.#released = released;
    this.#adopt(decoder);
  }

  get counters(): DecoderCounters {
    return {
      frames: this.#history.end,
      concealed: this.#concealed,
      corrupt: this.#corrupt,
      replaced: this.#replaced,
    };
  }

  /** Of the FFmpeg process at work, where there is one just now. */
  get pid(): number | undefined {
    return this.#state.kind === 'decoding' ? this.#state.decoder.pid : undefined;
  }

  /**
   * Writes the next frame: one Opus packet (copied), or null for one that is missing. Waits while
   * `maxAheadFrames` are not taken yet; one call at a time. Rejects with `decoder_failed`
   * when decoders keep dying.
   */
  async write(packet: Uint8Array | null): Promise<void> {
    if (this.#ended) throw misuse('no frame after the end', 'one');
    await this.#until(() => this.#history.end - this.#taken < this.#maxAheadFrames);
    const sound = this.#check(packet);
    this.#history.push(sound);
    if (this.#state.kind === 'decoding') this.#state.decoder.feed(sound);
  }

  /** All samples, 320 a frame, some frames at a time; ends after `end` or `close`. Once only. */
  async *samples(): AsyncGenerator<Float32Array, void, undefined> {
    if (this.#iterated) throw misuse('one reader', 'a second one');
    this.#iterated = true;
    while (this.#state.kind !== 'closed') {
      const samples = joined(this.#ready.splice(0));
      if (samples !== null) {
        this.#taken += samples.length / SAMPLES_PER_FRAME;
        this.#wakeWriter?.();
        yield samples;
      } else if (this.#state.kind === 'failed') {
        throw this.#state.error;
      } else if (this.#ended && this.#given === this.#history.end) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }

  /** No more frames: resolves when the samples of all frames are out, which ends `samples()`. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#until(() => this.#given === this.#history.end);
    this.#wakeReader();
  }

  /** Ends everything at once, unread samples are dropped. Idempotent; resolves without a process left. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const decoder = this.#state.kind === 'decoding' ? this.#state.decoder : null;
    this.#state = { kind: 'closed' };
    this.#abort.abort(closed());
    this.#ready.length = 0;
    this.#wakeReader();
    this.#wakeWriter?.();
    try {
      await decoder?.close();
      await this.#replacement;
    } finally {
      this.#released();
    }
  }

  /** Waits until `condition` holds; rejects when the stream fails or is closed. */
  async #until(condition: () => boolean): Promise<void> {
    if (this.#wakeWriter !== null) throw misuse('one write at a time', 'a second one');
    while (true) {
      if (this.#state.kind === 'failed') throw this.#state.error;
      if (this.#state.kind === 'closed') throw closed();
      if (condition()) return;
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
      this.#wakeWriter = null;
    }
  }

  #check(packet: Uint8Array | null): Uint8Array {
    if (packet === null) {
      this.#concealed += 1;
      return SILENT_PACKET;
    }
    if (frameFault(packet) !== null) {
      this.#corrupt += 1;
      return SILENT_PACKET;
    }
    return new Uint8Array(packet);
  }

  /** Feeds everything whose samples are still owed, after a few frames for the decoder to settle. */
  #adopt(decoder: PacketDecoder): void {
    const packets = this.#history.from(this.#given);
    let warmUpSamples = packets.warmUp.length * SAMPLES_PER_FRAME;
    this.#state = { kind: 'decoding', decoder };
    decoder.deliverTo((samples) => {
      if (this.#state.kind !== 'decoding' || this.#state.decoder !== decoder) return;
      const heard = samples.subarray(Math.min(warmUpSamples, samples.length));
      warmUpSamples -= samples.length - heard.length;
      if (heard.length > 0) this.#deliver(heard);
    });
    void decoder.lost.then((loss) => this.#onLost(decoder, loss));
    for (const packet of packets.warmUp) decoder.feed(packet);
    for (const packet of packets.owed) decoder.feed(packet);
  }

  #deliver(samples: Float32Array): void {
    this.#given += samples.length / SAMPLES_PER_FRAME;
    this.#history.forgetBefore(this.#given);
    this.#ready.push(samples);
    this.#wakeReader();
    this.#wakeWriter?.();
  }

  #onLost(decoder: PacketDecoder, loss: DecoderLoss): void {
    if (this.#state.kind !== 'decoding' || this.#state.decoder !== decoder) return;
    this.#state = { kind: 'replacing' };
    this.#replaced += 1;
    const now = performance.now();
    this.#replacedAt.push(now);
    while (now - (this.#replacedAt[0] ?? now) > REPLACEMENT_WINDOW_MS) this.#replacedAt.shift();
    if (this.#replacedAt.length > MAX_REPLACEMENTS) {
      this.#fail(`its decoder was lost ${this.#replacedAt.length} times in a minute`, loss);
      return;
    }
    this.#leaveOutWhatKills();
    this.#replacement = this.#takeReplacement();
  }

  /** Several decoders lost over the same frame: more likely the frame's fault than theirs. */
  #leaveOutWhatKills(): void {
    const frame = this.#given;
    if (frame === this.#history.end) return;
    this.#losses = { frame, count: this.#losses.frame === frame ? this.#losses.count + 1 : 1 };
    if (this.#losses.count < MAX_LOSSES_PER_FRAME) return;
    this.#history.replace(frame, SILENT_PACKET);
    this.#corrupt += 1;
    this.#losses = { frame: -1, count: 0 };
  }

  async #takeReplacement(): Promise<void> {
    const limit = setTimeout(
      () => this.#abort.abort(new Error('No replacement in time.')),
      REPLACEMENT_LIMIT_MS,
    );
    try {
      const decoder = await this.#replaceDecoder(this.#abort.signal);
      if (this.#state.kind === 'replacing') this.#adopt(decoder);
      else await decoder.close();
    } catch (cause) {
      this.#fail('no decoder could take the place of a lost one', cause);
    } finally {
      clearTimeout(limit);
    }
  }

  #fail(why: string, cause: unknown): void {
    if (this.#state.kind === 'closed') return;
    const error = new AppError('decoder_failed', `The audio could not be decoded: ${why}.`, {
      cause,
    });
    this.#state = { kind: 'failed', error };
    this.#wakeReader();
    this.#wakeWriter?.();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array | null {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? null;
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function misuse(expected: string, got: string): AppError {
  return new AppError('internal', `Decoder stream: expected ${expected}, got ${got}.`);
}

function closed(): AppError {
  return new AppError('internal', 'Expected an open decoder stream, got a closed one.');
}
