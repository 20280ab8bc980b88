import { ViewerClient, type ViewerOptions } from '../../../client/src/live/viewer-client.ts';
import type { PlacedEntry } from '../../../shared/captions.ts';
import { compareCursors } from '../../../shared/cursor.ts';
import { AppError } from '../../../shared/errors.ts';
import type { FirstSight } from './first-sight.ts';
import type { LoadSignals, LoadUser } from './load-run.ts';
import type { LoadTally } from './load-tally.ts';
import { OK, type Outcome, outcomeOf, outcomeOfCode } from './outcome.ts';

export interface ViewerUserOptions {
  readonly viewer: ViewerOptions;
  /** Until the time is over; else it leaves with what was said before. */
  readonly stays: boolean;
}

/** Reads a room with the page's own client. */
export class ViewerUser implements LoadUser {
  readonly #options: ViewerUserOptions;
  readonly #tally: LoadTally;
  readonly #sight: FirstSight;
  #client: ViewerClient | null = null;

  constructor(options: ViewerUserOptions, tally: LoadTally, sight: FirstSight) {
    this.#options = options;
    this.#tally = tally;
    this.#sight = sight;
  }

  async act({ over, interrupt }: LoadSignals): Promise<Outcome | null> {
    const client = new ViewerClient(this.#options.viewer);
    this.#client = client;
    const leave = (): void => client.close();
    interrupt.addEventListener('abort', leave, { once: true });
    try {
      this.#listen(client);
      const beganAt = performance.now();
      await client.start();
      this.#tally.time('join', performance.now() - beganAt);
      return this.#options.stays ? await this.#stay(client, over) : OK;
    } catch (error) {
      return interrupt.aborted ? null : outcomeOf(error);
    } finally {
      interrupt.removeEventListener('abort', leave);
      client.close();
    }
  }

  close(): void {
    this.#client?.close();
  }

  /** Whoever is connected when the time is over, has stayed all right. */
  async #stay(client: ViewerClient, over: AbortSignal): Promise<Outcome> {
    await new Promise<void>((resolve) => {
      if (over.aborted) resolve();
      over.addEventListener('abort', () => resolve(), { once: true });
      client.on('state', ({ kind }) => {
        if (kind === 'ended') resolve();
      });
    });
    const { state } = client;
    if (state.kind === 'reconnecting') return lost(state.error?.code);
    return state.kind === 'ended' && state.error !== null ? outcomeOfCode(state.error.code) : OK;
  }

  #listen(client: ViewerClient): void {
    /** What came with the join was said before: it is late for a reason. */
    let historyEnd = '0-0';
    client.on('joined', ({ history }) => {
      historyEnd = history.at(-1)?.cursor ?? historyEnd;
    });
    client.on('entry', (entry: PlacedEntry) => {
      if (entry.type !== 'final' || compareCursors(entry.cursor, historyEnd) <= 0) return;
      this.#tally.count('finals');
      const behindMs = this.#sight.behind(entry.cursor);
      if (behindMs !== null) this.#tally.time('spread', behindMs);
    });
    client.on('partial', () => this.#tally.count('partials'));
    client.on('state', (state) => {
      if (state.kind === 'reconnecting' && state.attempt <= 1) this.#tally.count('reconnects');
    });
  }
}

function lost(code: string | undefined): Outcome {
  return outcomeOf(
    new AppError('server_unreachable', `Expected a connection, got none (${code ?? 'unknown'}).`),
  );
}
