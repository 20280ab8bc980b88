import type { Glossary } from '../../../shared/glossary.ts';
import { NO_GLOSSARY } from '../store/store-checks.ts';
import type { StoredGlossary, TranscriptStore } from '../store/transcript-store.ts';
import type { TermRule } from '../translation/translator.ts';
import { CompiledGlossary, type SpokenTerms } from './compiled-glossary.ts';

/** What the shelf needs of the store. */
export type GlossaryStore = Pick<TranscriptStore, 'setGlossary' | 'readGlossary'>;

interface HeldGlossary {
  stored: StoredGlossary;
  compiled: CompiledGlossary;
  /** Resolves when the store was asked for the first time, with or without an answer. */
  known: Promise<void>;
}

/**
 * The glossaries of the rooms that this node serves, each over the deployment's own. The hub holds
 * a room here for as long as it serves it, and has it read again with everything else it asks the
 * store; so there are never more than rooms. While the store is away, what was known applies on.
 */
export class GlossaryShelf {
  readonly #store: GlossaryStore;
  readonly #deployment: Glossary;
  /** What holds where a room has no glossary of its own. */
  readonly #common: CompiledGlossary;
  readonly #tellOthers: (room: string) => void;
  readonly #held = new Map<string, HeldGlossary>();

  /** `tellOthers` lets the other nodes know of a change; losing that only delays it. */
  constructor(
    store: GlossaryStore,
    deployment: Glossary,
    tellOthers: (room: string) => void = () => {},
  ) {
    this.#store = store;
    this.#deployment = deployment;
    this.#common = new CompiledGlossary(NO_GLOSSARY.version, [], deployment);
    this.#tellOthers = tellOthers;
  }

  /**
   * How terms are to be translated; the same array until something changes. Never rejects: where
   * the store is away, with what is known. A room that is not held is read anew each time.
   */
  async termsFor(room: string, from: string, to: string): Promise<readonly TermRule[]> {
    const held = this.#held.get(room);
    if (held === undefined) return (await this.#readOnce(room)).rules(from, to);
    await held.known;
    return held.compiled.rules(from, to);
  }

  /** The same at once, as known now; of a room that is not held, the deployment's terms. */
  knownTerms(room: string, from: string, to: string): readonly TermRule[] {
    return this.#known(room).rules(from, to);
  }

  /** What is said in a room in this language, as known now; the same object until it changes. */
  spokenTerms(room: string, language: string): SpokenTerms {
    return this.#known(room).spoken(language);
  }

  /** A held room's own glossary as known now, without the deployment's. */
  ownGlossary(room: string): Glossary {
    return this.#held.get(room)?.stored.glossary ?? NO_GLOSSARY.glossary;
  }

  /** Replaces a room's glossary: here at once, on other nodes soon. Rejects as the store does. */
  async replace(room: string, ownerSecret: string, glossary: Glossary): Promise<void> {
    const version = await this.#store.setGlossary(room, ownerSecret, glossary);
    const held = this.#held.get(room);
    if (held !== undefined) this.#apply(held, { version, glossary });
    this.#tellOthers(room);
  }

  /** Keeps a room's glossary at hand until it is let go; resolves when it is known, or can not be. */
  async hold(room: string): Promise<void> {
    const found = this.#held.get(room);
    if (found !== undefined) return await found.known;
    const held: HeldGlossary = {
      stored: NO_GLOSSARY,
      compiled: this.#common,
      known: Promise.resolve(),
    };
    this.#held.set(room, held);
    held.known = this.#read(room, held);
    await held.known;
  }

  /** Reads a held room's glossary again; what was known stays where the store is away. */
  async refresh(room: string): Promise<void> {
    const held = this.#held.get(room);
    if (held !== undefined) await this.#read(room, held);
  }

  letGo(room: string): void {
    this.#held.delete(room);
  }

  async #read(room: string, held: HeldGlossary): Promise<void> {
    try {
      this.#apply(held, await this.#store.readGlossary(room, held.stored));
    } catch {
      // The store is away: the next refresh asks again.
    }
  }

  /** A late answer may be older than what is held; only a room without a glossary has version 0. */
  #apply(held: HeldGlossary, stored: StoredGlossary): void {
    const { version } = stored;
    if (version === held.stored.version) return;
    if (version !== NO_GLOSSARY.version && version < held.stored.version) return;
    held.stored = stored;
    held.compiled = this.#compile(stored);
  }

  #known(room: string): CompiledGlossary {
    return this.#held.get(room)?.compiled ?? this.#common;
  }

  #compile({ version, glossary }: StoredGlossary): CompiledGlossary {
    if (glossary.length === 0) return this.#common;
    return new CompiledGlossary(version, glossary, this.#deployment);
  }

  async #readOnce(room: string): Promise<CompiledGlossary> {
    try {
      return this.#compile(await this.#store.readGlossary(room));
    } catch {
      // The store is away; the deployment's terms are better than waiting.
      return this.#common;
    }
  }
}
