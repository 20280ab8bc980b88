import { parseArgs } from 'node:util';
import { UsageError } from '../bench/benchmark.ts';
import { readOptions, wholeOption } from '../bench/option-values.ts';

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
  return readOptions(() => {
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
      seed: wholeOption('--seed', values.seed ?? `${1 + Math.floor(Math.random() * MAX_SEED)}`, 1),
      minutes: wholeOption('--minutes', values.minutes ?? '0', 0),
      nodes: wholeOption('--nodes', values.nodes ?? `${DEFAULT_NODES}`, 2),
      seconds: wholeOption('--seconds', values.seconds ?? `${DEFAULT_SECONDS}`, LEAST_SECONDS),
    };
  });
}
