import { seededRandom } from '../../server/src/testing/marian/seeded-random.ts';
import { FRAME_MS } from '../../shared/limits.ts';

/** How long a sentence sounds, and the pause behind it that ends its segment. */
export const SENTENCE_MS = 4_200;
export const PAUSE_MS = 800;
/** Sentences that a speaker says before it is another's turn; then it listens for as long. */
const SENTENCES_PER_TURN = 2;

const TURN_MS = SENTENCES_PER_TURN * (SENTENCE_MS + PAUSE_MS);
const PERIOD_MS = 2 * TURN_MS;
const SEED = 4;

/** One sentence of one session, on the session's own timeline. */
export interface PlannedSentence {
  readonly sentence: number;
  /** Frames [startFrame, endFrame) of tone. */
  readonly startFrame: number;
  readonly endFrame: number;
}

/**
 * What one of `sessions` speakers says in so long: a final every five seconds while it speaks, half
 * of the time. Half of all speak at any moment; who begins when is spread at random.
 */
export function planTurns(
  session: number,
  sessions: number,
  durationMs: number,
  sentences: number,
): PlannedSentence[] {
  const random = seededRandom(SEED + session);
  const shiftMs = ((session + random()) * PERIOD_MS) / sessions;
  const planned: PlannedSentence[] = [];
  // A turn that began before the first frame is heard from its next sentence on.
  for (let turnMs = shiftMs - PERIOD_MS; turnMs < durationMs; turnMs += PERIOD_MS) {
    for (let at = 0; at < SENTENCES_PER_TURN; at += 1) {
      const startFrame = Math.round((turnMs + at * (SENTENCE_MS + PAUSE_MS)) / FRAME_MS);
      const endFrame = startFrame + SENTENCE_MS / FRAME_MS;
      if (startFrame < 0 || endFrame * FRAME_MS + PAUSE_MS > durationMs) continue;
      planned.push({ sentence: Math.floor(random() * sentences), startFrame, endFrame });
    }
  }
  return planned;
}

/** How many sentences end in a second, all speakers together. */
export function finalsPerSecond(sessions: number): number {
  return (sessions * SENTENCES_PER_TURN * 1000) / PERIOD_MS;
}
