import { FRAME_MS, RING_FRAMES } from '../../../shared/limits.ts';
import { type Chunk, framesOf, silence } from './audio-frame.ts';
import { CaptureError } from './capture-error.ts';
import { opusPacketMs } from './opus-packet.ts';
import {
  type EncoderEvents,
  type EncoderFactory,
  EncoderUnsupported,
  type PacketEncoder,
} from './packet-encoder.ts';

/** Times one kind of encoder may fail in a row before the next kind is tried. */
const MAX_FAILURES_IN_A_ROW = 3;
/** Packets after which an encoder's earlier failures are forgiven: ten seconds. */
const FORGIVEN_AFTER_PACKETS = 500;
/** Frames without any packet after which an encoder counts as hung: ten seconds. */
const MAX_FRAMES_UNANSWERED = 500;
/** Frames that may wait for an encoder too slow for this machine: as many as the ring holds. */
const MAX_PENDING_FRAMES = RING_FRAMES;
/** Encoders that look ahead may keep back a packet or two; silence pushes them out. */
const MAX_FLUSHES = 3;

type State =
  | { kind: 'idle' }
  | { kind: 'opening'; opened: Promise<void> }
  | { kind: 'running'; encoder: PacketEncoder }
  | { kind: 'failed'; error: CaptureError }
  | { kind: 'closed' };

export interface SteadyEncoderOptions {
  /** Kinds of encoders, the best first. */
  factories: readonly EncoderFactory[];
  onPacket(packet: Uint8Array): void;
  /** An encoder has opened: the first one, or the one after a failure. */
  onOpened(name: string): void;
  /** No kind is left; called once. */
  onFailed(error: CaptureError): void;
}

/**
 * Gives exactly one packet of 20 ms for every frame, in order, across failures: frames are kept
 * until their packet is out, and go to the next encoder when one dies.
 */
export class SteadyEncoder {
  readonly #options: SteadyEncoderOptions;
  #state: State = { kind: 'idle' };
  /** Frames whose packets are not out yet. */
  #pending: Chunk[] = [];
  #kind = 0;
  #failures = 0;
  #packetsSinceOpen = 0;
  #unanswered = 0;
  #generation = 0;

  constructor(options: SteadyEncoderOptions) {
    this.#options = options;
  }

  encode(chunk: Chunk): void {
    if (this.#state.kind === 'failed' || this.#state.kind === 'closed') return;
    const frames = framesOf(chunk);
    this.#pending.push(...frames);
    if (this.#state.kind === 'idle') this.#open();
    else if (this.#state.kind === 'running') this.#give(this.#state.encoder, chunk);
    this.#unanswered += frames.length;
    if (this.#unanswered > MAX_FRAMES_UNANSWERED || this.#pending.length > MAX_PENDING_FRAMES) {
      this.#fail(new Error(`Expected packets, got too few: ${this.#pending.length} are missing.`));
    }
  }

  /** Resolves when every frame is out as a packet; rejects when that has become impossible. */
  async flush(): Promise<void> {
    for (let flushes = 0; this.#pending.length > 0; flushes += 1) {
      if (this.#state.kind === 'closed') return;
      if (this.#state.kind === 'idle') this.#open();
      if (this.#state.kind === 'opening') await this.#state.opened;
      if (this.#state.kind !== 'running') continue;
      const { encoder } = this.#state;
      if (flushes >= MAX_FLUSHES) {
        this.#fail(new Error(`Expected every packet, got ${this.#pending.length} too few.`));
        continue;
      }
      if (flushes > 0) encoder.encode(silence(1));
      // A failure while flushing also arrives as onError, which opens the next encoder.
      await encoder.flush().catch((error: unknown) => this.#failIfCurrent(encoder, error));
    }
    if (this.#state.kind === 'failed') throw this.#state.error;
  }

  close(): void {
    if (this.#state.kind === 'running') this.#state.encoder.close();
    this.#state = { kind: 'closed' };
    this.#generation += 1;
    this.#pending = [];
  }

  #open(): void {
    const factory = this.#options.factories[this.#kind];
    if (factory === undefined) {
      const error = new CaptureError('encoder_failed', 'Expected an Opus encoder, got none.');
      this.#state = { kind: 'failed', error };
      this.#pending = [];
      this.#options.onFailed(error);
      return;
    }
    this.#generation += 1;
    const generation = this.#generation;
    const events: EncoderEvents = {
      onPacket: (packet) => {
        if (generation === this.#generation) this.#take(packet);
      },
      onError: (error) => {
        if (generation === this.#generation) this.#fail(error);
      },
    };
    const opened = Promise.resolve()
      .then(() => factory(events))
      .then(
        (encoder) => {
          if (generation === this.#generation) this.#run(encoder);
          else encoder.close();
        },
        (error: unknown) => {
          if (generation === this.#generation) this.#fail(error);
        },
      );
    this.#state = { kind: 'opening', opened };
  }

  #run(encoder: PacketEncoder): void {
    this.#state = { kind: 'running', encoder };
    this.#options.onOpened(encoder.name);
    this.#packetsSinceOpen = 0;
    this.#unanswered = 0;
    for (const frame of this.#pending.slice()) {
      if (this.#state.kind !== 'running' || this.#state.encoder !== encoder) return;
      this.#give(encoder, frame);
    }
  }

  #give(encoder: PacketEncoder, chunk: Chunk): void {
    try {
      encoder.encode(chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(packet: Uint8Array): void {
    const packetMs = opusPacketMs(packet);
    if (packetMs !== FRAME_MS) {
      this.#fail(new EncoderUnsupported(`Expected packets of 20 ms, got ${packetMs} ms.`));
      return;
    }
    // Flushing an encoder that looks ahead gives one packet more than there were frames.
    if (this.#pending.shift() === undefined) return;
    this.#unanswered = 0;
    this.#packetsSinceOpen += 1;
    if (this.#packetsSinceOpen === FORGIVEN_AFTER_PACKETS) this.#failures = 0;
    this.#options.onPacket(packet);
  }

  #failIfCurrent(encoder: PacketEncoder, error: unknown): void {
    if (this.#state.kind === 'running' && this.#state.encoder === encoder) this.#fail(error);
  }

  /** Leaves this encoder; the next one starts with the frames whose packets never came. */
  #fail(error: unknown): void {
    if (this.#state.kind === 'running') this.#state.encoder.close();
    this.#generation += 1;
    this.#failures += 1;
    this.#unanswered = 0;
    if (error instanceof EncoderUnsupported || this.#failures >= MAX_FAILURES_IN_A_ROW) {
      this.#kind += 1;
      this.#failures = 0;
    }
    this.#state = { kind: 'idle' };
    // An encoder that the browser took back while nobody spoke is opened again when needed.
    const spent = this.#kind >= this.#options.factories.length;
    if (this.#pending.length > 0 || spent) this.#open();
  }
}
