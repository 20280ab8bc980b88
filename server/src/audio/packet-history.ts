/** Packets of a session by frame number: those still owed, and a few before for settling. */
export class PacketHistory {
  readonly #warmUpFrames: number;
  readonly #packets: Uint8Array[] = [];
  /** Frame number of the first packet kept. */
  #start = 0;

  constructor(warmUpFrames: number) {
    this.#warmUpFrames = warmUpFrames;
  }

  /** Number of the frame that comes next. */
  get end(): number {
    return this.#start + this.#packets.length;
  }

  push(packet: Uint8Array): void {
    this.#packets.push(packet);
  }

  /** Puts another packet in the place of one that is kept. */
  replace(frame: number, packet: Uint8Array): void {
    if (frame < this.#start || frame >= this.end) {
      throw new RangeError(`Expected a frame in [${this.#start}, ${this.end}), got ${frame}.`);
    }
    this.#packets[frame - this.#start] = packet;
  }

  /** Forgets what even a decoder that starts at `frame` does not need. */
  forgetBefore(frame: number): void {
    const unneeded = frame - this.#warmUpFrames - this.#start;
    if (unneeded <= 0) return;
    this.#packets.splice(0, unneeded);
    this.#start += unneeded;
  }

  /** What a decoder that starts at `frame` is fed: packets to settle on, then the rest. */
  from(frame: number): { warmUp: readonly Uint8Array[]; owed: readonly Uint8Array[] } {
    const at = frame - this.#start;
    return {
      warmUp: this.#packets.slice(Math.max(0, at - this.#warmUpFrames), at),
      owed: this.#packets.slice(at),
    };
  }
}
