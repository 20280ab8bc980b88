/**
 * A bounded queue between one producer side and one consumer. `push` waits for room, which is the
 * backpressure; `offer` refuses instead. After `end` the iteration finishes with what is queued;
 * after `fail` it throws at once.
 */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  readonly #writers: (() => void)[] = [];
  #reader: (() => void) | null = null;
  #state: { kind: 'open' } | { kind: 'ended' } | { kind: 'failed'; error: unknown } = {
    kind: 'open',
  };

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Adds an item if there is room; false when full or over. */
  offer(item: T): boolean {
    if (this.#state.kind !== 'open' || this.#items.length >= this.#capacity) return false;
    this.#items.push(item);
    this.#wakeReader();
    return true;
  }

  /** Adds an item as soon as there is room; false when the queue is over. */
  async push(item: T): Promise<boolean> {
    while (this.#state.kind === 'open' && this.#items.length >= this.#capacity) {
      await new Promise<void>((resolve) => this.#writers.push(resolve));
    }
    return this.offer(item);
  }

  end(): void {
    if (this.#state.kind !== 'open') return;
    this.#state = { kind: 'ended' };
    this.#wakeAll();
  }

  fail(error: unknown): void {
    if (this.#state.kind === 'failed') return;
    this.#state = { kind: 'failed', error };
    this.#items.length = 0;
    this.#wakeAll();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      while (true) {
        if (this.#state.kind === 'failed') throw this.#state.error;
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#writers.shift()?.();
          yield item;
        } else if (this.#state.kind === 'ended') {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#reader = resolve;
          });
        }
      }
    } finally {
      // A consumer that leaves early must not strand producers that wait for room.
      this.end();
      this.#items.length = 0;
    }
  }

  #wakeReader(): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.();
  }

  #wakeAll(): void {
    this.#wakeReader();
    for (const writer of this.#writers.splice(0)) writer();
  }
}
