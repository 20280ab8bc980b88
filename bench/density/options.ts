import { parseArgs } from 'node:util';
import { UsageError } from '../benchmark.ts';

export interface DensityOptions {
  /** Between two updates, of both. */
  readonly intervalMs: number;
  /** English clips, or all. */
  readonly limit: number | null;
}

const DEFAULT_INTERVAL_MS = 500;
const DEFAULT_LIMIT = 20;
const SHORTEST_INTERVAL_MS = 100;
const LONGEST_INTERVAL_MS = 10_000;

export const DENSITY_USAGE: readonly string[] = [
  `--interval MS  between two updates; ${DEFAULT_INTERVAL_MS} without it`,
  `--limit N      English clips, or all; ${DEFAULT_LIMIT} without it (five minutes)`,
];

/** Throws {@link UsageError}. */
export function parseDensityOptions(args: readonly string[]): DensityOptions {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { interval: text, limit: text } });
    const intervalMs = Number(values.interval ?? DEFAULT_INTERVAL_MS);
    if (!(intervalMs >= SHORTEST_INTERVAL_MS && intervalMs <= LONGEST_INTERVAL_MS)) {
      throw new UsageError(
        `Expected --interval from ${SHORTEST_INTERVAL_MS} to ${LONGEST_INTERVAL_MS}, got "${values.interval}".`,
      );
    }
    if (values.limit === 'all') return { intervalMs, limit: null };
    const limit = Number(values.limit ?? DEFAULT_LIMIT);
    if (Number.isInteger(limit) && limit > 0) return { intervalMs, limit };
    throw new UsageError(`Expected --limit with a number above 0 or all, got "${values.limit}".`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
