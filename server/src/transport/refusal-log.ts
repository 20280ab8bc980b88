import type { Logger } from 'pino';
import type { AppError, ErrorCode } from '../../../shared/errors.ts';

/** One line for each kind of refusal in so long, however many there are. */
export const REFUSAL_LOG_MS = 60_000;

/**
 * Tells the log which handshakes and connections were refused: an operator has to see that a page can
 * not connect, and a flood must not fill the disk.
 */
export class RefusalLog {
  readonly #log: Pick<Logger, 'warn'>;
  readonly #now: () => number;
  readonly #told = new Map<ErrorCode, { at: number; untold: number }>();

  /** `now` in milliseconds, never stepping back. */
  constructor(log: Pick<Logger, 'warn'>, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  note({ code, message }: AppError): void {
    const now = this.#now();
    const last = this.#told.get(code);
    if (last !== undefined && now - last.at < REFUSAL_LOG_MS) {
      last.untold += 1;
      return;
    }
    const before = last?.untold ?? 0;
    this.#told.set(code, { at: now, untold: 0 });
    this.#log.warn({ code, before }, `connection refused: ${message}`);
  }
}
