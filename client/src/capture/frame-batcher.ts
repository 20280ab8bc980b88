import { FRAME_SAMPLES } from './audio-frame.ts';

/** Collects blocks of any size into frames of 20 ms; runs in the audio thread. */
export class FrameBatcher {
  readonly #onFrame: (frame: Float32Array<ArrayBuffer>) => void;
  #frame = new Float32Array(FRAME_SAMPLES);
  #filled = 0;

  /** The listener owns every frame it is given. */
  constructor(onFrame: (frame: Float32Array<ArrayBuffer>) => void) {
    this.#onFrame = onFrame;
  }

  push(block: Float32Array): void {
    let offset = 0;
    while (offset < block.length) {
      const taken = Math.min(block.length - offset, FRAME_SAMPLES - this.#filled);
      this.#frame.set(block.subarray(offset, offset + taken), this.#filled);
      this.#filled += taken;
      offset += taken;
      if (this.#filled === FRAME_SAMPLES) {
        const full = this.#frame;
        this.#frame = new Float32Array(FRAME_SAMPLES);
        this.#filled = 0;
        this.#onFrame(full);
      }
    }
  }
}
