import { parseArgs } from 'node:util';
import { UsageError } from '../benchmark.ts';

export interface SpeakersOptions {
  /** Speakers at once; the first step of a search. */
  readonly count: number;
  readonly seconds: number;
  /** Part of the time that is speech, above 0 up to 1. */
  readonly activity: number;
  readonly findMax: boolean;
  /** A server that runs already, or null for one of its own. */
  readonly url: string | null;
  readonly token: string | undefined;
  /** What some of the speakers read besides their own words; null: whatever is installed. */
  readonly reads: string | null;
  /** Share of the speakers that read it. */
  readonly readShare: number;
  /** All speakers arrive within it. */
  readonly arrivalsSeconds: number;
  /** Speakers who come for the middle third of the time. */
  readonly surge: number;
  readonly seed: number;
  /** Settings of the server that is started. */
  readonly settings: Readonly<Record<string, string>>;
}

const DEFAULT_COUNT = 10;
const DEFAULT_SECONDS = 60;
const DEFAULT_ACTIVITY = 0.5;
const DEFAULT_READ_SHARE = 0.5;
const MAX_SPEAKERS = 2_000;
const MAX_SECONDS = 86_400;
/** `--reads none`: nobody reads a translation. */
export const READS_NONE = 'none';

export const SPEAKERS_USAGE: readonly string[] = [
  `--count N        speakers at once; ${DEFAULT_COUNT} without it`,
  `--seconds S      how long each of them speaks; ${DEFAULT_SECONDS} without it`,
  `--activity A     part of the time that is speech, up to 1 (clips back to back); ${DEFAULT_ACTIVITY} without it`,
  '--find-max       the most speakers whose final lag stays within 2 s at the 95th percentile,',
  '                 looked for from --count upwards; every step takes --seconds',
  '--url URL        a server that runs already, instead of one of its own',
  '--token TEXT     its key',
  '--reads LANG     translation that some of them read (none: nobody); es or what is installed without it',
  `--read-share P   how many of them, 0 to 1; ${DEFAULT_READ_SHARE} without it`,
  '--arrivals S     all of them arrive within so many seconds; 1 without it',
  '--surge N        so many more come for the middle third of the time: what does overload do?',
  '--seed N         another order of clips and pauses; 1 without it',
  '--set NAME=TEXT  a setting of the server that is started; may be given again',
];

/** Throws {@link UsageError}. */
export function parseSpeakersOptions(args: readonly string[]): SpeakersOptions {
  const values = parse(args);
  const share = numberOf('--read-share', values['read-share'], DEFAULT_READ_SHARE, 0, 1);
  return {
    count: wholeOf('--count', values.count, DEFAULT_COUNT, 1, MAX_SPEAKERS),
    seconds: wholeOf('--seconds', values.seconds, DEFAULT_SECONDS, 1, MAX_SECONDS),
    activity: numberOf('--activity', values.activity, DEFAULT_ACTIVITY, 0.01, 1),
    findMax: values['find-max'] ?? false,
    url: values.url ?? null,
    token: values.token,
    reads: values.reads ?? null,
    readShare: values.reads === READS_NONE ? 0 : share,
    arrivalsSeconds: numberOf('--arrivals', values.arrivals, 1, 0, MAX_SECONDS),
    surge: wholeOf('--surge', values.surge, 0, 0, MAX_SPEAKERS),
    seed: wholeOf('--seed', values.seed, 1, 0, 1_000_000),
    settings: Object.fromEntries((values.set ?? []).map(settingOf)),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ count: text, seconds: text, activity: text, url: text, token: text, reads: text },
        ...{ 'read-share': text, arrivals: text, seed: text, surge: text },
        'find-max': { type: 'boolean' },
        set: { type: 'string', multiple: true },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function settingOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`Expected --set NAME=TEXT, got "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function wholeOf(
  option: string,
  text: string | undefined,
  otherwise: number,
  min: number,
  max: number,
): number {
  const number = numberOf(option, text, otherwise, min, max);
  if (!Number.isInteger(number)) {
    throw new UsageError(`Expected ${option} with a whole number, got "${text}".`);
  }
  return number;
}

function numberOf(
  option: string,
  text: string | undefined,
  otherwise: number,
  min: number,
  max: number,
): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (text.trim() === '' || !(number >= min && number <= max)) {
    throw new UsageError(`Expected ${option} with a number from ${min} to ${max}, got "${text}".`);
  }
  return number;
}
