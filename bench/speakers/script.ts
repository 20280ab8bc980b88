import { seededRandom } from '../../server/src/testing/marian/seeded-random.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { VoiceSpan } from '../quality/voice-spans.ts';

/** Longer than any pause that ends a segment, so that no last word waits for the stop. */
export const SILENCE_AFTER_MS = 1_500;
/** Pauses between clips are between half and one and a half of their mean. */
const PAUSE_SPREAD = 0.5;

/** A clip as a script needs it. */
export interface ScriptedClip {
  readonly frames: number;
  readonly speechMs: number;
}

/** One clip on a session's timeline. */
export interface Placement {
  readonly clip: number;
  readonly startFrame: number;
}

/** All that one session speaks; silence lies between placements and after the last. */
export interface SessionScript {
  readonly placements: readonly Placement[];
  readonly frames: number;
  /** When the speaker arrives, after the first one. */
  readonly arrivesAtMs: number;
  /** Whether its own client reads a translation. */
  readonly translated: boolean;
}

export interface ScriptOptions {
  readonly speakers: number;
  readonly seconds: number;
  /** Part of the time that is speech, above 0; 1 puts clips back to back. */
  readonly activity: number;
  /** All arrive evenly within it. */
  readonly arrivalsMs: number;
  /** Share of the sessions that read a translation. */
  readonly readShare: number;
  readonly seed: number;
}

/** What every session speaks: random, and the same for the same seed. */
export function writeScripts(
  clips: readonly ScriptedClip[],
  options: ScriptOptions,
): SessionScript[] {
  const { speakers, arrivalsMs, readShare, seed } = options;
  return Array.from({ length: speakers }, (_, index) => ({
    ...writeScript(clips, options, seededRandom(seed * 100_003 + index)),
    arrivesAtMs: (index * arrivalsMs) / speakers,
    // Spread evenly: each session that takes the sum over a whole number.
    translated: Math.floor((index + 1) * readShare) > Math.floor(index * readShare),
  }));
}

/** Clips in random order, none twice before all were spoken, as long as they end in time. */
function writeScript(
  clips: readonly ScriptedClip[],
  { seconds, activity }: ScriptOptions,
  random: () => number,
): { placements: Placement[]; frames: number } {
  const lastFrame = toFrames(seconds * 1000 - SILENCE_AFTER_MS);
  const placements: Placement[] = [];
  let waiting: number[] = [];
  let at: number | null = null;
  for (;;) {
    if (waiting.length === 0) waiting = shuffled(clips.length, random);
    const [first = 0] = waiting;
    const pause = meanPauseFrames(clips[first], activity);
    // Nobody begins with the pause of all others.
    const begin: number =
      at === null
        ? Math.round(pause * random())
        : at + Math.round(pause * (1 - PAUSE_SPREAD + 2 * PAUSE_SPREAD * random()));
    const next = waiting.find((clip) => begin + (clips[clip]?.frames ?? 0) <= lastFrame);
    if (next === undefined) break;
    placements.push({ clip: next, startFrame: begin });
    at = begin + (clips[next]?.frames ?? 0);
    waiting = waiting.filter((clip) => clip !== next);
  }
  return { placements, frames: toFrames(seconds * 1000) };
}

/** Silence for a clip, so that its speech is `activity` of both together. */
function meanPauseFrames(clip: ScriptedClip | undefined, activity: number): number {
  if (clip === undefined || activity >= 1) return 0;
  return Math.max(0, toFrames(clip.speechMs / activity) - clip.frames);
}

function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** The reference pass on a session's timeline. */
export function voiceOf(
  { placements }: Pick<SessionScript, 'placements'>,
  clips: readonly { readonly voice: readonly VoiceSpan[] }[],
): VoiceSpan[] {
  return placements.flatMap(({ clip, startFrame }) => {
    const offsetMs = startFrame * FRAME_MS;
    return (clips[clip]?.voice ?? []).map(({ startMs, endMs }) => ({
      startMs: startMs + offsetMs,
      endMs: endMs + offsetMs,
    }));
  });
}

function toFrames(ms: number): number {
  return Math.floor(ms / FRAME_MS);
}
