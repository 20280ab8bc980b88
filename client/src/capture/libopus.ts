import { CAPTURE_RATE, FRAME_SAMPLES } from './audio-frame.ts';
import { OPUS_BITRATE, OPUS_COMPLEXITY } from './packet-encoder.ts';

/** Numbers from opus_defines.h. */
const APPLICATION_AUDIO = 2049;
const SET_BITRATE = 4002;
const SET_COMPLEXITY = 4010;
const SET_SIGNAL = 4024;
const SIGNAL_VOICE = 3001;
/** Space that libopus may use for one packet; RFC 6716 allows 1275 bytes a frame. */
const MAX_PACKET_BYTES = 1275;

interface LibopusExports {
  memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(encoder: number, rate: number, channels: number, application: number): number;
  opus_encoder_ctl_set(encoder: number, request: number, value: number): number;
  opus_encode(
    encoder: number,
    samples: number,
    sampleCount: number,
    packet: number,
    maxBytes: number,
  ): number;
}

/**
 * libopus as @evan/opus compiles it. That package's own loader is for Node; the other builds at
 * hand make their glue with `new Function`, which a strict content security policy forbids.
 */
export class LibopusEncoder {
  readonly #opus: LibopusExports;
  readonly #encoder: number;
  readonly #samples: number;
  readonly #packet: number;

  constructor(opus: LibopusExports) {
    this.#opus = opus;
    this.#encoder = opus.malloc(opus.opus_encoder_get_size(1));
    this.#samples = opus.malloc(FRAME_SAMPLES * Int16Array.BYTES_PER_ELEMENT);
    this.#packet = opus.malloc(MAX_PACKET_BYTES);
    check('init', opus.opus_encoder_init(this.#encoder, CAPTURE_RATE, 1, APPLICATION_AUDIO));
    check('bitrate', opus.opus_encoder_ctl_set(this.#encoder, SET_BITRATE, OPUS_BITRATE));
    check('complexity', opus.opus_encoder_ctl_set(this.#encoder, SET_COMPLEXITY, OPUS_COMPLEXITY));
    check('signal', opus.opus_encoder_ctl_set(this.#encoder, SET_SIGNAL, SIGNAL_VOICE));
  }

  /** One frame of 960 samples in −1…1 to one packet. */
  encode(frame: Float32Array): Uint8Array<ArrayBuffer> {
    if (frame.length !== FRAME_SAMPLES) {
      throw new RangeError(`Expected a frame of ${FRAME_SAMPLES} samples, got ${frame.length}.`);
    }
    // Views are made anew: the memory moves when it grows.
    const samples = new Int16Array(this.#opus.memory.buffer, this.#samples, FRAME_SAMPLES);
    for (const [index, sample] of frame.entries()) {
      samples[index] = Math.round(Math.min(1, Math.max(-1, sample)) * 32_767);
    }
    const { opus_encode } = this.#opus;
    const bytes = check(
      'encode',
      opus_encode(this.#encoder, this.#samples, FRAME_SAMPLES, this.#packet, MAX_PACKET_BYTES),
    );
    return new Uint8Array(this.#opus.memory.buffer, this.#packet, bytes).slice();
  }
}

/** Starts libopus from the bytes of its WebAssembly module. */
export async function loadLibopus(wasm: BufferSource): Promise<LibopusExports> {
  const nothing = () => 0;
  const imports = {
    env: { emscripten_notify_memory_growth: nothing },
    wasi_snapshot_preview1: {
      proc_exit: nothing,
      fd_close: nothing,
      fd_write: nothing,
      fd_seek: nothing,
    },
  };
  const { instance } = await WebAssembly.instantiate(wasm, imports);
  const opus = instance.exports as unknown as LibopusExports & { _initialize(): void };
  opus._initialize();
  return opus;
}

function check(step: string, result: number): number {
  if (result < 0) throw new Error(`Expected libopus to succeed at ${step}, got error ${result}.`);
  return result;
}
