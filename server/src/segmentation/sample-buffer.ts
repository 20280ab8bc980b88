const INITIAL_SAMPLES = 16_384;

/** Samples since a reset point, growing at the end and dropped at the front. */
export class SampleBuffer {
  #samples = new Float32Array(INITIAL_SAMPLES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(samples: Float32Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#samples.length) {
      const larger = new Float32Array(Math.max(needed, this.#samples.length * 2));
      larger.set(this.#samples.subarray(0, this.#length));
      this.#samples = larger;
    }
    this.#samples.set(samples, this.#length);
    this.#length = needed;
  }

  /** A copy of the samples [start, end). */
  copy(start: number, end: number): Float32Array<ArrayBuffer> {
    return this.#samples.slice(start, Math.min(end, this.#length));
  }

  dropFront(count: number): void {
    this.#samples.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}
