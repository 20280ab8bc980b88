import type { Logger } from 'pino';
import type { Droppable } from './droppable.ts';
import { serverFull } from './server-full.ts';
import { Watermark } from './watermark.ts';

/** Percent of MEMORY_LIMIT_MB from which on what can be had again is let go, and until when. */
export const TIGHT_PERCENT = 85;
export const ENOUGH_PERCENT = 80;
/** Percent from which on newcomers are refused, and until when. */
export const FULL_PERCENT = 95;
export const ROOM_PERCENT = 90;
/** While memory stays scarce, what has gathered again is let go no more often than this. */
export const DROP_INTERVAL_MS = 60_000;

export type MemoryStep = 'enough' | 'tight' | 'full';

export interface MemoryGuardOptions {
  readonly limitMb: number;
  readonly droppables: readonly Droppable[];
  readonly collectGarbage: () => void;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Milliseconds on a clock that never steps back. */
  readonly now?: () => number;
}

/**
 * [INV4] Keeps a node within its memory: at 85 % of the limit it lets go of what it could get again
 * and collects garbage, at 95 % it takes nobody new. Both end a little lower than they begin.
 */
export class MemoryGuard {
  readonly limitMb: number;
  readonly #options: MemoryGuardOptions;
  readonly #now: () => number;
  readonly #tight = new Watermark(TIGHT_PERCENT, ENOUGH_PERCENT);
  readonly #full = new Watermark(FULL_PERCENT, ROOM_PERCENT);
  #usedMb = 0;
  #droppedAt = Number.NEGATIVE_INFINITY;

  constructor(options: MemoryGuardOptions) {
    this.#options = options;
    this.limitMb = options.limitMb;
    this.#now = options.now ?? (() => performance.now());
  }

  get usedMb(): number {
    return this.#usedMb;
  }

  get usedPercent(): number {
    return (100 * this.#usedMb) / this.limitMb;
  }

  get step(): MemoryStep {
    if (this.#full.isHigh) return 'full';
    return this.#tight.isHigh ? 'tight' : 'enough';
  }

  /** Throws `server_full` while there is no memory for anybody new. */
  admit(): void {
    if (!this.#full.isHigh) return;
    throw serverFull(`less than ${FULL_PERCENT} % of ${this.limitMb} MB in use`, 'more');
  }

  /** Takes in how much is used just now. */
  note(usedMb: number): void {
    this.#usedMb = usedMb;
    const { log } = this.#options;
    const facts = { usedMb: Math.round(usedMb), limitMb: this.limitMb };
    const tight = this.#tight.note(this.usedPercent);
    const full = this.#full.note(this.usedPercent);
    if (tight === 'fallen') log.info(facts, 'memory is enough again');
    if (full === 'risen') log.warn(facts, 'memory is full: newcomers are refused');
    if (full === 'fallen') log.warn(facts, 'newcomers are taken again');
    const isDue = this.#now() - this.#droppedAt >= DROP_INTERVAL_MS;
    if (this.#tight.isHigh && (isDue || tight === 'risen' || full === 'risen')) this.#drop(facts);
  }

  #drop(facts: object): void {
    const { droppables, collectGarbage, log } = this.#options;
    this.#droppedAt = this.#now();
    const names = droppables.map(({ name }) => name);
    log.warn({ ...facts, droppables: names }, 'memory is scarce: what can be had again is let go');
    for (const droppable of droppables) droppable.drop();
    collectGarbage();
  }
}
