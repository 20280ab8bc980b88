/** Holds one of the permits to run a pipeline. */
export interface SlotHolder {
  /** Somebody waits: finish what is under way, then release. */
  giveWay(): void;
}

/** A fixed number of permits, lent first come, first served; who used its own longest ago gives way. */
export class PipelineSlots {
  readonly #limit: number;
  /** In order of last use, the longest ago first; true once asked to give way. */
  readonly #holders = new Map<SlotHolder, boolean>();
  readonly #line: { holder: SlotHolder; grant: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get held(): number {
    return this.#holders.size;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** Calls `grant`, at once or later, when `holder` may run. */
  request(holder: SlotHolder, grant: () => void): void {
    if (this.#holders.size < this.#limit) {
      this.#holders.set(holder, false);
      grant();
      return;
    }
    this.#line.push({ holder, grant });
    this.#askEnough();
  }

  /** Notes that `holder` is at work. */
  touch(holder: SlotHolder): void {
    const asked = this.#holders.get(holder);
    if (asked === undefined) return;
    this.#holders.delete(holder);
    this.#holders.set(holder, asked);
  }

  /** Gives the permit back, or leaves the line. */
  release(holder: SlotHolder): void {
    const place = this.#line.findIndex((entry) => entry.holder === holder);
    if (place !== -1) this.#line.splice(place, 1);
    if (!this.#holders.delete(holder)) return;
    const next = this.#line.shift();
    if (next === undefined) return;
    this.#holders.set(next.holder, false);
    next.grant();
    this.#askEnough();
  }

  /** One holder gives way for each in the line. */
  #askEnough(): void {
    let asked = [...this.#holders.values()].filter(Boolean).length;
    for (const [holder, isAsked] of [...this.#holders]) {
      if (asked >= this.#line.length) return;
      if (isAsked) continue;
      asked += 1;
      this.#holders.set(holder, true);
      holder.giveWay();
    }
  }
}
