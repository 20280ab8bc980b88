/** Frames of silence sent when a speaker pauses: one second, so that the sentence ends. */
export const TAIL_FRAMES = 50;

type State = { kind: 'open' } | { kind: 'tail'; left: number } | { kind: 'shut' };

/**
 * Decides which sound goes on to the encoder. Paused, it lets none through: first comes a second of
 * silence at the pace of speech, then nothing at all until resumed.
 */
export class PauseGate {
  #state: State = { kind: 'open' };

  get open(): boolean {
    return this.#state.kind === 'open';
  }

  /** True while silence is still to be sent. */
  get inTail(): boolean {
    return this.#state.kind === 'tail';
  }

  pause(): void {
    if (this.#state.kind === 'open') this.#state = { kind: 'tail', left: TAIL_FRAMES };
  }

  resume(): void {
    this.#state = { kind: 'open' };
  }

  /** How many of `count` silent frames that are due may be sent. */
  takeSilence(count: number): number {
    if (this.#state.kind !== 'tail') return 0;
    const taken = Math.min(count, this.#state.left);
    const left = this.#state.left - taken;
    this.#state = left === 0 ? { kind: 'shut' } : { kind: 'tail', left };
    return taken;
  }
}
