import { AppError } from '../../../shared/errors.ts';

export interface SlotLineOptions {
  /** Permits that exist. */
  slots: number;
  /** How many may wait for one; the next is refused (INV4). */
  waitingLimit: number;
  /** What a refused one is told about when to come back. */
  retryAfterMs: number;
  /** Called when a slot was taken, before `take` resolves. */
  onTaken?: () => void;
  /** Called when a slot came back that nobody waits for. */
  onFreed?: () => void;
}

interface Waiting {
  grant: () => void;
  refuse: (error: unknown) => void;
}

/** A fixed number of permits and a bounded line of those who wait for one, first come first served. */
export class SlotLine {
  readonly #options: SlotLineOptions;
  readonly #line = new Set<Waiting>();
  #taken = 0;
  #closedBy: AppError | null = null;

  constructor(options: SlotLineOptions) {
    this.#options = options;
  }

  get free(): number {
    return this.#options.slots - this.#taken;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /**
   * Takes a slot, or waits for one in line; answers the function that gives it back (idempotent).
   * Rejects with `server_busy` when the line is full, or with the signal's reason.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#closedBy !== null) throw this.#closedBy;
    if (this.free > 0) {
      this.#taken += 1;
    } else {
      if (this.#line.size >= this.#options.waitingLimit) throw this.busy();
      await this.#wait(signal);
    }
    this.#options.onTaken?.();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#giveBack();
    };
  }

  /** Refuses everybody who waits or comes. Slots that are held can still be given back. */
  close(error: AppError): void {
    this.#closedBy = error;
    for (const waiting of this.#line) waiting.refuse(error);
    this.#line.clear();
  }

  busy(): AppError {
    const { slots, retryAfterMs } = this.#options;
    return new AppError('server_busy', `All ${slots} places for speakers are taken.`, {
      retryAfterMs,
    });
  }

  /** Resolves with a slot that its last holder handed over. */
  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#line.delete(waiting);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => waiting.refuse(signal.reason);
      const waiting: Waiting = {
        grant: () => {
          leave();
          resolve();
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      signal.addEventListener('abort', onAbort);
      this.#line.add(waiting);
    });
  }

  #giveBack(): void {
    const [next] = this.#line;
    if (next !== undefined) {
      // Handed over, never free in between: nobody overtakes the line.
      next.grant();
      return;
    }
    this.#taken -= 1;
    this.#options.onFreed?.();
  }
}
