/** Shortest time from one change to the next: nobody chooses languages faster. */
export const CHANGE_INTERVAL_MS = 1_000;

interface Turn<T> {
  readonly change: () => Promise<T>;
  readonly resolve: (outcome: T | null) => void;
  readonly reject: (error: unknown) => void;
}

type State =
  | { readonly kind: 'ready' }
  | { readonly kind: 'changing' }
  /** Too soon after the last change. */
  | { readonly kind: 'resting'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'closed' };

/**
 * [INV4] Changes of one thing, one after the other and not too often. Of those that wait only the
 * newest is made: it would have undone the others.
 */
export class PacedChanges<T> {
  #state: State = { kind: 'ready' };
  #waiting: Turn<T> | null = null;

  /** What came of the change; null where a newer one took its place, or nobody waits any more. */
  make(change: () => Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      const turn: Turn<T> = { change, resolve, reject };
      if (this.#state.kind === 'closed') {
        resolve(null);
      } else if (this.#state.kind === 'ready') {
        this.#begin(turn);
      } else {
        this.#waiting?.resolve(null);
        this.#waiting = turn;
      }
    });
  }

  /** Idempotent; leaves no timer. A change that is under way comes to its own end. */
  close(): void {
    if (this.#state.kind === 'resting') clearTimeout(this.#state.timer);
    this.#state = { kind: 'closed' };
    this.#waiting?.resolve(null);
    this.#waiting = null;
  }

  #begin({ change, resolve, reject }: Turn<T>): void {
    const begunAt = performance.now();
    this.#state = { kind: 'changing' };
    (async () => await change())()
      .then(resolve, reject)
      .finally(() => this.#rest(begunAt));
  }

  #rest(begunAt: number): void {
    if (this.#state.kind === 'closed') return;
    const pauseMs = Math.max(0, begunAt + CHANGE_INTERVAL_MS - performance.now());
    this.#state = { kind: 'resting', timer: setTimeout(() => this.#next(), pauseMs) };
  }

  #next(): void {
    const turn = this.#waiting;
    this.#waiting = null;
    this.#state = { kind: 'ready' };
    if (turn !== null) this.#begin(turn);
  }
}
