import type { BenchmarkContext } from '../benchmark.ts';
import { offeredTranslation } from '../live/offered-translation.ts';
import { proportionalMb } from '../live/process-table.ts';
import { startServeProcess } from '../live/serve-process.ts';
import { ServerWatch, type WatchedMoment } from '../live/server-watch.ts';
import { generateSpeech } from './generator.ts';
import { READS_NONE, type SpeakersOptions } from './options.ts';
import { type ReadyClip, readClips } from './prepare-clips.ts';
import { type SpeakersScore, type SpokenSession, scoreSessions } from './score-sessions.ts';
import { type SessionScript, writeScripts } from './script.ts';
import { writeSurge } from './surge.ts';

/** The language that every clip is spoken in. */
export const SPOKEN = 'en';
const MS_PER_SECOND = 1000;
/** Decoders have started, and code is compiled. */
const SETTLING_MS = 10_000;
/** Speakers that come back in the same moment find a slot. */
const SPARE_SLOTS = 2;

/** One run with a certain number of speakers. */
export interface SpeakersRun {
  readonly speakers: number;
  /** Who came for the middle third of it. */
  readonly surge: number;
  readonly seconds: number;
  readonly translation: string | null;
  readonly score: SpeakersScore;
  /** What the server used, once a second; empty where it is elsewhere. */
  readonly server: readonly WatchedMoment[];
  /** Memory of the server and all it started while everybody spoke, shared parts counted once. */
  readonly memoryMb: number | null;
  readonly generatorCpuSeconds: number;
  readonly wallSeconds: number;
  /** Since the beginning: everybody is there, and what starting costs is over. */
  readonly steady: { readonly fromMs: number; readonly toMs: number };
  readonly warnings: readonly string[];
}

/** Speaks with `speakers` sessions at once, to a server of its own unless told otherwise. */
export async function runSpeakers(
  speakers: number,
  options: SpeakersOptions,
  clips: readonly ReadyClip[],
  context: BenchmarkContext,
): Promise<SpeakersRun> {
  const { progress, signal } = context;
  const own =
    options.url === null
      ? await startServeProcess({
          MAX_LIVE_SESSIONS: `${speakers + options.surge + SPARE_SLOTS}`,
          ...options.settings,
        })
      : null;
  try {
    const url = own?.url ?? options.url ?? '';
    const translation =
      options.reads === READS_NONE
        ? null
        : (options.reads ?? (await offeredTranslation(url, SPOKEN)));
    const written = {
      speakers,
      seconds: options.seconds,
      activity: options.activity,
      arrivalsMs: options.arrivalsSeconds * MS_PER_SECOND,
      readShare: translation === null ? 0 : options.readShare,
      seed: options.seed,
    };
    const scripts: readonly SessionScript[] = [
      ...writeScripts(clips, written),
      ...writeSurge(clips, written, options.surge),
    ];
    const watch = own === null ? null : new ServerWatch(own.pid);
    const startedAt = performance.now();
    let memoryMb: number | null = null;
    try {
      const { logs, cpuSeconds } = await generateSpeech(
        {
          url,
          token: options.token,
          language: SPOKEN,
          reads: translation === null ? [] : [translation],
          clips: clips.map(({ packetsPath }) => packetsPath),
          scripts,
        },
        ({ speaking, finals, worstLagMs }) => {
          const seconds = Math.round((performance.now() - startedAt) / 1000);
          const cores = watch?.cores ?? null;
          const used = cores === null ? '' : `, server on ${cores.toFixed(2)} cores`;
          const lag = (worstLagMs / 1000).toFixed(1);
          progress(
            `${seconds} s: ${speaking} speaking, ${finals} finals, slowest of the last ${lag} s${used}`,
          );
          if (own !== null && speaking === speakers) memoryMb = proportionalMb(own.pid);
        },
        signal,
      );
      const wallSeconds = (performance.now() - startedAt) / 1000;
      const server = watch?.close() ?? [];
      const sessions = scripts.flatMap((script, index): SpokenSession[] => {
        const log = logs[index];
        return log === undefined ? [] : [{ script, log }];
      });
      // Nothing else works while the clips are read again.
      await own?.stop();
      const used = new Set(scripts.flatMap(({ placements }) => placements.map(({ clip }) => clip)));
      const wholeTexts = await readClips(
        clips.filter((_, index) => used.has(index)),
        context,
      );
      return {
        speakers,
        surge: options.surge,
        seconds: options.seconds,
        translation,
        score: scoreSessions(sessions, clips, wholeTexts, SPOKEN, translation),
        server,
        memoryMb,
        generatorCpuSeconds: cpuSeconds,
        wallSeconds,
        steady: {
          fromMs: options.arrivalsSeconds * MS_PER_SECOND + SETTLING_MS,
          toMs: options.seconds * MS_PER_SECOND,
        },
        warnings: own?.warnings ?? [],
      };
    } finally {
      watch?.close();
    }
  } finally {
    await own?.stop();
  }
}
