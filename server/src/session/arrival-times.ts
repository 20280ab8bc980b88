/** Messages remembered: half a minute of frames that come one by one (INV4). */
export const MAX_ARRIVALS = 2_048;

/** Knows when the frames of a session arrived at this node, as long as somebody may ask. */
export class ArrivalTimes {
  readonly #now: () => number;
  /** Ascending: every frame before `nextSeq` was here at `atMs`. */
  #arrivals: { readonly nextSeq: number; readonly atMs: number }[] = [];

  /** `now` in milliseconds, on a clock that never steps back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Every frame before `nextSeq` is here. */
  note(nextSeq: number): void {
    if (nextSeq <= (this.#arrivals.at(-1)?.nextSeq ?? -1)) return;
    this.#arrivals.push({ nextSeq, atMs: this.#now() });
    if (this.#arrivals.length > MAX_ARRIVALS) {
      this.#arrivals = this.#arrivals.slice(MAX_ARRIVALS / 2);
    }
  }

  /** When all frames before `seq` were here, on this clock; null where that is not known any more. */
  arrivedAt(seq: number): number | null {
    const [oldest] = this.#arrivals;
    if (oldest === undefined || seq < oldest.nextSeq) return null;
    let low = 0;
    let high = this.#arrivals.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#arrivals[middle]?.nextSeq ?? seq) >= seq) high = middle;
      else low = middle + 1;
    }
    return this.#arrivals[low]?.atMs ?? null;
  }
}
