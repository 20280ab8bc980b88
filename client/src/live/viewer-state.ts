import { AppError, type WireError } from '../../../shared/errors.ts';
import { toAppError } from './wire-error.ts';

export type ViewerState =
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'watching' }
  | { kind: 'reconnecting'; attempt: number; error: WireError | null }
  /** `error` is null after `close()` and where the room's owner ended the room. */
  | { kind: 'ended'; error: WireError | null };

export type ViewerEvent =
  | { type: 'start' }
  | { type: 'up' }
  | { type: 'down'; attempt: number; error: WireError }
  | { type: 'end'; error: WireError | null };

/** The one place where a viewer's state changes. An event that does not fit changes nothing. */
export function nextViewerState(state: ViewerState, event: ViewerEvent): ViewerState {
  if (state.kind === 'ended') return state;
  switch (event.type) {
    case 'start':
      return state.kind === 'idle' ? { kind: 'connecting' } : state;
    case 'up':
      return state.kind === 'connecting' || state.kind === 'reconnecting'
        ? { kind: 'watching' }
        : state;
    case 'down':
      return state.kind === 'watching' || state.kind === 'reconnecting'
        ? { kind: 'reconnecting', attempt: event.attempt, error: event.error }
        : state;
    case 'end':
      return { kind: 'ended', error: event.error };
  }
}

/** Why something that needs a running client is refused in this state. */
export function notWatching(state: ViewerState): AppError {
  if (state.kind === 'ended' && state.error !== null) return toAppError(state.error);
  return new AppError('session_required', 'Expected a client that watches, got one that does not.');
}
