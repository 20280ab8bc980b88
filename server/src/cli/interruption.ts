/** What Ctrl-C means in a shell: 128 and the signal's number. */
export const INTERRUPTED_EXIT_CODE = 130;

/**
 * Lets a command finish what it began: the first Ctrl-C (or SIGTERM) aborts the signal, the second
 * ends the process at once.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #onSignal = (): void => {
    if (this.#controller.signal.aborted) process.exit(INTERRUPTED_EXIT_CODE);
    this.#controller.abort(new Error('Interrupted.'));
  };

  constructor() {
    process.on('SIGINT', this.#onSignal).on('SIGTERM', this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  close(): void {
    process.off('SIGINT', this.#onSignal).off('SIGTERM', this.#onSignal);
  }
}
