/** Entries that are remembered; whoever is further behind the first of them is not measured. */
const MAX_ENTRIES = 1000;

/** How long after the first of many readers each of the others has an entry: needs no second clock. */
export class FirstSight {
  readonly #firstAt = new Map<string, number>();

  /** Milliseconds behind the first, null for the first itself. */
  behind(cursor: string, nowMs = performance.now()): number | null {
    const firstAt = this.#firstAt.get(cursor);
    if (firstAt !== undefined) return nowMs - firstAt;
    this.#firstAt.set(cursor, nowMs);
    const [oldest] = this.#firstAt.keys();
    if (this.#firstAt.size > MAX_ENTRIES && oldest !== undefined) this.#firstAt.delete(oldest);
    return null;
  }
}
