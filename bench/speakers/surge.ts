import { type Delays, delays } from '../scoring/percentiles.ts';
import type { DelayPoint, SpeakersScore } from './score-sessions.ts';
import {
  type ScriptedClip,
  type ScriptOptions,
  type SessionScript,
  writeScripts,
} from './script.ts';

/** Those who come for a while speak something else than those who stay. */
const SURGE_SEED = 7_919;
const MS_PER_SECOND = 1000;
const PHASES = ['before', 'surge', 'after'] as const;

/** One third of a run: what was seen of the segments that ended in it. */
export interface Phase {
  readonly phase: (typeof PHASES)[number];
  readonly firstPartialMs: Delays;
  readonly finalLagMs: Delays;
  readonly rhythmMs: Delays;
  /** Most resident memory of the server; null where it is elsewhere. */
  readonly rssMb: number | null;
}

/** Scripts of `speakers` more who come after a third of the time and leave after two. */
export function writeSurge(
  clips: readonly ScriptedClip[],
  options: ScriptOptions,
  speakers: number,
): SessionScript[] {
  const seconds = options.seconds / PHASES.length;
  const surge = { ...options, speakers, seconds, seed: options.seed + SURGE_SEED };
  return writeScripts(clips, surge).map((script) => ({
    ...script,
    arrivesAtMs: script.arrivesAtMs + seconds * MS_PER_SECOND,
  }));
}

/** The three thirds of a run, each by itself. */
export function phasesOf(
  score: Pick<SpeakersScore, 'firstPartial' | 'finalLag' | 'rhythm'>,
  server: readonly { readonly at: number; readonly rssMb: number }[],
  seconds: number,
): Phase[] {
  const thirdMs = (seconds * MS_PER_SECOND) / PHASES.length;
  const began = server[0]?.at ?? 0;
  return PHASES.map((phase, index) => {
    const within = (ms: number): boolean =>
      ms >= index * thirdMs && (ms < (index + 1) * thirdMs || index === PHASES.length - 1);
    const of = (points: readonly DelayPoint[]): Delays =>
      delays(points.filter(({ atMs }) => within(atMs)).map(({ delayMs }) => delayMs));
    const memory = server.filter(({ at }) => within(at - began)).map(({ rssMb }) => rssMb);
    return {
      phase,
      firstPartialMs: of(score.firstPartial),
      finalLagMs: of(score.finalLag),
      rhythmMs: of(score.rhythm),
      rssMb: memory.length === 0 ? null : Math.max(...memory),
    };
  });
}
