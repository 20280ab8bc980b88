import { AppError, type WireError } from '../../../shared/errors.ts';

/** A command gives up when the server was away for this long. */
export const OUTAGE_LIMIT_MS = 60_000;

/** Counts lost links, and ends a command whose server does not come back. */
export class OutageWatch {
  readonly #giveUp: (error: AppError) => void;
  #timer: NodeJS.Timeout | undefined;
  #reconnects = 0;

  constructor(giveUp: (error: AppError) => void) {
    this.#giveUp = giveUp;
  }

  /** Links that came back. */
  get reconnects(): number {
    return this.#reconnects;
  }

  get away(): boolean {
    return this.#timer !== undefined;
  }

  down(error: WireError | null): void {
    if (this.away) return;
    this.#timer = setTimeout(() => {
      const seconds = OUTAGE_LIMIT_MS / 1000;
      const reason = error === null ? '' : ` Last reason: ${error.message}`;
      this.#giveUp(
        new AppError(
          'server_unreachable',
          `Expected the server back within ${seconds} s, got nothing.${reason}`,
        ),
      );
    }, OUTAGE_LIMIT_MS);
  }

  up(): void {
    if (this.away) this.#reconnects += 1;
    this.close();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
