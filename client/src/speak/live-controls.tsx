import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isMoving } from '../live/is-moving.ts';
import { Icon } from '../ui/icons.tsx';
import { clock } from '../words/durations.ts';
import { LevelBar } from './level-bar.tsx';
import type { RoomDesk } from './room-desk.ts';
import type { SessionPhase, SpeakSession } from './speak-session.ts';

/** Pause, stop, and the signs that it works. */
export function LiveControls({ desk, session }: { desk: RoomDesk; session: SpeakSession }) {
  const phase = session.phase.value;
  const paused = session.paused.value;
  const isLive = phase.kind === 'live';
  const link = session.link.value;
  const isAway = link.kind === 'reconnecting' && !isMoving(link);
  return (
    <section class="controls" aria-label="Speaking" data-testid="controls" data-phase={phase.kind}>
      <div class="on-air">
        <span
          class={`pill ${lookOf(phase.kind, paused, isAway)}`}
          role="status"
          data-testid="speak-state"
        >
          <span class="dot" aria-hidden="true" />
          {stateInWords(phase.kind, paused, isAway)}
        </span>
        {isLive && <Elapsed sinceMs={phase.sinceMs} />}
        <LevelBar level={session.level} />
      </div>
      <FileProgressBar desk={desk} />
      <div class="control-buttons">
        {isLive && (
          <button
            type="button"
            class={paused ? 'button main big' : 'button big'}
            data-testid="pause"
            onClick={() => void desk.togglePause()}
          >
            <Icon name={paused ? 'play' : 'pause'} />
            {paused ? 'Go on' : 'Pause'}
          </button>
        )}
        {isLive && (
          <button
            type="button"
            class="button danger big"
            data-testid="stop"
            onClick={() => void session.stop()}
          >
            <Icon name="stop" />
            Stop
          </button>
        )}
        {!isLive && (
          <button type="button" class="button" onClick={() => session.close()}>
            {phase.kind === 'stopping' ? 'Leave without waiting' : 'Cancel'}
          </button>
        )}
      </div>
    </section>
  );
}

type PhaseKind = SessionPhase['kind'];

function lookOf(phase: PhaseKind, paused: boolean, isAway: boolean): string {
  if (isAway) return 'away';
  return phase === 'live' && !paused ? 'live' : 'calm';
}

function stateInWords(phase: PhaseKind, paused: boolean, isAway: boolean): string {
  if (isAway && phase === 'live' && !paused) return 'Kept until connected';
  switch (phase) {
    case 'opening':
      return 'Connecting';
    case 'live':
      return paused ? 'Paused' : 'Live';
    case 'stopping':
      return 'Finishing the last words';
    case 'ended':
      return 'Ended';
  }
}

function Elapsed({ sinceMs }: { sinceMs: number }) {
  const now = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = performance.now();
    }, 1000);
    return () => clearInterval(timer);
  }, [now]);
  return (
    <span class="clock" role="timer" aria-label="Time since the start" data-testid="elapsed">
      {clock(now.value - sinceMs)}
    </span>
  );
}

function FileProgressBar({ desk }: { desk: RoomDesk }) {
  const progress = desk.fileProgress.value;
  const file = desk.setup.file.value;
  if (progress === null || file === null || desk.setup.sourceKind.value !== 'file') return null;
  const { playedMs, totalMs } = progress;
  return (
    <div class="file-progress">
      <span class="small file-name">{file.name}</span>
      <progress
        max={totalMs}
        value={playedMs}
        aria-label={`Played of ${file.name}`}
        data-testid="file-progress"
      />
      <span class="small clock">
        {clock(playedMs)} / {clock(totalMs)}
      </span>
    </div>
  );
}
