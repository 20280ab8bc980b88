import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { FrameRun } from '../live/frame-ring.ts';
import type {
  KeptSession,
  MirrorChange,
  MirroredSession,
  MirrorStore,
} from '../live/session-mirror.ts';

/** What a session that nobody came back to leaves behind is deleted after this time. */
export const MAX_SHELF_AGE_MS = 3_600_000;
/** What is stored has this shape; anything else is deleted. */
const SHAPE = 1;
const DATABASE = 'parlance.sessions';

interface StoredHead extends MirroredSession {
  readonly shape: number;
  readonly session: string;
  readonly writtenAtMs: number;
}

/** Frames side by side, one behind the other; most packets are no longer than a line of text. */
interface StoredRun {
  readonly session: string;
  readonly firstSeq: number;
  readonly endSeq: number;
  readonly lengths: Uint16Array;
  readonly bytes: Uint8Array;
}

interface Schema extends DBSchema {
  heads: { key: string; value: StoredHead; indexes: { room: string } };
  frames: { key: [string, number]; value: StoredRun };
}

/**
 * Sessions that can be taken up again after a reload, in this browser's IndexedDB: what resumes
 * them, and the sound that is in no stored final yet. Every call rejects where the browser refuses.
 */
export class SessionShelf implements MirrorStore {
  readonly #now: () => number;
  #database: IDBPDatabase<Schema> | null = null;

  private constructor(now: () => number) {
    this.#now = now;
  }

  static async open(now: () => number = Date.now): Promise<SessionShelf> {
    const shelf = new SessionShelf(now);
    await shelf.#open();
    return shelf;
  }

  /** Begins its transaction at once where the database is open: a page that goes may yet finish it. */
  async write({ head, runs, forgetBefore }: MirrorChange): Promise<void> {
    const database = this.#database ?? (await this.#open());
    const { session } = head.started;
    const changes = database.transaction(['heads', 'frames'], 'readwrite');
    const heads = changes.objectStore('heads');
    const frames = changes.objectStore('frames');
    const writes = [
      heads.put({ ...head, shape: SHAPE, session, writtenAtMs: this.#now() }),
      // Runs that end at or before the frame hold nothing that is still needed.
      frames.delete(IDBKeyRange.bound([session, 0], [session, forgetBefore])),
      ...runs.map((run) => frames.put(packed(session, run))),
    ];
    // A page that goes hears no more of its writes, and would never commit them by itself.
    changes.commit();
    await Promise.all([...writes, changes.done]);
  }

  async remove(session: string): Promise<void> {
    const database = this.#database ?? (await this.#open());
    const changes = database.transaction(['heads', 'frames'], 'readwrite');
    await Promise.all([
      changes.objectStore('heads').delete(session),
      changes.objectStore('frames').delete(framesOf(session)),
      changes.done,
    ]);
  }

  /** Sessions of a room, the latest first, without their frames. */
  async inRoom(room: string): Promise<MirroredSession[]> {
    const database = this.#database ?? (await this.#open());
    const heads = await database.getAllFromIndex('heads', 'room', room);
    return heads
      .filter(({ shape }) => shape === SHAPE)
      .sort((one, other) => other.writtenAtMs - one.writtenAtMs);
  }

  async load(session: string): Promise<KeptSession | null> {
    const database = this.#database ?? (await this.#open());
    const found = database.transaction(['heads', 'frames']);
    const [head, runs] = await Promise.all([
      found.objectStore('heads').get(session),
      found.objectStore('frames').getAll(framesOf(session)),
      found.done,
    ]);
    return head === undefined ? null : { head, runs: runs.map(unpacked) };
  }

  /** Deletes what nobody came back to in time, and what another version of this page wrote. */
  async sweep(): Promise<void> {
    const database = this.#database ?? (await this.#open());
    for (const { session, shape, writtenAtMs } of await database.getAll('heads')) {
      if (shape !== SHAPE || this.#now() - writtenAtMs > MAX_SHELF_AGE_MS) {
        await this.remove(session);
      }
    }
  }

  /** Idempotent. */
  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  async #open(): Promise<IDBPDatabase<Schema>> {
    const lost = () => {
      this.#database = null;
    };
    this.#database = await openDB<Schema>(DATABASE, SHAPE, {
      upgrade(database) {
        const heads = database.createObjectStore('heads', { keyPath: 'session' });
        heads.createIndex('room', 'room');
        database.createObjectStore('frames', { keyPath: ['session', 'endSeq'] });
      },
      blocking: (_current, _blocked, event) => {
        // Another tab has a newer version of this page: it must not wait for this one.
        if (event.target instanceof IDBDatabase) event.target.close();
        lost();
      },
      terminated: lost,
    });
    return this.#database;
  }
}

function framesOf(session: string): IDBKeyRange {
  return IDBKeyRange.bound([session, 0], [session, Number.POSITIVE_INFINITY]);
}

function packed(session: string, { firstSeq, frames }: FrameRun): StoredRun {
  const lengths = Uint16Array.from(frames, (frame) => frame.byteLength);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.byteLength;
  }
  return { session, firstSeq, endSeq: firstSeq + frames.length, lengths, bytes };
}

function unpacked({ firstSeq, lengths, bytes }: StoredRun): FrameRun {
  let at = 0;
  const frames = Array.from(lengths, (length) => {
    at += length;
    return bytes.slice(at - length, at);
  });
  return { firstSeq, frames };
}
