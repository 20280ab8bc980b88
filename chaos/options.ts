import { parseArgs } from 'node:util';
import { UsageError } from '../bench/benchmark.ts';

export interface ChaosOptions {
  /** Names of scenarios; empty for all. */
  readonly only: readonly string[];
  readonly seed: number;
  /** Rounds are begun for so long; 0 for one round. */
  readonly minutes: number;
  readonly nodes: number;
  /** Speech of each session. */
  readonly seconds: number;
}

const DEFAULT_NODES = 3;
const DEFAULT_SECONDS = 40;
const LEAST_SECONDS = 12;
const MAX_SEED = 1_000_000;

export const CHAOS_USAGE: readonly string[] = [
  '--only NAME     this scenario; may be given several times',
  '--seed N        the same random moments as a run that said this number; random without it',
  '--minutes M     again and again for so long; every scenario once without it',
  `--seconds S     speech of each session; ${DEFAULT_SECONDS} without it`,
  `--nodes N       of the cluster, at least 2; ${DEFAULT_NODES} without it`,
  '--json          one JSON object instead of tables',
];

/** Throws {@link UsageError}. */
export function parseChaosOptions(args: readonly string[], known: readonly string[]): ChaosOptions {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true },
        seed: text,
        minutes: text,
        seconds: text,
        nodes: text,
      },
    });
    const only = values.only ?? [];
    const unknown = only.filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      throw new UsageError(`Expected --only out of ${known.join(', ')}, got "${unknown[0]}".`);
    }
    return {
      only,
      seed: wholeFrom(1, '--seed', values.seed ?? `${1 + Math.floor(Math.random() * MAX_SEED)}`),
      minutes: wholeFrom(0, '--minutes', values.minutes ?? '0'),
      nodes: wholeFrom(2, '--nodes', values.nodes ?? `${DEFAULT_NODES}`),
      seconds: wholeFrom(LEAST_SECONDS, '--seconds', values.seconds ?? `${DEFAULT_SECONDS}`),
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeFrom(least: number, option: string, text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= least) return number;
  throw new UsageError(`Expected ${option} with a whole number from ${least}, got "${text}".`);
}
