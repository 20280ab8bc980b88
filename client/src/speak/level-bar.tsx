import type { Signal } from '@preact/signals';
import type { Level } from '../capture/level-meter.ts';

/** How loud it is. Movement only: the words about it stand beside it. */
export function LevelBar({ level }: { level: Signal<Level> }) {
  return (
    <div class="level" aria-hidden="true" data-testid="level">
      <div class="level-fill" style={{ transform: `scaleX(${level.value.share.toFixed(3)})` }} />
    </div>
  );
}
