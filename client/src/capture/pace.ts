import { FRAME_MS } from '../../../shared/limits.ts';
import { CHUNK_MS } from './audio-frame.ts';

/** How often paced sound is handed over: as often as a microphone's. */
export const TICK_MS = CHUNK_MS;
/** A page that was held up may make good one second; the rest of the delay stays. */
export const MAX_CATCH_UP_FRAMES = 50;

/** Tells how many frames are due so that a recording is sent as fast as it would be spoken. */
export class Pace {
  #originMs: number;
  #taken = 0;

  constructor(nowMs: number) {
    this.#originMs = nowMs;
  }

  /** Frames to hand over now. Each is counted as taken. */
  due(nowMs: number): number {
    const due = Math.floor((nowMs - this.#originMs) / FRAME_MS) - this.#taken;
    if (due <= 0) return 0;
    const handed = Math.min(due, MAX_CATCH_UP_FRAMES);
    this.#taken += handed;
    if (due > handed) this.restart(nowMs);
    return handed;
  }

  /** Forgets what was due, for example after a pause. */
  restart(nowMs: number): void {
    this.#originMs = nowMs;
    this.#taken = 0;
  }
}
