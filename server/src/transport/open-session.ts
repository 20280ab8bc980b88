import type { PlacedEntry } from '../../../shared/captions.ts';
import type { OpusDecoderStream } from '../audio/opus-decoder-stream.ts';
import type { SessionState } from '../store/transcript-store.ts';
import type { GatewayParts } from './gateway-parts.ts';
import type { SpeakerSeat } from './speaker-seat.ts';

export interface SessionOpening {
  readonly reads: readonly string[];
  /** The place of the last entry that the client has, which hears those that followed; null for none. */
  readonly after: string | null;
  /** The state of a new session, or of one that is taken over. */
  take(): Promise<SessionState>;
  /** What a state was taken of does not come to life. */
  giveBack(state: SessionState): Promise<void>;
  seatFor(state: SessionState): SpeakerSeat;
}

/** Everything that a session lives on. */
export interface OpenedSession {
  readonly state: SessionState;
  readonly decoder: OpusDecoderStream;
  readonly seat: SpeakerSeat;
  /** What was said while nobody was connected. */
  readonly missed: readonly PlacedEntry[];
}

/**
 * Takes a decoder slot, then the session's state, then a seat in its room; gives back all of it where
 * one is not to be had. `begin` runs in the turn in which all is there: a connection that ended before
 * has aborted `signal`, and one that ends afterwards finds what `begin` has made.
 */
export async function openSession<T>(
  { decoders, hub }: Pick<GatewayParts, 'decoders' | 'hub'>,
  { reads, after, take, giveBack, seatFor }: SessionOpening,
  begin: (opened: OpenedSession) => T,
  signal: AbortSignal,
): Promise<T> {
  const decoder = await decoders.acquire(signal);
  let taken: SessionState | null = null;
  try {
    const state = await take();
    taken = state;
    signal.throwIfAborted();
    const { room } = state.key;
    const seat = seatFor(state);
    const { entries } = await hub.join(room, seat, reads, after);
    if (signal.aborted) {
      hub.leave(room, seat);
      throw signal.reason;
    }
    return begin({ state, decoder, seat, missed: after === null ? [] : entries });
  } catch (error) {
    await decoder.close();
    if (taken !== null) await giveBack(taken);
    throw error;
  }
}
