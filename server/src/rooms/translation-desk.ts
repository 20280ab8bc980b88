import { setTimeout as delay } from 'node:timers/promises';
import type { FinalCaption } from '../../../shared/captions.ts';
import { AppError } from '../../../shared/errors.ts';
import type { TranscriptStore } from '../store/transcript-store.ts';
import type { Translator } from '../translation/translator.ts';
import type { GlossaryShelf } from './glossary-shelf.ts';

/** Finals of all rooms under translation or waiting on this node; more stay pending in the store. */
export const MAX_DESK_JOBS = 2_000;
/** Pending translations claimed at a time. */
const CLAIM_BATCH = 50;
/** Tries while the translator's queue is full; after them the original is stored. */
export const MAX_BUSY_TRIES = 20;
/** A busy translator that does not say when it has room again is asked after this. */
const BUSY_RETRY_MS = 500;
/** Waits between tries while the store is away. */
const STORE_RETRY_MS = 500;

/** What the desk needs of the store. */
export type DeskStore = Pick<
  TranscriptStore,
  'storeTranslation' | 'claimPending' | 'releaseClaims'
>;

/** Where the desk learns how a room's terms are to be translated. */
export type TermSource = Pick<GlossaryShelf, 'termsFor'>;

const NO_TERMS: TermSource = { termsFor: () => Promise.resolve([]) };

export interface DeskOptions {
  readonly glossary?: TermSource;
  readonly storeRetryMs?: number;
}

export interface DeskEvents {
  /** A final was translated: how long it waited and took, and by what. */
  translated(engine: string, durationMs: number): void;
  /**
   * A translation of what was just said is stored: how long after its last frame arrived here. An
   * original that stands in the place of one does not count.
   */
  stored?(engine: string, lagMs: number): void;
  failed(engine: string): void;
}

/** A final that is to be translated; times are those of `performance.now()`. */
interface Job {
  readonly room: string;
  readonly source: FinalCaption;
  readonly language: string;
  readonly heardAtMs: number | null;
  readonly enqueuedAtMs: number;
}

/**
 * Translates finals, each once for each language that somebody reads (INV6). Sentences of one
 * session and language go one after another; the rest in parallel, as the translator allows.
 */
export class TranslationDesk {
  readonly #store: DeskStore;
  readonly #translator: Translator;
  readonly #events: DeskEvents;
  readonly #glossary: TermSource;
  readonly #storeRetryMs: number;
  readonly #stop = new AbortController();
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #sweeping = new Set<string>();
  #jobs = 0;

  constructor(
    store: DeskStore,
    translator: Translator,
    events: DeskEvents,
    { glossary = NO_TERMS, storeRetryMs = STORE_RETRY_MS }: DeskOptions = {},
  ) {
    this.#glossary = glossary;
    this.#storeRetryMs = storeRetryMs;
    this.#store = store;
    this.#translator = translator;
    this.#events = events;
  }

  get jobs(): number {
    return this.#jobs;
  }

  /**
   * Takes a final whose translation this node has claimed. At the limit the claim is given back, so
   * that any node with room takes it. `heardAtMs` is when its last frame arrived here, on the clock
   * of `performance.now()`; null for what was said at another time or another node.
   */
  enqueue(
    room: string,
    source: FinalCaption,
    language: string,
    heardAtMs: number | null = null,
  ): void {
    if (this.#stop.signal.aborted || this.#jobs >= MAX_DESK_JOBS) {
      void this.#giveBack(room, source, language);
      return;
    }
    this.#jobs += 1;
    const lane = `${room}/${source.session}/${language}`;
    const before = this.#lanes.get(lane) ?? Promise.resolve();
    const job = { room, source, language, heardAtMs, enqueuedAtMs: performance.now() };
    const work = before.then(() => this.#finish(job));
    this.#lanes.set(lane, work);
    void work.finally(() => {
      this.#jobs -= 1;
      if (this.#lanes.get(lane) === work) this.#lanes.delete(lane);
    });
  }

  /** Claims what is pending in a room and nobody works on, until nothing is left. */
  async sweep(room: string): Promise<void> {
    if (this.#sweeping.has(room)) return;
    this.#sweeping.add(room);
    try {
      while (!this.#stop.signal.aborted && this.#jobs < MAX_DESK_JOBS) {
        const pending = await this.#store.claimPending(room, CLAIM_BATCH);
        if (pending.length === 0) return;
        for (const { source, language } of pending) this.enqueue(room, source, language);
      }
    } finally {
      this.#sweeping.delete(room);
    }
  }

  /** Resolves when nothing is under way; never rejects. */
  async settled(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes.values());
  }

  /** Drops what waits (other nodes will claim it) and resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#lanes.values());
  }

  async #finish(job: Job): Promise<void> {
    const { room, source, language, heardAtMs } = job;
    const translated = await this.#translate(job);
    // What the store refuses as it is (too long, say) must not block what comes after it.
    const candidates = translated === null ? [] : [translated, untranslated(source, language)];
    for (const caption of candidates) {
      if (!(await this.#keep(room, caption))) continue;
      if (heardAtMs !== null && caption.notice !== 'untranslated') {
        this.#events.stored?.(caption.engine, performance.now() - heardAtMs);
      }
      return;
    }
    await this.#giveBack(room, source, language);
  }

  /** Stores a translation, however long the store is away; false when it refuses or the desk closes. */
  async #keep(room: string, caption: FinalCaption): Promise<boolean> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#store.storeTranslation(room, caption);
        return true;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'store_unavailable') return false;
        await this.#pause(this.#storeRetryMs);
      }
    }
    return false;
  }

  /** Without it the claim would only run out; a store that is away is no reason to wait here. */
  async #giveBack(room: string, source: FinalCaption, language: string): Promise<void> {
    await this.#store.releaseClaims(room, [{ source, language }]).catch(() => undefined);
  }

  /** Null when the desk closed meanwhile; the original with a notice when no engine could. */
  async #translate({ room, source, language, enqueuedAtMs }: Job): Promise<FinalCaption | null> {
    const { notice: _, wordTimes: __, ...place } = source;
    for (let tries = 1; !this.#stop.signal.aborted; tries += 1) {
      try {
        const terms = await this.#glossary.termsFor(room, source.sourceLanguage, language);
        const { text, engine, quality } = await this.#translator.translate({
          text: source.text,
          from: source.sourceLanguage,
          to: language,
          kind: 'final',
          signal: this.#stop.signal,
          ...(terms.length === 0 ? {} : { terms }),
        });
        this.#events.translated(engine, performance.now() - enqueuedAtMs);
        return { ...place, language, text, engine, quality };
      } catch (error) {
        if (this.#stop.signal.aborted) return null;
        if (tries < MAX_BUSY_TRIES && error instanceof AppError && error.code === 'server_busy') {
          await this.#pause(error.retryAfterMs ?? BUSY_RETRY_MS);
          continue;
        }
        // What failed is counted; its text belongs in no log (INV7).
        this.#events.failed(this.#translator.name);
        return untranslated(source, language);
      }
    }
    return null;
  }

  async #pause(ms: number): Promise<void> {
    // Closing ends the pause early; the loops look at the signal themselves.
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

/** The original in the place of a translation that can not be had. */
function untranslated(source: FinalCaption, language: string): FinalCaption {
  const { wordTimes: _, ...place } = source;
  return { ...place, language, engine: 'none', quality: 'none', notice: 'untranslated' };
}
