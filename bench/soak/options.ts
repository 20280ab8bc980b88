import { parseArgs } from 'node:util';
import { UsageError } from '../benchmark.ts';

export interface SoakOptions {
  /** Measured; the warm-up comes on top. */
  readonly minutes: number;
  readonly warmUpMinutes: number;
  /** Speakers at once. */
  readonly speakers: number;
  readonly seed: number;
}

const DEFAULT_MINUTES = 30;
/** Engines allocate, V8 compiles what turns out to be hot, rooms come to their time to live. */
const WARM_UP_SHARE = 0.5;
const LONGEST_WARM_UP_MINUTES = 15;
const DEFAULT_SPEAKERS = 8;

export const SOAK_USAGE: readonly string[] = [
  `--minutes M   how long they come and go, measured; ${DEFAULT_MINUTES} without it`,
  `--warm-up M   how long before that; half as long without it, and at most ${LONGEST_WARM_UP_MINUTES}`,
  `--speakers N  at once; ${DEFAULT_SPEAKERS} without it`,
  '--seed N      another order of visits; 1 without it',
];

/** Throws {@link UsageError}. */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { minutes: text, 'warm-up': text, speakers: text, seed: text },
    });
    const minutes = above0('--minutes', values.minutes ?? `${DEFAULT_MINUTES}`, false);
    const warmUp = Math.min(LONGEST_WARM_UP_MINUTES, minutes * WARM_UP_SHARE);
    return {
      minutes,
      warmUpMinutes: above0('--warm-up', values['warm-up'] ?? `${warmUp}`, false),
      speakers: above0('--speakers', values.speakers ?? `${DEFAULT_SPEAKERS}`, true),
      seed: above0('--seed', values.seed ?? '1', true),
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function above0(option: string, text: string, whole: boolean): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number) && (!whole || Number.isInteger(number))) return number;
  throw new UsageError(
    `Expected ${option} with a ${whole ? 'whole number from 1' : 'number above 0'}, got "${text}".`,
  );
}
