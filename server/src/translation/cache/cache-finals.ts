import { unlessAborted } from '../../async/unless-aborted.ts';
import { delegatedTranslator } from '../delegated-translator.ts';
import type { Translation, TranslationRequest, Translator } from '../translator.ts';
import type { CacheEntries } from './cache-entries.ts';
import { type CachePlace, placeOf, seal, unseal } from './sealed-entry.ts';

/** Looking something up must cost next to nothing beside asking outside. */
const READ_LIMIT_MS = 100;
/** Longer texts hardly come twice. */
const MAX_CACHED_CHARS = 2_000;

export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
}

/** What several engines share: where entries lie, known once Redis is there, and how often that helped. */
export class TranslationCache {
  #entries: CacheEntries | null = null;
  #hits = 0;
  #misses = 0;

  get stats(): CacheStats {
    return { hits: this.#hits, misses: this.#misses };
  }

  /** Until this is called, everything is a miss and nothing is kept. */
  attach(entries: CacheEntries): void {
    this.#entries = entries;
  }

  async find(place: CachePlace): Promise<string | null> {
    if (this.#entries === null) return null;
    const patience = AbortSignal.timeout(READ_LIMIT_MS);
    // A cache that does not answer is a miss.
    const entry = await unlessAborted(this.#entries.read(place.name), patience).catch(() => null);
    const found = entry === null ? null : unseal(entry, place);
    if (found === null) this.#misses += 1;
    else this.#hits += 1;
    return found;
  }

  /** Nobody waits for it, and where it fails there is a miss later. */
  keep(place: CachePlace, translation: string): void {
    this.#entries?.write(place.name, seal(translation, place)).catch(() => undefined);
  }
}

/**
 * The same translator, which does not ask outside again for a final that it translated of late, in whatever
 * room and on whatever node. Partials are neither looked up nor kept: they seldom come twice.
 */
export function cacheFinals(
  translator: Translator,
  cache: TranslationCache,
  /** What else changes the engine's answers: its model, its address. */
  variant: string,
): Translator {
  let closed = false;
  return delegatedTranslator(translator, {
    close: () => {
      closed = true;
      return translator.close();
    },
    translate: async (request: TranslationRequest): Promise<Translation> => {
      const { kind, text, from, to, signal } = request;
      const worthIt = kind === 'final' && text.length <= MAX_CACHED_CHARS && text.trim() !== '';
      if (closed || !worthIt || translator.route(from, to) === null) {
        return await translator.translate(request);
      }
      signal?.throwIfAborted();
      const place = placeOf({ engine: `${translator.name} ${variant}`, from, to, text });
      const known = await cache.find(place);
      signal?.throwIfAborted();
      if (known !== null) {
        return { text: known, engine: translator.name, quality: translator.quality };
      }
      const translation = await translator.translate(request);
      cache.keep(place, translation.text);
      return translation;
    },
  });
}
