import type { Recognizer } from './recognizer.ts';

/** Speakers that a thread of this machine keeps up with although all speak all of the time (docs/operations.md). */
export const SPEAKERS_PER_THREAD = 25;

/** Speakers that a recogniser is known to keep up with. */
export function speakersOf({ capabilities }: Pick<Recognizer, 'capabilities'>): number {
  return capabilities.speakers ?? SPEAKERS_PER_THREAD * capabilities.concurrency;
}
