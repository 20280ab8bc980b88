import type { FrameRun } from '../frame-ring.ts';
import type { KeptSession, MirrorChange, MirroredSession, MirrorStore } from '../session-mirror.ts';

/** A mirror's store whose writes settle when the test says so. */
export class MemoryMirror implements MirrorStore {
  readonly changes: MirrorChange[] = [];
  removed: string[] = [];
  /** What the next writes come to: `hang` settles with {@link settle}. */
  outcome: 'kept' | 'refused' | 'hang' = 'kept';
  #head: MirroredSession | null;
  #runs: FrameRun[];
  #hanging: (() => void)[] = [];

  constructor(kept: KeptSession | null = null) {
    this.#head = kept?.head ?? null;
    this.#runs = [...(kept?.runs ?? [])];
  }

  /** What a page finds after a reload. */
  get kept(): KeptSession | null {
    return this.#head === null ? null : { head: this.#head, runs: [...this.#runs] };
  }

  /** Frames that are kept, by seq. */
  get frames(): number[] {
    return this.#runs.flatMap(({ firstSeq, frames }) => frames.map((_, at) => firstSeq + at));
  }

  async write(change: MirrorChange): Promise<void> {
    this.changes.push(change);
    if (this.outcome === 'refused') throw new Error('QuotaExceededError');
    if (this.outcome === 'hang') {
      await new Promise<void>((resolve) => this.#hanging.push(resolve));
    }
    const { head, runs, forgetBefore } = change;
    this.#head = head;
    this.#runs = [...this.#runs, ...runs].filter(
      ({ firstSeq, frames }) => firstSeq + frames.length > forgetBefore,
    );
  }

  async remove(session: string): Promise<void> {
    this.removed.push(session);
    this.#head = null;
    this.#runs = [];
  }

  settle(): void {
    for (const settle of this.#hanging.splice(0)) settle();
  }
}
