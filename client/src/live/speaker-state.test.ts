import { expect, test } from 'vitest';
import {
  nextSpeakerState,
  overError,
  type SpeakerEvent,
  type SpeakerState,
} from './speaker-state.ts';
import {
  nextViewerState,
  notWatching,
  type ViewerEvent,
  type ViewerState,
} from './viewer-state.ts';
import { localError } from './wire-error.ts';

const lost = localError('server_unreachable', 'transport close');
const SPEAKER_EVENTS: Record<string, SpeakerEvent> = {
  start: { type: 'start' },
  up: { type: 'up', session: 'session-a', epoch: 2 },
  down: { type: 'down', attempt: 1, error: lost },
  stop: { type: 'stop' },
  end: { type: 'end', summary: null, error: lost },
};
const SPEAKER_STATES: Record<string, SpeakerState> = {
  idle: { kind: 'idle' },
  connecting: { kind: 'connecting' },
  live: { kind: 'live', session: 'session-a', epoch: 1 },
  reconnecting: { kind: 'reconnecting', attempt: 1, error: lost },
  stopping: { kind: 'stopping' },
  ended: { kind: 'ended', summary: null, error: null },
};

test('a speaker goes from state to state in these ways, and in no other', () => {
  const table = Object.entries(SPEAKER_STATES).map(([kind, state]) => {
    const moves = Object.entries(SPEAKER_EVENTS)
      .map(([name, event]) => [name, nextSpeakerState(state, event)] as const)
      .filter(([, next]) => next !== state)
      .map(([name, next]) => `${name}→${next.kind}`);
    return `${kind}: ${moves.join(' ')}`;
  });
  expect(table).toEqual([
    'idle: start→connecting end→ended',
    'connecting: up→live down→reconnecting stop→stopping end→ended',
    'live: down→reconnecting stop→stopping end→ended',
    'reconnecting: up→live down→reconnecting stop→stopping end→ended',
    'stopping: end→ended',
    'ended: ',
  ]);
});

test('a viewer goes from state to state in these ways, and in no other', () => {
  const states: ViewerState[] = [
    { kind: 'idle' },
    { kind: 'connecting' },
    { kind: 'watching' },
    { kind: 'reconnecting', attempt: 1, error: lost },
    { kind: 'ended', error: null },
  ];
  const events: ViewerEvent[] = [
    { type: 'start' },
    { type: 'up' },
    { type: 'down', attempt: 2, error: lost },
    { type: 'end', error: null },
  ];
  const table = states.map((state) => {
    const moves = events
      .map((event) => [event.type, nextViewerState(state, event)] as const)
      .filter(([, next]) => next !== state)
      .map(([name, next]) => `${name}→${next.kind}`);
    return `${state.kind}: ${moves.join(' ')}`;
  });
  expect(table).toEqual([
    'idle: start→connecting end→ended',
    'connecting: up→watching end→ended',
    'watching: down→reconnecting end→ended',
    'reconnecting: up→watching down→reconnecting end→ended',
    'ended: ',
  ]);
});

test('what is refused says why', () => {
  expect(overError({ kind: 'idle' }).code).toBe('session_required');
  expect(overError({ kind: 'ended', summary: null, error: null }).code).toBe('session_ended');
  expect(overError({ kind: 'ended', summary: null, error: lost }).code).toBe('server_unreachable');
  expect(notWatching({ kind: 'ended', error: lost }).code).toBe('server_unreachable');
  expect(notWatching({ kind: 'idle' }).code).toBe('session_required');
});
