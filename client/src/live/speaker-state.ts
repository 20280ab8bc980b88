import { AppError, type WireError } from '../../../shared/errors.ts';
import type { SessionSummary } from '../../../shared/protocol.ts';
import { toAppError } from './wire-error.ts';

export type SpeakerState =
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'live'; session: string; epoch: number }
  /** Audio goes on into the ring. */
  | { kind: 'reconnecting'; attempt: number; error: WireError | null }
  /** No more audio is taken; what is left goes out, over a new link if need be. */
  | { kind: 'stopping' }
  /** `summary` after a clean stop, `error` where something ended it, neither after `close()`. */
  | { kind: 'ended'; summary: SessionSummary | null; error: WireError | null };

export type SpeakerEvent =
  | { type: 'start' }
  | { type: 'up'; session: string; epoch: number }
  | { type: 'down'; attempt: number; error: WireError }
  | { type: 'stop' }
  | { type: 'end'; summary: SessionSummary | null; error: WireError | null };

/** The one place where a speaker's state changes. An event that does not fit changes nothing. */
export function nextSpeakerState(state: SpeakerState, event: SpeakerEvent): SpeakerState {
  if (state.kind === 'ended') return state;
  switch (event.type) {
    case 'start':
      return state.kind === 'idle' ? { kind: 'connecting' } : state;
    case 'up':
      return state.kind === 'connecting' || state.kind === 'reconnecting'
        ? { kind: 'live', session: event.session, epoch: event.epoch }
        : state;
    case 'down':
      return state.kind === 'live' || state.kind === 'reconnecting' || state.kind === 'connecting'
        ? { kind: 'reconnecting', attempt: event.attempt, error: event.error }
        : state;
    case 'stop':
      return state.kind === 'idle' || state.kind === 'stopping' ? state : { kind: 'stopping' };
    case 'end':
      return { kind: 'ended', summary: event.summary, error: event.error };
  }
}

/** Why something that needs a running session is refused in this state. */
export function overError(state: SpeakerState): AppError {
  if (state.kind === 'ended' && state.error !== null) return toAppError(state.error);
  return state.kind === 'idle'
    ? new AppError('session_required', 'Expected a started session, got none.')
    : new AppError('session_ended', 'Expected a running session, got one that is over.');
}
