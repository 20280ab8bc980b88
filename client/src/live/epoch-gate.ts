/** Sessions whose epoch is remembered; the longest unheard go first. */
export const MAX_GATED_SESSIONS = 256;

/** Lets through only what carries the highest epoch seen of its session, or a higher one. */
export class EpochGate {
  readonly #highest = new Map<string, number>();

  /** False for what a former owner of the session still says. */
  admit(session: string, epoch: number): boolean {
    const highest = this.#highest.get(session) ?? 0;
    if (epoch < highest) return false;
    this.#highest.delete(session);
    this.#highest.set(session, epoch);
    if (this.#highest.size > MAX_GATED_SESSIONS) {
      for (const oldest of this.#highest.keys()) {
        this.#highest.delete(oldest);
        break;
      }
    }
    return true;
  }
}
