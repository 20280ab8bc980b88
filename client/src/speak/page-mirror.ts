import type { SourceKind } from '../capture/audio-source.ts';
import type { KeptSession, MirroredSession, MirrorStore } from '../live/session-mirror.ts';
import { holdSession } from '../storage/session-lock.ts';
import { SessionShelf } from '../storage/session-shelf.ts';

/** After a reload that took no longer, a speaker is still speaking: the microphone goes on by itself. */
export const STILL_SPEAKING_MS = 30_000;

/** Where this page's session is mirrored, and what an earlier page of this browser left there. */
export class PageMirror {
  readonly #shelf: SessionShelf;
  /** Lets go of the session that this page speaks in. */
  #release = (): void => {};

  private constructor(shelf: SessionShelf) {
    this.#shelf = shelf;
  }

  /** Null where the browser keeps nothing, or cannot tell its tabs apart (plain http). */
  static async open(): Promise<PageMirror | null> {
    if (!('locks' in navigator) || !('indexedDB' in globalThis)) return null;
    try {
      const mirror = new PageMirror(await SessionShelf.open());
      await mirror.#shelf.sweep();
      return mirror;
    } catch {
      // Private windows of some browsers, or a full disk: speaking goes on all the same.
      return null;
    }
  }

  get store(): MirrorStore {
    return this.#shelf;
  }

  /** The room's latest session that no page speaks in; this page then holds it. */
  async find(room: string): Promise<KeptSession | null> {
    try {
      for (const { started } of await this.#shelf.inRoom(room)) {
        if (!(await this.hold(started.session))) continue;
        // Only now: the page that held it may have written on until it was gone.
        const kept = await this.#shelf.load(started.session);
        if (kept !== null) return kept;
      }
    } catch {
      // A store that cannot be read has nothing to go on with.
    }
    return null;
  }

  /** False where another page of this browser speaks in the session. */
  async hold(session: string): Promise<boolean> {
    const release = await holdSession(session);
    if (release === null) return false;
    this.#release();
    this.#release = release;
    return true;
  }

  close(): void {
    this.#release();
    this.#shelf.close();
  }
}

/** What a page notes beside its session, for the one that may come after it. */
export interface PageNotes {
  source: SourceKind;
  paused: boolean;
}

export function toAbout({ source, paused }: PageNotes): Record<string, string> {
  return { source, paused: paused ? 'yes' : 'no' };
}

export function fromAbout({ about }: MirroredSession): PageNotes {
  const { source, paused } = about;
  return {
    source: source === 'tab' || source === 'file' ? source : 'microphone',
    paused: paused === 'yes',
  };
}

/** Whether a reloaded page may take up the microphone again without being asked to. */
export async function maySpeakOn(
  head: MirroredSession,
  now: number = Date.now(),
): Promise<boolean> {
  const { source, paused } = fromAbout(head);
  if (source !== 'microphone' || paused || now - head.capturedAtMs > STILL_SPEAKING_MS)
    return false;
  const [navigation] = performance.getEntriesByType('navigation');
  const isReload =
    navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload';
  if (!isReload) return false;
  try {
    const { state } = await navigator.permissions.query({ name: 'microphone' });
    return state === 'granted';
  } catch {
    // Some browsers do not tell: then the person decides.
    return false;
  }
}
