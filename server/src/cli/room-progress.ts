import type { PlacedEntry, Speaker } from '../../../shared/captions.ts';

/** Translations that are awaited at the same time; more than that, and the oldest are given up. */
export const MAX_AWAITED = 5000;

/** How far a room is, for a reader of one language: who speaks, and what is still to be translated. */
export class RoomProgress {
  readonly #language: string;
  readonly #live = new Set<string>();
  /** Segments whose translation has not come, as `session:segment`. */
  readonly #awaited = new Set<string>();
  readonly #translated = new Set<string>();
  #watching = false;
  #spoke = false;
  #ended = false;

  constructor(language: string) {
    this.#language = language;
  }

  /** True where everything that came can be read. */
  get translated(): boolean {
    return this.#awaited.size === 0;
  }

  /** True where the room was ended, or somebody spoke while we watched and nobody does any more. */
  get over(): boolean {
    return this.#ended || (this.#spoke && this.#live.size === 0);
  }

  /** The history is over: what comes from now on is live. */
  begin(): void {
    this.#watching = true;
    this.#spoke = this.#live.size > 0;
  }

  speaker({ session, live }: Speaker): void {
    if (live) {
      this.#live.add(session);
      this.#spoke ||= this.#watching;
    } else {
      this.#live.delete(session);
    }
  }

  entry(entry: PlacedEntry): void {
    if (entry.type === 'speaker') this.speaker(entry.speaker);
    else if (entry.type === 'ended') this.#ended = true;
    else if (entry.type === 'final') {
      const { session, segment, language, sourceLanguage, text } = entry.caption;
      const key = `${session}:${segment}`;
      if (language === this.#language) {
        this.#awaited.delete(key);
        remember(this.#translated, key);
      } else if (language === sourceLanguage && text !== '' && !this.#translated.has(key)) {
        remember(this.#awaited, key);
      }
    }
  }
}

function remember(keys: Set<string>, key: string): void {
  keys.add(key);
  const [oldest] = keys;
  if (keys.size > MAX_AWAITED && oldest !== undefined) keys.delete(oldest);
}
