import type { PlacedEntry } from '../../../shared/captions.ts';
import { compareCursors } from '../../../shared/cursor.ts';
import { AppError } from '../../../shared/errors.ts';

/** One reader of a record: what came and it has not taken yet, up to a limit (INV4). */
export class RecordFollower {
  readonly #maxEntries: number;
  #waiting: PlacedEntry[] = [];
  #failure: AppError | null = null;
  #wake: (() => void) | null = null;
  #cursor: string;

  constructor(after: string, maxEntries: number) {
    this.#cursor = after;
    this.#maxEntries = maxEntries;
  }

  /** The last entry that was taken or passed over. */
  get cursor(): string {
    return this.#cursor;
  }

  /** True for an entry that this reader has not seen; from then on it has. */
  pass(cursor: string): boolean {
    if (compareCursors(cursor, this.#cursor) <= 0) return false;
    this.#cursor = cursor;
    return true;
  }

  offer(entry: PlacedEntry): void {
    if (this.#failure !== null || compareCursors(entry.cursor, this.#cursor) <= 0) return;
    if (this.#waiting.length >= this.#maxEntries) {
      this.#waiting = [];
      this.#failure = new AppError(
        'slow_viewer',
        `Expected a follower with at most ${this.#maxEntries} entries waiting, got a slower one.`,
      );
    } else {
      this.#waiting.push(entry);
    }
    this.wake();
  }

  /** Everything that waits, or throws once this reader was too slow. */
  take(): readonly PlacedEntry[] {
    if (this.#failure !== null) throw this.#failure;
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** Resolves when there may be something to take. */
  arrival(): Promise<void> {
    if (this.#failure !== null || this.#waiting.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
