import type { Turn } from '../scheduling/recognition-scheduler.ts';

/** Counts a session's finals from the end of their segments until they are stored. */
export class FinalsInWork {
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  /** The same turn, whose finals are counted when they are asked for. */
  counting(turn: Turn): Turn {
    return {
      ...turn,
      final: (request) => {
        this.#count += 1;
        return turn.final(request);
      },
    };
  }

  /** One more is stored. One that fails is not: its session ends by the failure. */
  stored(): void {
    this.#count -= 1;
    if (this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when none is in work. */
  settled(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
