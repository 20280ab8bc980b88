/** First come, first served within a group, and the groups in turn: none starves another (INV5). */
export class FairQueue<T> {
  readonly #groups = new Map<string, T[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(group: string, item: T): void {
    const line = this.#groups.get(group);
    if (line === undefined) this.#groups.set(group, [item]);
    else line.push(item);
    this.#length += 1;
  }

  /** The first of the group whose turn it is; that group then waits behind the others. */
  shift(): T | undefined {
    const [first] = this.#groups;
    if (first === undefined) return undefined;
    const [group, line] = first;
    const item = line.shift();
    this.#groups.delete(group);
    if (line.length > 0) this.#groups.set(group, line);
    this.#length -= 1;
    return item;
  }

  /** Takes out whatever fits, in no particular order of groups. */
  remove(fits: (item: T) => boolean): T[] {
    const removed: T[] = [];
    for (const [group, line] of this.#groups) {
      const kept = line.filter((item) => !fits(item));
      removed.push(...line.filter(fits));
      if (kept.length > 0) this.#groups.set(group, kept);
      else this.#groups.delete(group);
    }
    this.#length -= removed.length;
    return removed;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (const line of this.#groups.values()) yield* line;
  }
}
