import { parseArgs } from 'node:util';
import { readOptions, wholeOption } from '../option-values.ts';

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

/** Throws `UsageError`. */
export function parseFailoverOptions(args: readonly string[]): FailoverOptions {
  const text = { type: 'string' } as const;
  return readOptions(() => {
    const { values } = parseArgs({
      args: [...args],
      options: { kills: text, speakers: text, seed: text },
    });
    return {
      kills: wholeOption('--kills', values.kills ?? `${DEFAULT_KILLS}`, 1, MAX_KILLS),
      speakers: wholeOption(
        '--speakers',
        values.speakers ?? `${DEFAULT_SPEAKERS}`,
        1,
        MAX_SPEAKERS,
      ),
      seed: wholeOption('--seed', values.seed ?? '1', 1, Number.MAX_SAFE_INTEGER),
    };
  });
}
