/** How one number of speakers went. */
export interface SearchStep {
  readonly speakers: number;
  readonly good: boolean;
}

/** Growing steps: half as many again. */
const GROWTH = 1.5;
/** Neighbours that differ by less than a twentieth are not told apart by short runs. */
const RESOLUTION = 0.05;
const MAX_STEPS = 24;

/**
 * The largest number of speakers that is good: grows from `from` until one is not (or shrinks until
 * one is), then halves the interval between the two. 0 where not even one is good. Assumes that
 * more speakers are never easier than fewer.
 */
export async function findMax<Step extends SearchStep>(
  from: number,
  limit: number,
  run: (speakers: number) => Promise<Step>,
): Promise<{ readonly max: number; readonly steps: readonly Step[] }> {
  const steps: Step[] = [];
  let good = 0;
  let bad = limit + 1;
  let next = Math.min(from, limit);
  while (next > good && next < bad && steps.length < MAX_STEPS) {
    const step = await run(next);
    steps.push(step);
    if (step.good) good = next;
    else bad = next;
    next = following(good, bad, limit);
  }
  return { max: good, steps };
}

/** 0 where nothing is left to try. */
function following(good: number, bad: number, limit: number): number {
  if (bad > limit) return Math.min(limit, Math.max(good + 1, Math.round(good * GROWTH)));
  if (good === 0) return Math.floor(bad / GROWTH);
  if (bad - good <= Math.max(1, Math.floor(good * RESOLUTION))) return 0;
  return Math.floor((good + bad) / 2);
}
