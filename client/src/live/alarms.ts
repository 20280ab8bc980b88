/** The named timers of one owner: each name at most once, all gone with one call. */
export class Alarms<Name extends string> {
  readonly #running = new Map<Name, ReturnType<typeof setTimeout>>();

  /** Sets or sets again. */
  set(name: Name, delayMs: number, ring: () => void): void {
    this.clear(name);
    this.#running.set(
      name,
      setTimeout(() => {
        this.#running.delete(name);
        ring();
      }, delayMs),
    );
  }

  isSet(name: Name): boolean {
    return this.#running.has(name);
  }

  clear(name: Name): void {
    clearTimeout(this.#running.get(name));
    this.#running.delete(name);
  }

  clearAll(): void {
    for (const name of [...this.#running.keys()]) this.clear(name);
  }
}
