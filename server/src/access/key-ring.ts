import { type ApiKey, equalSecrets, hashKeySecret } from './api-key.ts';
import { type KeyStore, type StoredKey, USE_GRAIN_MS } from './key-store.ts';

/** How often the store is asked whether keys have changed, should the news of it be lost. */
export const KEY_POLL_MS = 500;

/**
 * A node's view of all keys: whole, in memory, and so at hand for every request and while the store
 * is away. It hears of changes at once, and finds them by itself within {@link KEY_POLL_MS}.
 */
export class KeyRing {
  readonly #store: KeyStore;
  readonly #stopHearing: () => void;
  readonly #timer: NodeJS.Timeout;
  #keys: ReadonlyMap<string, StoredKey> = new Map();
  #signingSecret = '';
  #version: string | null = null;
  #reading: Promise<void> | null = null;
  /** What is to happen when a key is revoked. */
  readonly #guards = new Map<string, Set<() => void>>();
  /** Uses that the store does not know of yet. */
  readonly #uses = new Map<string, number>();
  #usesNotedAt = performance.now();
  #closing: Promise<void> | null = null;

  private constructor(store: KeyStore) {
    this.#store = store;
    this.#stopHearing = store.onChange(() => void this.#readAnew().catch(() => undefined));
    this.#timer = setInterval(() => void this.#tick(), KEY_POLL_MS);
    this.#timer.unref();
  }

  /** Reads all keys first; rejects with `store_unavailable`. */
  static async open(store: KeyStore): Promise<KeyRing> {
    const ring = new KeyRing(store);
    try {
      await ring.refresh();
      return ring;
    } catch (error) {
      await ring.close();
      throw error;
    }
  }

  /** Whether there is any key at all, be it one that no longer holds. */
  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }

  get signingSecret(): string {
    return this.#signingSecret;
  }

  /** The key of this id; one that was made a moment ago is looked for in the store. */
  async find(id: string): Promise<StoredKey | null> {
    if (!this.#keys.has(id)) await this.#readAnew();
    return this.#keys.get(id) ?? null;
  }

  /** The key, where the secret is its own. */
  async match({ id, secret }: ApiKey): Promise<StoredKey | null> {
    const key = await this.find(id);
    // A comparison in any case: how long it takes does not tell which ids there are.
    const matches = equalSecrets(key?.secretHash ?? '', hashKeySecret(secret));
    return matches ? key : null;
  }

  /** Notes that a key was used just now. */
  used(id: string): void {
    this.#uses.set(id, Math.floor(Date.now() / USE_GRAIN_MS) * USE_GRAIN_MS);
  }

  /**
   * Calls back once, as soon as the key does not hold any more: soon also where that is so already.
   * Returns what ends the watch.
   */
  guard(id: string, revoked: () => void): () => void {
    const guards = this.#guards.get(id) ?? new Set();
    this.#guards.set(id, guards.add(revoked));
    if (this.#isRevoked(id)) queueMicrotask(() => this.#tell(id));
    return () => {
      guards.delete(revoked);
      if (guards.size === 0 && this.#guards.get(id) === guards) this.#guards.delete(id);
    };
  }

  /** Reads what has changed. Rejects with `store_unavailable`. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Idempotent; leaves no timer and no listener. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopHearing();
    this.#closing ??= this.#noteUses();
    return this.#closing;
  }

  async #read(): Promise<void> {
    const snapshot = await this.#store.read(this.#version);
    if (snapshot === null) return;
    this.#version = snapshot.version;
    this.#signingSecret = snapshot.signingSecret;
    this.#keys = new Map(snapshot.keys.map((key) => [key.id, key]));
    for (const id of [...this.#guards.keys()]) if (this.#isRevoked(id)) this.#tell(id);
  }

  /** A reading that is under way may have begun before the change. */
  async #readAnew(): Promise<void> {
    await this.#reading?.catch(() => undefined);
    await this.refresh();
  }

  async #tick(): Promise<void> {
    // While the store is away, what was known holds on.
    await this.refresh().catch(() => undefined);
    if (performance.now() - this.#usesNotedAt >= USE_GRAIN_MS) await this.#noteUses();
  }

  /** What cannot be noted now is noted with the next. */
  async #noteUses(): Promise<void> {
    this.#usesNotedAt = performance.now();
    const uses = new Map(this.#uses);
    this.#uses.clear();
    await this.#store.noteUses(uses).catch(() => {
      for (const [id, atMs] of uses) this.#uses.set(id, Math.max(atMs, this.#uses.get(id) ?? 0));
    });
  }

  #isRevoked(id: string): boolean {
    const key = this.#keys.get(id);
    return key === undefined || key.revokedAtMs !== null;
  }

  #tell(id: string): void {
    const guards = this.#guards.get(id);
    this.#guards.delete(id);
    for (const revoked of guards ?? []) revoked();
  }
}
