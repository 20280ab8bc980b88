import { mapConcurrently } from '../async/map-concurrently.ts';
import { unlessAborted } from '../async/unless-aborted.ts';
import { serverDraining } from './server-draining.ts';

/** Speakers that are moved at the same time: each takes a decoder and replays speech elsewhere. */
export const MOVES_AT_ONCE = 4;
/** Viewers that are sent away at a time, and the pause before the next: others take 2000 a second. */
export const VIEWERS_AT_ONCE = 100;
export const VIEWER_PAUSE_MS = 50;
/** Clients that were asked to go are waited for this long. */
export const GOODBYE_MS = 1_000;
const LOOK_MS = 20;

/** As much of a speaker's connection as draining needs. */
export interface MovableSpeaker {
  move(signal: AbortSignal): Promise<void>;
  sendAway(): void;
}

/** As much of a viewer's. */
export interface MovableViewer {
  sendAway(): void;
}

/** What draining acts upon. Both sets shrink by themselves as connections end. */
export interface DrainParts {
  readonly speakers: ReadonlySet<MovableSpeaker>;
  readonly viewers: ReadonlySet<MovableViewer>;
  /** From now on newcomers are turned away before they are connected. */
  refuseNewcomers(): void;
  /** Resolves when no translation is under way. */
  translated(): Promise<void>;
}

type State =
  | { readonly kind: 'serving' }
  | { readonly kind: 'draining'; readonly done: Promise<void> };

/**
 * How a node leaves well: nobody new is taken, speakers are moved a few at a time as soon as their
 * finals in work are stored, viewers in batches, and the translations in work are finished.
 */
export class Drain {
  readonly #parts: DrainParts;
  #state: State = { kind: 'serving' };

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  get draining(): boolean {
    return this.#state.kind === 'draining';
  }

  /** Throws `server_draining` where somebody begins something that this node would not finish. */
  admit(): void {
    if (this.draining) throw serverDraining();
  }

  /** Idempotent. Takes at most about `limitMs`: at the limit, what is in work is left to others. */
  run(limitMs: number): Promise<void> {
    if (this.#state.kind === 'draining') return this.#state.done;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), limitMs);
    const done = this.#moveAll(limit.signal).finally(() => clearTimeout(timer));
    this.#state = { kind: 'draining', done };
    return done;
  }

  async #moveAll(limit: AbortSignal): Promise<void> {
    const { speakers, viewers, refuseNewcomers, translated } = this.#parts;
    refuseNewcomers();
    await Promise.all([
      mapConcurrently([...speakers], MOVES_AT_ONCE, (speaker) => speaker.move(limit)),
      this.#sendViewers(limit),
    ]);
    await unlessAborted(translated(), limit).catch(() => undefined);
    for (const speaker of [...speakers]) speaker.sendAway();
    await this.#goodbyes(speakers, viewers, limit);
  }

  async #sendViewers(limit: AbortSignal): Promise<void> {
    let sent = 0;
    for (const viewer of [...this.#parts.viewers]) {
      viewer.sendAway();
      sent += 1;
      if (sent % VIEWERS_AT_ONCE === 0) await pause(VIEWER_PAUSE_MS, limit);
    }
  }

  /** Lets clients close their own end, so that each knows why it went. */
  async #goodbyes(
    speakers: ReadonlySet<unknown>,
    viewers: ReadonlySet<unknown>,
    limit: AbortSignal,
  ): Promise<void> {
    const until = performance.now() + GOODBYE_MS;
    while (speakers.size + viewers.size > 0 && performance.now() < until && !limit.aborted) {
      await pause(LOOK_MS, limit);
    }
  }
}

/** The limit ends it early. */
function pause(ms: number, limit: AbortSignal): Promise<void> {
  if (limit.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      limit.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    limit.addEventListener('abort', end);
  });
}
