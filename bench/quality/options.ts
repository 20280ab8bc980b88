import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { UsageError } from '../benchmark.ts';
import { CLIP_SETS, type ClipSet } from '../corpus.ts';
import type { Pace } from '../live/stream-clip.ts';

export interface QualityOptions {
  readonly sets: readonly ClipSet[];
  readonly translation: boolean;
  /** Clips of each set and sentences of each pair, or all. */
  readonly limit: number | null;
  readonly pace: Pace;
  /** Clips spoken at the same time. */
  readonly speakers: number;
  /** Languages that a viewer reads besides the spoken one. */
  readonly reads: readonly string[];
  /** Part of clip ids, or null for all clips. */
  readonly clip: string | null;
}

const TRANSLATION = 'translation';
/** One speaker takes about a quarter of a core; more at once would measure the queue. */
const SPEAKERS_PER_CORE = 2;

export const QUALITY_USAGE: readonly string[] = [
  `--only LIST     of ${[...CLIP_SETS, TRANSLATION].join(',')}; all without it`,
  '--limit N       clips of each set and sentences of each language pair; all without it',
  '--pace 1|max    1: real time, latencies included (the default); max or 0: as fast as it goes',
  '--speakers N    clips spoken at the same time; twice the cores without it',
  '--to LIST       languages that are read besides English; es without it',
  '--clip TEXT     only clips whose name holds this text',
];

/** Throws {@link UsageError}. */
export function parseQualityOptions(args: readonly string[]): QualityOptions {
  const { only, limit, pace, speakers, to, clip } = parse(args);
  const wanted = only === undefined ? [...CLIP_SETS, TRANSLATION] : listOf(only);
  for (const name of wanted) {
    if (name !== TRANSLATION && !CLIP_SETS.some((set) => set === name)) {
      throw new UsageError(
        `Expected --only of ${[...CLIP_SETS, TRANSLATION].join(', ')}, got "${name}".`,
      );
    }
  }
  return {
    sets: CLIP_SETS.filter((set) => wanted.includes(set)),
    translation: wanted.includes(TRANSLATION) && clip === undefined,
    limit: limit === undefined ? null : countOf('--limit', limit),
    pace: paceOf(pace ?? '1'),
    speakers:
      speakers === undefined
        ? SPEAKERS_PER_CORE * availableParallelism()
        : countOf('--speakers', speakers),
    reads: to === undefined ? ['es'] : listOf(to).filter((language) => language !== 'en'),
    clip: clip ?? null,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { only: text, limit: text, pace: text, speakers: text, to: text, clip: text },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function listOf(text: string): string[] {
  return text.split(',').filter((item) => item !== '');
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`Expected ${option} of at least 1, got "${text}".`);
  }
  return count;
}

function paceOf(text: string): Pace {
  if (text === '1') return 'real-time';
  if (text === '0' || text === 'max') return 'fast';
  throw new UsageError(`Expected --pace 1, 0 or max, got "${text}".`);
}
