import type { FrameRun } from '../../chaos/judge/judge-session.ts';
import type { Gathering } from '../../chaos/support/gathering.ts';
import { SPOKEN } from '../../chaos/support/test-speaker.ts';
import type { TestViewer } from '../../chaos/support/test-viewer.ts';
import { FRAME_MS } from '../../shared/limits.ts';

/** One session that a kill moved to another node. Milliseconds since the kill. */
export interface Move {
  readonly kill: number;
  readonly session: number;
  /** Whether something was being said that was in no final yet: only then captions follow at once. */
  readonly speaking: boolean;
  /** When the client knew that its connection was gone. */
  readonly lostMs: number;
  /** When another node had the session. */
  readonly resumedMs: number;
  /** When a viewer on a node that lives saw the next caption of it. */
  readonly captionMs: number;
  /** Tries to connect. */
  readonly tries: number;
  /** Frames that were sent again: captured, and not durable at the kill. */
  readonly replayedFrames: number;
}

/** Watches one session from just before a kill until a viewer sees its next caption. */
export class MoveWatch {
  readonly moved: Promise<Move>;
  readonly #kill: number;
  readonly #session: number;
  readonly #gathering: Gathering;
  readonly #unacked: FrameRun;
  readonly #speaking: boolean;
  readonly #resumptions: number;
  #killedAt = 0;

  constructor(kill: number, session: number, gathering: Gathering, viewer: TestViewer) {
    const { speaker, speech } = gathering;
    this.#kill = kill;
    this.#session = session;
    this.#gathering = gathering;
    this.#resumptions = speaker.resumptions.length;
    this.#unacked = { fromSeq: speaker.client.ackedSeq, toSeq: speaker.frames };
    const [fromMs, toMs] = [this.#unacked.fromSeq * FRAME_MS, this.#unacked.toSeq * FRAME_MS];
    this.#speaking = speech.voice.some(({ startMs, endMs }) => startMs < toMs && endMs > fromMs);
    this.moved = this.#follow(viewer);
  }

  /** The node has just been killed. */
  killed(atMs: number): void {
    this.#killedAt = atMs;
  }

  /** A caption of the new owner: partials tell its epoch, finals that they were stored after. */
  async #follow(viewer: TestViewer): Promise<Move> {
    const { speaker } = this.#gathering;
    const state = speaker.client.state;
    const epoch = state.kind === 'live' ? state.epoch : 0;
    const captionAt = await new Promise<number>((resolve) => {
      const stop = viewer.onShown((shown) => {
        const isNew = shown.kind === 'partial' ? (shown.epoch ?? 0) > epoch : this.#killedAt > 0;
        if (shown.language !== SPOKEN || !isNew || shown.atMs < this.#killedAt) return;
        if (speaker.resumptions.length === this.#resumptions) return;
        stop();
        resolve(shown.atMs);
      });
    });
    const resumption = speaker.resumptions[this.#resumptions];
    const since = (atMs: number | null | undefined): number =>
      Math.round((atMs ?? Number.NaN) - this.#killedAt);
    return {
      kill: this.#kill,
      session: this.#session,
      speaking: this.#speaking,
      lostMs: since(resumption?.lostAt),
      resumedMs: since(resumption?.resumedAt),
      captionMs: since(captionAt),
      tries: resumption?.tries ?? 0,
      replayedFrames: this.#unacked.toSeq - this.#unacked.fromSeq,
    };
  }
}
