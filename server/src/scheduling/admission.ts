import { AppError } from '../../../shared/errors.ts';
import type { LoadStep } from './load-step.ts';

/** Beyond them one newcomer in so much time, so that the load of one shows before many more come. */
export const ADMISSION_INTERVAL_MS = 1_000;
/** What is left of the number that was too much. */
const BACK_OFF = 0.8;
/** When a newcomer may ask again: the load is looked at more often, and falls slowly. */
const RETRY_AFTER_MS = 5_000;

export interface AdmissionOptions {
  /** Whom the recogniser is known to keep up with. */
  readonly speakers: number;
  /** Milliseconds on a clock that never steps back. */
  readonly now?: () => number;
}

/**
 * Decides whether another speaker is let in. The load tells of a crowd only when its segments are
 * over and wait, too late for who came in the same second; so a node lets in at once as many as it
 * is known to carry, and beyond them one after another for as long as no finals wait. Additive
 * increase, multiplicative decrease, as congestion is avoided in networks (Chiu and Jain 1989).
 */
export class Admission {
  readonly #now: () => number;
  #carried: number;
  #lastBeyondMs = Number.NEGATIVE_INFINITY;
  #wasTooMuch = false;

  constructor({ speakers, now = () => performance.now() }: AdmissionOptions) {
    this.#now = now;
    this.#carried = speakers;
  }

  /** Speakers that are let in without a look at how fast they come. */
  get carried(): number {
    return this.#carried;
  }

  /** Lets a newcomer in beside `sessions` others; throws `server_busy` [INV8]. */
  admit(sessions: number, step: LoadStep): void {
    const isTooMuch = step === 'refusing';
    if (isTooMuch && !this.#wasTooMuch) {
      this.#carried = Math.max(1, Math.min(this.#carried, Math.floor(sessions * BACK_OFF)));
    }
    this.#wasTooMuch = isTooMuch;
    if (isTooMuch) throw busy('this server is behind with those it has');
    if (sessions < this.#carried) return;
    const now = this.#now();
    if (step === 'finals') throw busy('finals wait already');
    if (now - this.#lastBeyondMs < ADMISSION_INTERVAL_MS) throw busy('others came just now');
    this.#lastBeyondMs = now;
    this.#carried = sessions + 1;
  }
}

function busy(why: string): AppError {
  return new AppError('server_busy', `Expected time to recognise another speaker, but ${why}.`, {
    retryAfterMs: RETRY_AFTER_MS,
  });
}
