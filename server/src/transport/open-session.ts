import type { PlacedEntry } from '../../../shared/captions.ts';
import type { OpusDecoderStream } from '../audio/opus-decoder-stream.ts';
import type { SessionState } from '../store/transcript-store.ts';
import type { GatewayParts } from './gateway-parts.ts';
import type { SpeakerSeat } from './speaker-seat.ts';

export interface SessionOpening {
  readonly reads: readonly string[];
  /** The place of the last entry that the client has, which hears those that followed; null for none. */
  readonly after: string | null;
  /** Before anything is spent on it: rejects where take() would be refused. Only counts and reads. */
  check(): Promise<void>;
  /** The state of a new session, or of one that is taken over. */
  take(): Promise<SessionState>;
  /** What was checked does not come to life; null where no state of it was taken. */
  giveBack(state: SessionState | null): Promise<void>;
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
 * Has the asker checked, then takes a decoder slot, then the session's state, then a seat in its room;
 * gives back all of it where one is not to be had. `begin` runs in the turn in which all is there: a
 * connection that ended before has aborted `signal`, and one that ends afterwards finds what `begin`
 * has made.
 */
export async function openSession<T>(
  { decoders, hub }: Pick<GatewayParts, 'decoders' | 'hub'>,
  { reads, after, check, take, giveBack, seatFor }: SessionOpening,
  begin: (opened: OpenedSession) => T,
  signal: AbortSignal,
): Promise<T> {
  await check();
  let decoder: OpusDecoderStream | null = null;
  let taken: SessionState | null = null;
  try {
    signal.throwIfAborted();
    decoder = await decoders.acquire(signal);
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
    await decoder?.close();
    await giveBack(taken);
    throw error;
  }
}
