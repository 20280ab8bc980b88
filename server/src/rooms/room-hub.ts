import type { PlacedEntry } from '../../../shared/captions.ts';
import { AppError } from '../../../shared/errors.ts';
import type { History, TranscriptStore } from '../store/transcript-store.ts';
import type { GlossaryShelf } from './glossary-shelf.ts';
import { RoomFeed, type Seat } from './room-feed.ts';
import type { TranslationDesk } from './translation-desk.ts';

/** How often this node says again which languages are read here; the store forgets sooner or later. */
export const DEMAND_REFRESH_MS = 5_000;
/** An empty room's feed is kept for this long, since viewers often come straight back. */
export const FEED_LINGER_MS = 10_000;

/** Keeps the glossaries of rooms that are served. */
export type GlossaryKeeper = Pick<GlossaryShelf, 'hold' | 'refresh' | 'letGo'>;

interface Room {
  readonly feed: RoomFeed;
  /** Languages read by each local reader: viewers read one, speakers those they asked for. */
  readonly readers: Map<Seat, readonly string[]>;
  /** What the whole cluster reads, as of the last refresh, without what only this node wants. */
  elsewhere: ReadonlySet<string>;
  emptySince: number | null;
}

/**
 * The rooms that this node serves: who reads what here, the record of each room, and the
 * languages that somebody in the cluster wants.
 */
export class RoomHub {
  readonly #store: TranscriptStore;
  readonly #desk: TranslationDesk;
  readonly #glossary: GlossaryKeeper;
  readonly #maxViewers: number;
  readonly #onWanted: (languages: readonly string[]) => void;
  readonly #onEntry: (entry: PlacedEntry) => void;
  readonly #rooms = new Map<string, Room>();
  readonly #timer: NodeJS.Timeout;

  /**
   * `onWanted` hears which languages are read in rooms here, again and again while they are;
   * `onEntry` of each live entry once it was dealt out.
   */
  constructor(
    store: TranscriptStore,
    desk: TranslationDesk,
    glossary: GlossaryKeeper,
    maxViewersPerRoom: number,
    onWanted: (languages: readonly string[]) => void = () => {},
    onEntry: (entry: PlacedEntry) => void = () => {},
  ) {
    this.#store = store;
    this.#desk = desk;
    this.#glossary = glossary;
    this.#maxViewers = maxViewersPerRoom;
    this.#onWanted = onWanted;
    this.#onEntry = onEntry;
    this.#timer = setInterval(() => void this.#refresh(), DEMAND_REFRESH_MS);
    this.#timer.unref();
  }

  /** Seats a reader of these languages. Rejects with `room_full` at the limit (INV4). */
  async join(
    name: string,
    seat: Seat,
    languages: readonly string[],
    after: string | null,
  ): Promise<History> {
    const isNew = !this.#rooms.has(name);
    const room = this.#open(name);
    if (!room.readers.has(seat) && countViewers(room) >= this.#maxViewers) {
      throw new AppError(
        'room_full',
        `Expected at most ${this.#maxViewers} viewers, got one more.`,
      );
    }
    room.feed.leave(seat);
    room.readers.set(seat, languages);
    room.emptySince = null;
    try {
      await Promise.all([
        this.#demand(name, languages),
        this.#glossary.hold(name),
        // A session that comes from another node brings its readers' languages with its first final.
        isNew ? this.#learnWanted(name, room) : null,
      ]);
      return await room.feed.join(seat, after);
    } catch (error) {
      this.leave(name, seat);
      throw error;
    }
  }

  /** Changes what a seated reader reads; where that is refused, it goes on reading what it did. */
  async read(name: string, seat: Seat, languages: readonly string[]): Promise<void> {
    const room = this.#rooms.get(name);
    const before = room?.readers.get(seat);
    if (room === undefined || before === undefined) return;
    room.readers.set(seat, languages);
    try {
      await this.#demand(name, languages);
    } catch (error) {
      if (room.readers.get(seat) === languages) room.readers.set(seat, before);
      throw error;
    }
  }

  /**
   * The newest history for a seated reader whose wants have changed, and from then on what it wants
   * now. Where that fails, it has lost its seat.
   */
  async readAnew(name: string, seat: Seat): Promise<History> {
    const room = this.#rooms.get(name);
    if (room?.readers.has(seat) !== true) {
      throw new AppError('shutting_down', 'Expected a reader with a seat, got one that has left.');
    }
    try {
      return await room.feed.join(seat, null);
    } catch (error) {
      this.leave(name, seat);
      throw error;
    }
  }

  leave(name: string, seat: Seat): void {
    const room = this.#rooms.get(name);
    if (room === undefined) return;
    room.feed.leave(seat);
    room.readers.delete(seat);
    if (room.readers.size === 0) room.emptySince = Date.now();
  }

  /** Languages that somebody reads in this room, here or on another node. */
  wanted(name: string): readonly string[] {
    const room = this.#rooms.get(name);
    if (room === undefined) return [];
    return [...new Set([...room.elsewhere, ...[...room.readers.values()].flat()])];
  }

  /** Viewers on this node. */
  viewers(name: string): number {
    return countViewers(this.#rooms.get(name));
  }

  get stats(): { rooms: number; viewers: number } {
    let viewers = 0;
    for (const room of this.#rooms.values()) viewers += countViewers(room);
    return { rooms: this.#rooms.size, viewers };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const rooms = [...this.#rooms];
    this.#rooms.clear();
    await Promise.all(
      rooms.map(([name, room]) => {
        this.#glossary.letGo(name);
        return room.feed.close();
      }),
    );
  }

  #open(name: string): Room {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = {
        feed: new RoomFeed(this.#store, name, this.#onEntry),
        readers: new Map(),
        elsewhere: new Set(),
        emptySince: null,
      };
      this.#rooms.set(name, room);
    }
    return room;
  }

  /** Says that these languages are read, and has what was said before translated. */
  async #demand(name: string, languages: readonly string[]): Promise<void> {
    if (languages.length === 0) return;
    this.#onWanted(languages);
    await this.#store.want(name, languages);
    const missing = await Promise.all(
      languages.map((language) => this.#store.requestTranslations(name, language)),
    );
    if (missing.some((count) => count > 0)) this.#sweep(name);
  }

  async #learnWanted(name: string, room: Room): Promise<void> {
    room.elsewhere = new Set(await this.#store.wanted(name));
  }

  /** Pending translations outlive a failed sweep: the next refresh sweeps again. */
  #sweep(name: string): void {
    this.#desk.sweep(name).catch(() => undefined);
  }

  async #refresh(): Promise<void> {
    for (const [name, room] of [...this.#rooms]) {
      if (room.emptySince !== null && Date.now() - room.emptySince > FEED_LINGER_MS) {
        this.#rooms.delete(name);
        this.#glossary.letGo(name);
        await room.feed.close();
        continue;
      }
      try {
        const here = [...new Set([...room.readers.values()].flat())];
        if (here.length > 0) await this.#store.want(name, here);
        await this.#learnWanted(name, room);
        // Languages of other nodes too: what is said here is translated here.
        this.#onWanted(this.wanted(name));
        await this.#glossary.refresh(name);
        this.#sweep(name);
      } catch {
        // The store is away: what was known stays true until the next refresh.
      }
    }
  }
}

function countViewers(room: Room | undefined): number {
  let viewers = 0;
  for (const seat of room?.readers.keys() ?? []) viewers += seat.role === 'viewer' ? 1 : 0;
  return viewers;
}
