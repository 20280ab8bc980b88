/** Pauses before a process that died is started again: the first, and the longest. */
export const RESTART_MIN_MS = 500;
export const RESTART_MAX_MS = 15_000;

/** How a supervised process fares. `failures` counts deaths since it last ran well. */
export type ProcessState =
  /** It runs, and does not answer yet. */
  | { readonly kind: 'starting'; readonly failures: number }
  | { readonly kind: 'ready'; readonly failures: number }
  /** It was asked to leave, and finishes what it has begun. */
  | { readonly kind: 'leaving'; readonly next: 'start' | 'stop' }
  /** It died by itself, and is started again after the pause. */
  | { readonly kind: 'pausing'; readonly failures: number; readonly pauseMs: number }
  | { readonly kind: 'stopped' };

export type ProcessEvent =
  | { readonly type: 'pauseOver' }
  | { readonly type: 'ready' }
  /** It has run for so long that earlier deaths no longer count. */
  | { readonly type: 'stable' }
  | { readonly type: 'exited' }
  | { readonly type: 'restart' }
  | { readonly type: 'stop' };

/** The one place where a process's state changes. An event that does not fit changes nothing. */
export function nextProcessState(state: ProcessState, event: ProcessEvent): ProcessState {
  switch (event.type) {
    case 'pauseOver':
      return state.kind === 'pausing' ? { kind: 'starting', failures: state.failures } : state;
    case 'ready':
      return state.kind === 'starting' ? { kind: 'ready', failures: state.failures } : state;
    case 'stable':
      return state.kind === 'ready' && state.failures > 0 ? { kind: 'ready', failures: 0 } : state;
    case 'exited':
      return afterExit(state);
    case 'restart':
      if (state.kind === 'pausing') return { kind: 'starting', failures: state.failures };
      return isRunning(state) ? { kind: 'leaving', next: 'start' } : state;
    case 'stop':
      if (state.kind === 'leaving') return { kind: 'leaving', next: 'stop' };
      if (state.kind === 'stopped') return state;
      return isRunning(state) ? { kind: 'leaving', next: 'stop' } : { kind: 'stopped' };
  }
}

function afterExit(state: ProcessState): ProcessState {
  if (state.kind === 'leaving') {
    return state.next === 'start' ? { kind: 'starting', failures: 0 } : { kind: 'stopped' };
  }
  if (!isRunning(state)) return state;
  const pauseMs = Math.min(RESTART_MIN_MS * 2 ** state.failures, RESTART_MAX_MS);
  return { kind: 'pausing', failures: state.failures + 1, pauseMs };
}

function isRunning(state: ProcessState): state is ProcessState & { kind: 'starting' | 'ready' } {
  return state.kind === 'starting' || state.kind === 'ready';
}
