/**
 * Calls back about every 100 ms, also while the page is in the background: there, browsers slow a
 * page's own timers down to one a second or a minute, but not those of its workers.
 */
export class Ticker {
  readonly #worker: Worker;

  constructor(onTick: () => void) {
    this.#worker = new Worker(new URL('./ticker-worker.ts', import.meta.url), {
      type: 'module',
      name: 'ticker',
    });
    this.#worker.onmessage = onTick;
  }

  close(): void {
    this.#worker.onmessage = null;
    this.#worker.terminate();
  }
}
