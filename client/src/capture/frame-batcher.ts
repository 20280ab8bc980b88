import { CHUNK_FRAMES, type Chunk, FRAME_SAMPLES } from './audio-frame.ts';

const CHUNK_SAMPLES = CHUNK_FRAMES * FRAME_SAMPLES;

/** Collects blocks of any size into chunks of five frames; runs in the audio thread. */
export class FrameBatcher {
  readonly #onChunk: (chunk: Chunk) => void;
  #chunk: Chunk = new Float32Array(CHUNK_SAMPLES);
  #filled = 0;

  /** The listener owns every chunk it is given. */
  constructor(onChunk: (chunk: Chunk) => void) {
    this.#onChunk = onChunk;
  }

  push(block: Float32Array): void {
    let offset = 0;
    while (offset < block.length) {
      const taken = Math.min(block.length - offset, CHUNK_SAMPLES - this.#filled);
      this.#chunk.set(block.subarray(offset, offset + taken), this.#filled);
      this.#filled += taken;
      offset += taken;
      if (this.#filled === CHUNK_SAMPLES) this.#handOver(CHUNK_SAMPLES);
    }
  }

  /** Hands over what is there, its last frame filled up with silence. */
  flush(): void {
    if (this.#filled > 0) this.#handOver(Math.ceil(this.#filled / FRAME_SAMPLES) * FRAME_SAMPLES);
  }

  #handOver(samples: number): void {
    const full = this.#chunk.slice(0, samples);
    this.#chunk.fill(0);
    this.#filled = 0;
    this.#onChunk(full);
  }
}
