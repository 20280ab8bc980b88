import { setTimeout as delay } from 'node:timers/promises';
import { SpeakerClient } from '../../../client/src/live/speaker-client.ts';
import type { SpeakerOptions } from '../../../client/src/live/speaker-options.ts';
import { AppError } from '../../../shared/errors.ts';
import { FRAME_MS } from '../../../shared/limits.ts';
import type { LoadSignals, LoadUser } from './load-run.ts';
import type { LoadTally } from './load-tally.ts';
import { OK, type Outcome, outcomeOf, outcomeOfCode } from './outcome.ts';

/** Packets leave together, as from the page's encoder. */
const BATCH_FRAMES = 5;
/** A session whose stop takes longer counts as failed; an interrupted one is left after the second. */
const STOP_LIMIT_MS = 30_000;
const INTERRUPTED_STOP_MS = 2_000;
/** What ends so shortly before the stop was ended by it. */
const CUT_OFF_MS = 1_000;

export interface SpeakerUserOptions {
  readonly speaker: SpeakerOptions;
  /** What is said: Opus packets of 20 ms, at least one. */
  readonly packets: readonly Uint8Array[];
  /** The packet to begin with, so that not all sentences end at the same moment. */
  readonly startAt: number;
  /** Over and over until the time is over; else once. */
  readonly repeats: boolean;
}

/** Speaks with the page's own client, at the pace of a microphone. */
export class SpeakerUser implements LoadUser {
  readonly #options: SpeakerUserOptions;
  readonly #tally: LoadTally;
  #client: SpeakerClient | null = null;

  constructor(options: SpeakerUserOptions, tally: LoadTally) {
    this.#options = options;
    this.#tally = tally;
  }

  async act(signals: LoadSignals, whenStarted: () => void = () => {}): Promise<Outcome | null> {
    const client = new SpeakerClient(this.#options.speaker);
    this.#client = client;
    const { interrupt } = signals;
    const leave = (): void => {
      if (client.state.kind === 'connecting') client.close();
    };
    interrupt.addEventListener('abort', leave, { once: true });
    try {
      const heard = this.#listen(client);
      const beganAt = performance.now();
      await client.start();
      this.#tally.time('start', performance.now() - beganAt);
      whenStarted();
      heard.beganAt = performance.now();
      heard.stoppedAtMs = FRAME_MS * (await this.#speak(client, signals));
      await stopped(client, interrupt);
      if (interrupt.aborted) return null;
      return heard.gaps > 0 ? outcomeOfCode('audio_lost') : OK;
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

  /**
   * A packet is there once its last sample was heard; ends early where the session does. Resolves with
   * the number of packets that were spoken.
   */
  async #speak(client: SpeakerClient, { over }: LoadSignals): Promise<number> {
    const { packets, repeats, startAt } = this.#options;
    const beganAt = performance.now();
    const frames = repeats ? Number.POSITIVE_INFINITY : packets.length;
    let sent = 0;
    while (sent < frames && !over.aborted) {
      const end = Math.min(frames, sent + BATCH_FRAMES);
      const waitMs = beganAt + end * FRAME_MS - performance.now();
      if (waitMs > 0) await delay(waitMs, undefined, { signal: over }).catch(() => undefined);
      for (; sent < end; sent += 1) {
        const packet = packets[(startAt + sent) % packets.length];
        if (packet === undefined || client.push(packet) < 0) return sent;
      }
    }
    return sent;
  }

  #listen(client: SpeakerClient): { beganAt: number; stoppedAtMs: number; gaps: number } {
    const heard = { beganAt: 0, stoppedAtMs: Number.POSITIVE_INFINITY, gaps: 0 };
    const { language } = this.#options.speaker;
    client.on('entry', (entry) => {
      if (entry.type !== 'final' || entry.caption.session !== client.started?.session) return;
      if (entry.caption.language !== language) return this.#tally.count('translations');
      this.#tally.count('finals');
      // All users stop at the same moment: what that cuts off says nothing of how speech fares.
      if (entry.caption.endMs > heard.stoppedAtMs - CUT_OFF_MS) return;
      // Segments end on the session's timeline, which began when the first frame was spoken.
      this.#tally.time('final', performance.now() - heard.beganAt - entry.caption.endMs);
    });
    client.on('partial', () => this.#tally.count('partials'));
    client.on('gap', ({ declared }) => {
      heard.gaps += declared ? 1 : 0;
    });
    client.on('state', (state) => {
      if (state.kind === 'reconnecting' && state.attempt <= 1) this.#tally.count('reconnects');
    });
    return heard;
  }
}

/** Ends the session as one should, so that no place stays taken; rejects where it died before. */
async function stopped(client: SpeakerClient, interrupt: AbortSignal): Promise<void> {
  const done = new AbortController();
  try {
    const tooLate = async (ms: number, signal: AbortSignal): Promise<never> => {
      await delay(ms, undefined, { signal });
      throw new AppError('server_unreachable', `Expected an answer to the stop within ${ms} ms.`);
    };
    const interrupted = async (): Promise<never> => {
      if (!interrupt.aborted) {
        await new Promise<void>((resolve) => {
          const { signal } = done;
          interrupt.addEventListener('abort', () => resolve(), { once: true, signal });
        });
      }
      return await tooLate(INTERRUPTED_STOP_MS, done.signal);
    };
    await Promise.race([client.stop(), tooLate(STOP_LIMIT_MS, done.signal), interrupted()]);
  } finally {
    done.abort();
  }
}
