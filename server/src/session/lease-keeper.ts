import { AppError } from '../../../shared/errors.ts';
import type { SessionKey, TranscriptStore } from '../store/transcript-store.ts';

/** How often the lease is renewed; the store lets it run out after several misses. */
export const LEASE_RENEW_MS = 3_000;
/** An owner that heard nothing of its lease for this long may have been asleep, and replaced. */
const SURE_FOR_MS = LEASE_RENEW_MS + 2_000;

/** Keeps a session's lease, and knows whether this node may still speak for the session. */
export class LeaseKeeper {
  readonly #store: Pick<TranscriptStore, 'renewLease'>;
  readonly #key: SessionKey;
  readonly #lost: (error: AppError) => void;
  readonly #timer: NodeJS.Timeout;
  #heardAt = performance.now();

  constructor(
    store: Pick<TranscriptStore, 'renewLease'>,
    key: SessionKey,
    lost: (error: AppError) => void,
  ) {
    this.#store = store;
    this.#key = key;
    this.#lost = lost;
    this.#timer = setInterval(() => void this.#renew(), LEASE_RENEW_MS);
  }

  /**
   * False from when a node wakes up that was asleep (SIGSTOP, a laptop's lid) until it knows that
   * nobody took the session meanwhile: what it says before might be of a former owner. The store
   * would refuse a final all the same; this is for what is not stored.
   */
  get isSure(): boolean {
    return performance.now() - this.#heardAt < SURE_FOR_MS;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    const askedAt = performance.now();
    try {
      if (await this.#store.renewLease(this.#key)) {
        this.#heardAt = askedAt;
        return;
      }
      this.#lost(new AppError('session_fenced', 'Another connection has taken this session over.'));
    } catch {
      // The store is away: the epoch, not the lease, is what keeps others' finals apart. Nobody can
      // have taken the session through a store that is away, so this node goes on meanwhile.
      this.#heardAt = performance.now();
    }
  }
}
