import type { PlacedEntry } from '../../../shared/captions.ts';
import { compareCursors } from '../../../shared/cursor.ts';
import { AppError } from '../../../shared/errors.ts';
import type { History, TranscriptStore } from '../store/transcript-store.ts';

/** Entries a viewer is sent when it joins; older ones stay in the store. */
export const MAX_HISTORY_ENTRIES = 1_000;
/** Live entries held for one viewer while its history is being read. */
export const MAX_JOINING_ENTRIES = 1_000;

/** What a feed needs of the store. */
export type RecordSource = Pick<TranscriptStore, 'history' | 'follow'>;

/** One reader of a room's record: decides what it wants, and takes it. */
export interface Seat {
  /** Speakers have a seat too, for what becomes of their own words. */
  readonly role: 'viewer' | 'speaker';
  wants(entry: PlacedEntry): boolean;
  deliver(entry: PlacedEntry): void;
  /** The record can be followed no further; the reader must come back. */
  lost(error: AppError): void;
}

type SeatState =
  | { kind: 'joining'; readonly waiting: PlacedEntry[] }
  | { kind: 'live'; cursor: string };

/**
 * A node follows each room's record once and deals the entries out to its local seats. Joining is
 * seamless (INV3): history is read while live entries wait, and what both hold is dealt once.
 */
export class RoomFeed {
  readonly #store: RecordSource;
  readonly #room: string;
  readonly #onEntry: (entry: PlacedEntry) => void;
  readonly #seats = new Map<Seat, SeatState>();
  readonly #stop = new AbortController();
  #started: Promise<void> | null = null;
  #running: Promise<void> = Promise.resolve();

  /** `onEntry` hears of each live entry once it was dealt out. */
  constructor(store: RecordSource, room: string, onEntry: (entry: PlacedEntry) => void = () => {}) {
    this.#store = store;
    this.#room = room;
    this.#onEntry = onEntry;
  }

  get seats(): number {
    return this.#seats.size;
  }

  /** Reads the history after `after` and keeps the seat supplied until it leaves. */
  async join(seat: Seat, after: string | null): Promise<History> {
    const state: SeatState = { kind: 'joining', waiting: [] };
    this.#seats.set(seat, state);
    try {
      await this.#start();
      const history = await this.#store.history(this.#room, after, MAX_HISTORY_ENTRIES, (entry) =>
        seat.wants(entry),
      );
      if (this.#seats.get(seat) !== state) return history;
      this.#seats.set(seat, { kind: 'live', cursor: later(history.cursor, after) });
      // The caller sends the history first, in this very turn of the event loop.
      queueMicrotask(() => {
        for (const entry of state.waiting) this.#deal(seat, entry);
      });
      return history;
    } catch (error) {
      this.#seats.delete(seat);
      throw error;
    }
  }

  leave(seat: Seat): void {
    this.#seats.delete(seat);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#seats.clear();
    await this.#started?.catch(() => undefined);
    await this.#running;
  }

  /** Begins to follow at the record's present end, once; resolves when that place is known. */
  #start(): Promise<void> {
    this.#started ??= this.#store.history(this.#room, null, 1).then(
      ({ cursor }) => {
        this.#running = this.#run(cursor);
      },
      (error: unknown) => {
        this.#started = null;
        throw error;
      },
    );
    return this.#started;
  }

  async #run(after: string): Promise<void> {
    try {
      for await (const entry of this.#store.follow(this.#room, after, this.#stop.signal)) {
        for (const seat of [...this.#seats.keys()]) this.#deal(seat, entry);
        if (this.#seats.size > 0) this.#onEntry(entry);
      }
    } catch (error) {
      const lost =
        error instanceof AppError
          ? error
          : new AppError('store_unavailable', 'The room can not be followed.', { cause: error });
      for (const seat of [...this.#seats.keys()]) seat.lost(lost);
      this.#seats.clear();
    } finally {
      this.#started = null;
    }
  }

  #deal(seat: Seat, entry: PlacedEntry): void {
    const state = this.#seats.get(seat);
    if (state === undefined) return;
    if (state.kind === 'joining') {
      if (state.waiting.length < MAX_JOINING_ENTRIES) {
        state.waiting.push(entry);
        return;
      }
      this.#seats.delete(seat);
      seat.lost(new AppError('slow_viewer', 'Joining took too long; please join again.'));
      return;
    }
    if (compareCursors(entry.cursor, state.cursor) <= 0) return;
    state.cursor = entry.cursor;
    if (seat.wants(entry)) seat.deliver(entry);
  }
}

function later(cursor: string, after: string | null): string {
  return after !== null && compareCursors(after, cursor) > 0 ? after : cursor;
}
