import { parseArgs } from 'node:util';
import { UsageError } from '../benchmark.ts';

export interface FailoverOptions {
  /** How often a node is killed. */
  readonly kills: number;
  /** Sessions that each kill moves. */
  readonly speakers: number;
  readonly seed: number;
}

const DEFAULT_KILLS = 20;
const DEFAULT_SPEAKERS = 4;
const MAX_SPEAKERS = 20;
const MAX_KILLS = 1_000;

export const FAILOVER_USAGE: readonly string[] = [
  `--kills N     how often the speakers' node is killed; ${DEFAULT_KILLS} without it`,
  `--speakers N  that are moved by each kill; ${DEFAULT_SPEAKERS} without it`,
  '--seed N      other speech and other moments; 1 without it',
];

/** Throws {@link UsageError}. */
export function parseFailoverOptions(args: readonly string[]): FailoverOptions {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { kills: text, speakers: text, seed: text },
    });
    return {
      kills: whole('--kills', values.kills ?? `${DEFAULT_KILLS}`, MAX_KILLS),
      speakers: whole('--speakers', values.speakers ?? `${DEFAULT_SPEAKERS}`, MAX_SPEAKERS),
      seed: whole('--seed', values.seed ?? '1', Number.MAX_SAFE_INTEGER),
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function whole(option: string, text: string, most: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new UsageError(`Expected ${option} with a whole number from 1 to ${most}, got "${text}".`);
}
