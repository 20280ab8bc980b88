import type { Turn } from '../scheduling/recognition-scheduler.ts';

/** Counts a session's finals from the end of their segments until they are stored, in that order. */
export class FinalsInWork {
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  #begun = 0;
  #stored = 0;

  /** The same turn, whose finals are counted when they are asked for. */
  counting(turn: Turn): Turn {
    return {
      ...turn,
      final: (request) => {
        this.#begun += 1;
        return turn.final(request);
      },
    };
  }

  /** One more is stored. One that fails is not: its session ends by the failure. */
  stored(): void {
    this.#stored += 1;
    while ((this.#waiting[0]?.count ?? Number.POSITIVE_INFINITY) <= this.#stored) {
      this.#waiting.shift()?.resolve();
    }
  }

  /** Resolves when those are stored that are in work now, whatever comes after them. */
  settled(): Promise<void> {
    const count = this.#begun;
    if (count <= this.#stored) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }
}
