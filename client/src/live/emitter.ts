/** Maps each event to what its listeners receive. */
type EventMap<Events> = { [E in keyof Events]: unknown };
type Listener<T> = (payload: T) => void;

/** Typed events. A listener that throws is reported as uncaught and harms nobody else. */
export class Emitter<Events extends EventMap<Events>> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Returns "stop listening"; calling that twice is harmless. */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    // A wrapper of its own, so that one function may listen twice and stop once.
    const own: Listener<never> = (payload: Events[E]) => listener(payload);
    listeners.add(own);
    return () => listeners.delete(own);
  }

  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as Listener<Events[E]>)(payload);
      } catch (error) {
        // The transport goes on; the page's own error reporting sees what its listener threw.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
