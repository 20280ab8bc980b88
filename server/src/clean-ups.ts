/** What must be undone at the end, as data: run once, last first, each even if another fails. */
export class CleanUps {
  readonly #works: (() => Promise<void> | void)[] = [];
  #running: Promise<void> | null = null;

  add(work: () => Promise<void> | void): void {
    this.#works.push(work);
  }

  /** Idempotent; rejects with the first failure after everything has run. */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const work of this.#works.reverse()) {
      try {
        await work();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
