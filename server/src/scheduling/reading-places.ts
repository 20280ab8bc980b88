import type { RecognizerCapabilities } from '../recognition/recognizer.ts';

/** What takes a place: a final, or anything that is read before it is one. */
export type PlaceKind = 'final' | 'partial';

/** How many readings there may be at the same time. */
export interface PlaceCounts {
  /** For finals, and for partials where these have none of their own. */
  readonly finals: number;
  /** For partials alone; null: they share those of finals. */
  readonly partials: number | null;
}

/**
 * Places for readings: as many as the recogniser can work on at the same time, which changes when a
 * service outside fails and comes back. Where finals and partials are read by different engines,
 * neither takes a place of the other.
 */
export class ReadingPlaces {
  readonly #recognizer: { readonly capabilities: RecognizerCapabilities };
  readonly #taken = { final: 0, partial: 0 };

  constructor(recognizer: { readonly capabilities: RecognizerCapabilities }) {
    this.#recognizer = recognizer;
  }

  get counts(): PlaceCounts {
    const { concurrency, partialsBeside = null } = this.#recognizer.capabilities;
    return { finals: concurrency, partials: partialsBeside };
  }

  get all(): number {
    const { finals, partials } = this.counts;
    return finals + (partials ?? 0);
  }

  get taken(): number {
    return this.#taken.final + this.#taken.partial;
  }

  isFree(kind: PlaceKind): boolean {
    const { finals, partials } = this.counts;
    if (partials === null) return this.taken < finals;
    return this.#taken[kind] < (kind === 'final' ? finals : partials);
  }

  take(kind: PlaceKind): void {
    this.#taken[kind] += 1;
  }

  release(kind: PlaceKind): void {
    this.#taken[kind] -= 1;
  }
}
