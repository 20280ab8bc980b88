import type { Finding } from './finding.ts';

/**
 * CPU seconds for a second of speech, measured with Moonshine tiny on x86-64: recognition re-read
 * every second 0.147, voice activity 0.007, decoding and everything around it some 0.02.
 */
const LIVE_CPU_SHARE = 0.175;
/** Of all cores; the rest is for the system and for bursts. */
const USABLE_CPU_SHARE = 0.8;
/** The server itself, its Redis and one recogniser. */
const BASE_MEMORY_BYTES = 700_000_000;
/** An FFmpeg process and the audio that waits. */
const MEMORY_PER_SPEAKER_BYTES = 20_000_000;
const USABLE_MEMORY_SHARE = 0.8;

export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  /** The setting MAX_LIVE_SESSIONS. */
  readonly maxLiveSessions: number;
}

/** How many people can speak at the same time with captions renewed every second. */
export function briskSpeakers({ cores, memoryBytes, maxLiveSessions }: Machine): number {
  const byCpu = Math.floor((cores * USABLE_CPU_SHARE) / LIVE_CPU_SHARE);
  const byMemory = Math.floor(
    (memoryBytes * USABLE_MEMORY_SHARE - BASE_MEMORY_BYTES) / MEMORY_PER_SPEAKER_BYTES,
  );
  return Math.max(0, Math.min(byCpu, byMemory, maxLiveSessions));
}

export function checkCapacity(machine: Machine): Finding {
  const { cores, memoryBytes, maxLiveSessions } = machine;
  const brisk = briskSpeakers(machine);
  const size = `${cores} ${cores === 1 ? 'core' : 'cores'}, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB`;
  const base = { id: 'capacity', title: 'Speakers' };
  if (brisk === 0) {
    return {
      ...base,
      level: 'warn',
      found: `hardly one (${size})`,
      meaning: 'Memory is short: recognition may be ended by the system.',
      mend: 'use a machine with at least 2 GiB of memory',
    };
  }
  const more =
    brisk < maxLiveSessions
      ? `; up to ${maxLiveSessions} (MAX_LIVE_SESSIONS) with slower ones`
      : '';
  return {
    ...base,
    level: 'ok',
    found: `about ${brisk} at once with brisk captions (${size})${more}`,
  };
}
