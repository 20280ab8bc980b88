import type { LanguageOffer } from '../../../shared/protocol.ts';

/** Shortest time between two rounds of news: several models may come at once. */
export const OFFER_NEWS_INTERVAL_MS = 1_000;

/** As much of a viewer's connection as the news need. */
export interface OfferReader {
  /** The room that is watched, or null. */
  readonly room: string | null;
}

/** As much of a speaker's. */
export interface OfferGiver {
  tellOffers(): void;
}

export interface OfferNewsParts {
  readonly viewers: Iterable<OfferReader>;
  readonly speakers: Iterable<OfferGiver>;
  /** What the readers of a room may choose from now. */
  offersIn(room: string): Promise<readonly LanguageOffer[]>;
  /** To those who watch the room on this node. */
  tellViewers(room: string, languages: readonly LanguageOffer[]): void;
  readonly intervalMs?: number;
}

type State =
  | { readonly kind: 'quiet' }
  /** A round is due. */
  | { readonly kind: 'waiting'; readonly timer: NodeJS.Timeout }
  /** A round is under way; `again` when something changed since it began. */
  | { readonly kind: 'telling'; again: boolean }
  | { readonly kind: 'closed' };

/**
 * Tells the open pages of this node what may be read when a translator's languages have changed, so
 * that nobody has to reload. Every node notices by itself and tells its own.
 */
export class OfferNews {
  readonly #parts: OfferNewsParts;
  #state: State = { kind: 'quiet' };
  #round: Promise<void> = Promise.resolve();

  constructor(parts: OfferNewsParts) {
    this.#parts = parts;
  }

  /** Something changed: told soon, together with what else changes until then. */
  changed(): void {
    if (this.#state.kind === 'telling') this.#state.again = true;
    if (this.#state.kind === 'quiet') this.#wait();
  }

  /** Idempotent; resolves when no round is under way. */
  async close(): Promise<void> {
    if (this.#state.kind === 'waiting') clearTimeout(this.#state.timer);
    this.#state = { kind: 'closed' };
    await this.#round;
  }

  #wait(): void {
    const timer = setTimeout(() => {
      this.#round = this.#tell();
    }, this.#parts.intervalMs ?? OFFER_NEWS_INTERVAL_MS);
    this.#state = { kind: 'waiting', timer };
  }

  async #tell(): Promise<void> {
    const telling: State = { kind: 'telling', again: false };
    this.#state = telling;
    const { viewers, speakers, offersIn, tellViewers } = this.#parts;
    for (const speaker of [...speakers]) speaker.tellOffers();
    const rooms = new Set([...viewers].flatMap(({ room }) => (room === null ? [] : [room])));
    // One after the other, so that a node full of rooms does not flood the store.
    for (const room of rooms) {
      if (this.#state !== telling) return;
      try {
        tellViewers(room, await offersIn(room));
      } catch {
        // The store is away: these viewers keep the choice they have until they join again.
      }
    }
    if (this.#state !== telling) return;
    this.#state = { kind: 'quiet' };
    if (telling.again) this.#wait();
  }
}
