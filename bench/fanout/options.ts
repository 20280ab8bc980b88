import { parseArgs } from 'node:util';
import { UsageError } from '../benchmark.ts';

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

/** Throws {@link UsageError}. */
export function parseFanoutOptions(args: readonly string[]): FanoutOptions {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { viewers: text, languages: text, seconds: text },
    });
    return {
      viewers: whole('viewers', values.viewers),
      languages: whole('languages', values.languages),
      seconds: whole('seconds', values.seconds),
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function whole(name: keyof FanoutOptions, text: string | undefined): number {
  const number = text === undefined ? DEFAULTS[name] : Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= LIMITS[name]) return number;
  throw new UsageError(
    `Expected --${name} with a whole number from 1 to ${LIMITS[name]}, got "${text}".`,
  );
}
