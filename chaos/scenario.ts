import type { SessionVerdict } from './judge/judge-session.ts';
import type { Speech } from './support/speech.ts';
import type { Stage } from './support/stage.ts';

/** A session, and what became of it. */
export interface JudgedSession {
  readonly speech: Speech;
  /** What was spoken of it. */
  readonly frames: number;
  readonly verdict: SessionVerdict;
}

/** What came of a scenario. */
export interface Outcome {
  readonly sessions: readonly JudgedSession[];
  /** What was done and measured, for the report. */
  readonly facts: Readonly<Record<string, number>>;
  /** What went wrong beside the verdicts' own problems, in words; empty is right. */
  readonly problems: readonly string[];
}

/** One way to break a cluster, and how it must come through. */
export interface Scenario {
  readonly name: string;
  /** One line: what is broken. */
  readonly summary: string;
  /** Leaves nodes and Redis alone: several of these may run at once. */
  readonly peaceful: boolean;
  /** Everything that was broken is whole again afterwards. Rejects where nothing can be judged. */
  run(stage: Stage): Promise<Outcome>;
}

/** Everything that is wrong with an outcome; empty is right. */
export function problemsOf({ sessions, problems }: Outcome): readonly string[] {
  return [...sessions.flatMap(({ verdict }) => verdict.problems), ...problems];
}
