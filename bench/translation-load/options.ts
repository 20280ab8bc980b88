import { parseArgs } from 'node:util';
import { UsageError } from '../benchmark.ts';

export interface LoadOptions {
  readonly sessions: number;
  /** Length of each of the two measured windows. */
  readonly seconds: number;
  /** Threads of the translator; one run after the other. */
  readonly workers: readonly number[];
}

export const DEFAULTS: LoadOptions = { sessions: 50, seconds: 30, workers: [1, 2] };

/** Shorter windows have too few finals for a 95th percentile. */
const MIN_SECONDS = 5;
const MAX_SECONDS = 3_600;
const MAX_SESSIONS = 500;
const MAX_WORKERS = 64;

/** Throws {@link UsageError} for what it does not understand. */
export function parseLoadOptions(args: readonly string[]): LoadOptions {
  let values: { sessions?: string; seconds?: string; workers?: string };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        sessions: { type: 'string' },
        seconds: { type: 'string' },
        workers: { type: 'string' },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const { sessions, seconds, workers } = values;
  return {
    sessions: integer('sessions', sessions, 1, MAX_SESSIONS) ?? DEFAULTS.sessions,
    seconds: integer('seconds', seconds, MIN_SECONDS, MAX_SECONDS) ?? DEFAULTS.seconds,
    workers:
      workers?.split(',').map((each) => integer('workers', each, 1, MAX_WORKERS) ?? 1) ??
      DEFAULTS.workers,
  };
}

function integer(name: string, text: string | undefined, min: number, max: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`Expected --${name} with a number from ${min} to ${max}, got "${text}".`);
}
