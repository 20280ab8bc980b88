import { parseArgs } from 'node:util';
import { readOptions, wholeOption } from '../option-values.ts';

export interface FanoutOptions {
  /** Of one room, half of them on each node. */
  readonly viewers: number;
  /** Translations that are read, each by its share of the viewers. */
  readonly languages: number;
  /** How long one speaker speaks. */
  readonly seconds: number;
}

const DEFAULTS = { viewers: 2_000, languages: 3, seconds: 60 };
const LIMITS = { viewers: 20_000, languages: 32, seconds: 3_600 };

export const FANOUT_USAGE: readonly string[] = [
  `--viewers N    of one room, half of them on each of two nodes; ${DEFAULTS.viewers} without it`,
  `--languages N  translations that are read, each by its share of them; ${DEFAULTS.languages} without it`,
  `--seconds N    how long somebody speaks; ${DEFAULTS.seconds} without it`,
];

/** Throws `UsageError`. */
export function parseFanoutOptions(args: readonly string[]): FanoutOptions {
  const text = { type: 'string' } as const;
  return readOptions(() => {
    const { values } = parseArgs({
      args: [...args],
      options: { viewers: text, languages: text, seconds: text },
    });
    return {
      viewers: whole('viewers', values.viewers),
      languages: whole('languages', values.languages),
      seconds: whole('seconds', values.seconds),
    };
  });
}

function whole(name: keyof FanoutOptions, text = `${DEFAULTS[name]}`): number {
  return wholeOption(`--${name}`, text, 1, LIMITS[name]);
}
