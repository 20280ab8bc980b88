import { type Signal, useComputed } from '@preact/signals';
import type { Level } from '../capture/level-meter.ts';

/** How loud it is. Movement only: the words about it stand beside it. */
export function LevelBar({ level }: { level: Signal<Level> }) {
  const share = useComputed(() => level.value.share);
  return (
    <div class="level" aria-hidden="true" data-testid="level">
      <div class="level-fill" style={{ transform: `scaleX(${share.value.toFixed(2)})` }} />
    </div>
  );
}
