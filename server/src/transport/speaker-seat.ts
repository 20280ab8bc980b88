import type { PlacedEntry } from '../../../shared/captions.ts';
import type { AppError } from '../../../shared/errors.ts';
import type { Seat } from '../rooms/room-feed.ts';

/** Gives a speaker back what became of its own session: finals, translations it reads, gaps. */
export class SpeakerSeat implements Seat {
  readonly role = 'speaker';
  readonly #session: string;
  readonly #language: string;
  readonly #deliver: (entry: PlacedEntry) => void;
  readonly #lost: (error: AppError) => void;
  reads: readonly string[];

  constructor(
    session: string,
    language: string,
    reads: readonly string[],
    deliver: (entry: PlacedEntry) => void,
    lost: (error: AppError) => void,
  ) {
    this.#session = session;
    this.#language = language;
    this.reads = reads;
    this.#deliver = deliver;
    this.#lost = lost;
  }

  wants(entry: PlacedEntry): boolean {
    switch (entry.type) {
      case 'final':
        return (
          entry.caption.session === this.#session &&
          (entry.caption.language === this.#language || this.reads.includes(entry.caption.language))
        );
      case 'gap':
        return entry.gap.session === this.#session;
      case 'speaker':
        return entry.speaker.session === this.#session;
      case 'ended':
        return true;
    }
  }

  deliver(entry: PlacedEntry): void {
    this.#deliver(entry);
  }

  lost(error: AppError): void {
    this.#lost(error);
  }
}
