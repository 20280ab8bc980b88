import { FRAME_MS } from '../../../shared/limits.ts';

/**
 * When each frame is due: on an absolute schedule from the first one on, so that small delays do
 * not add up. `speed` 1 is real time, 2 twice as fast, infinity as fast as frames are taken.
 */
export class Pacer {
  readonly #frameMs: number;
  #beganAt: number | null = null;

  constructor(speed: number) {
    this.#frameMs = FRAME_MS / speed;
  }

  /** Resolves when frame number `index` is due; rejects with the signal's reason. */
  async due(index: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#beganAt ??= performance.now();
    const waitMs = this.#beganAt + index * this.#frameMs - performance.now();
    if (waitMs <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const interrupt = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', interrupt);
        resolve();
      }, waitMs);
      signal.addEventListener('abort', interrupt, { once: true });
    });
  }
}
