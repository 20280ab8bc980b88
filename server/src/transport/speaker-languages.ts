import type { SessionLanguages } from '../../../shared/messages.ts';
import type { LanguageOffer } from '../../../shared/protocol.ts';
import { checkLanguages } from './check-languages.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { PacedChanges } from './paced-changes.ts';
import type { SpeakerSeat } from './speaker-seat.ts';

type Parts = Pick<
  GatewayParts,
  'recognizable' | 'engines' | 'hub' | 'store' | 'offers' | 'tellLanguages'
>;

export interface SpokenSession {
  readonly room: string;
  /** What is spoken. */
  readonly language: string;
  readonly seat: SpeakerSeat;
}

/** What one session offers its readers, and reads itself; each change is told to the whole room. */
export class SpeakerLanguages {
  readonly #parts: Parts;
  readonly #session: SpokenSession;
  readonly #changes = new PacedChanges<void>();

  constructor(parts: Parts, session: SpokenSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /**
   * Rejects with `language_unsupported`. Where a newer change takes the place of this one, that
   * one holds, and this one is answered as if it had been made.
   */
  async change(request: SessionLanguages): Promise<{ languages: readonly LanguageOffer[] }> {
    const { language } = this.#session;
    checkLanguages(this.#parts, language, [...request.offers, ...request.reads]);
    await this.#changes.make(() => this.#apply(request));
    return { languages: this.#parts.offers(language) };
  }

  /** Idempotent; leaves no timer. */
  close(): void {
    this.#changes.close();
  }

  async #apply({ offers, reads }: SessionLanguages): Promise<void> {
    const { hub, store, tellLanguages } = this.#parts;
    const { room, language, seat } = this.#session;
    const before = seat.reads;
    seat.reads = reads;
    try {
      await hub.read(room, seat, reads);
    } catch (error) {
      seat.reads = before;
      throw error;
    }
    await store.setLanguages(room, offers);
    const offered = this.#parts
      .offers(language)
      .filter((offer) => offer.language === language || offers.includes(offer.language));
    tellLanguages(room, offered);
  }
}
