import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg } from '../../server/src/audio/find-ffmpeg.ts';
import { readSettings } from '../../server/src/config/settings.ts';
import { readAudio } from '../../server/src/testing/read-audio.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import type { BenchClip } from '../corpus.ts';
import { type StageSeconds, sampleServer } from '../live/process-stages.ts';
import { startServeProcess } from '../live/serve-process.ts';
import { StageLedger } from '../live/server-watch.ts';
import { captionIn, finalText } from '../live/session-record.ts';
import { packetsOf } from '../packet-cache.ts';
import { addErrors, NO_WORD_ERRORS, type WordErrors, wordErrors } from '../scoring/wer.ts';
import { errorsByClip } from '../speakers/score-words.ts';
import { SILENCE_AFTER_MS } from '../speakers/script.ts';
import { SpeakingSession } from '../speakers/speaking-session.ts';
import type { DensityOptions } from './options.ts';
import { Yardstick, YardstickMissing } from './yardstick.ts';

const SPOKEN = 'en';
/** Clips that one session speaks, one after another, as somebody would. */
const CLIPS_A_ROUND = 5;

/** The same clips through one transcriber. */
export interface Side {
  readonly cpuSeconds: number;
  readonly words: WordErrors;
  /** Times that a reader saw another text. */
  readonly shown: number;
}

export interface Round {
  readonly audioSeconds: number;
  readonly clips: readonly string[];
  readonly ours: Side & {
    readonly byStage: StageSeconds;
    /** Between two partials of a segment. */
    readonly intervalsMs: readonly number[];
  };
  readonly yardstick: Side | null;
}

export interface DensityRun {
  readonly rounds: readonly Round[];
  /** Why there is nothing to compare with, or null. */
  readonly missing: string | null;
}

interface Loaded {
  readonly id: string;
  readonly reference: string;
  readonly packets: readonly Uint8Array[];
  readonly samples: Float32Array;
}

/** The same recordings through the yardstick and through a server, a few clips each in turn. */
export async function runDensity(
  clips: readonly BenchClip[],
  { intervalMs }: DensityOptions,
  { progress, signal }: BenchmarkContext,
): Promise<DensityRun> {
  const ffmpeg = findFfmpeg({ ffmpegBin: readSettings().FFMPEG_BIN });
  const loaded: Loaded[] = [];
  for (const { id, reference, path } of clips) {
    const packets = await packetsOf(path, ffmpeg);
    loaded.push({ id, reference, packets, samples: await readAudio(path, ffmpeg) });
  }
  const { yardstick, missing } = await startYardstick(progress);
  const folder = await mkdtemp(join(tmpdir(), 'parlance-density-'));
  try {
    const server = await startServeProcess({
      PARTIAL_INTERVAL_MS: `${intervalMs}`,
      MAX_LIVE_SESSIONS: '2',
    });
    try {
      const theirs = (round: readonly Loaded[]): Promise<Side | null> =>
        yardstick === null
          ? Promise.resolve(null)
          : readRound(yardstick, round, folder, intervalMs);
      // Memory is allocated and code is compiled before anything counts.
      const first = loaded.slice(0, 1);
      await theirs(first);
      await speakRound(server, first, signal);
      const rounds: Round[] = [];
      for (let at = 0; at < loaded.length; at += CLIPS_A_ROUND) {
        progress(`Clips ${at + 1} to ${Math.min(loaded.length, at + CLIPS_A_ROUND)}`);
        signal.throwIfAborted();
        const round = loaded.slice(at, at + CLIPS_A_ROUND);
        const read = await theirs(round);
        const ours = await speakRound(server, round, signal);
        rounds.push({
          audioSeconds: round.reduce((sum, { packets }) => sum + seconds(packets), 0),
          clips: round.map(({ id }) => id),
          ours,
          yardstick: read,
        });
      }
      return { rounds, missing };
    } finally {
      await server.stop();
    }
  } finally {
    await yardstick?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function startYardstick(
  progress: (line: string) => void,
): Promise<{ yardstick: Yardstick | null; missing: string | null }> {
  try {
    return { yardstick: await Yardstick.start(progress), missing: null };
  } catch (error) {
    if (!(error instanceof YardstickMissing)) throw error;
    progress(`${error.message}\nOnly Parlance is measured.`);
    return { yardstick: null, missing: error.message };
  }
}

/** Each clip a stream of its own, from the recording itself. */
async function readRound(
  yardstick: Yardstick,
  round: readonly Loaded[],
  folder: string,
  intervalMs: number,
): Promise<Side> {
  let side: Side = { cpuSeconds: 0, words: NO_WORD_ERRORS, shown: 0 };
  for (const { reference, samples } of round) {
    const path = join(folder, 'clip.f32');
    await writeFile(path, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const { text, cpuSeconds, shown } = await yardstick.read(path, intervalMs / 1000);
    side = {
      cpuSeconds: side.cpuSeconds + cpuSeconds,
      words: addErrors(side.words, wordErrors(reference, text)),
      shown: side.shown + shown,
    };
  }
  return side;
}

/** All clips in one live session, at the pace of a microphone, through the whole server. */
async function speakRound(
  { url, pid }: { readonly url: string; readonly pid: number },
  round: readonly Loaded[],
  signal: AbortSignal,
): Promise<Round['ours']> {
  const ledger = new StageLedger();
  look(ledger, pid);
  const starts = round.map((_, index) =>
    round.slice(0, index).reduce((sum, { packets }) => sum + packets.length, 0),
  );
  const frames = round.reduce((sum, { packets }) => sum + packets.length, 0);
  const session = new SpeakingSession({ url, language: SPOKEN, reads: [], token: undefined });
  const { segments, end } = await session.speak(
    {
      placements: starts.map((startFrame, clip) => ({ clip, startFrame })),
      frames: frames + Math.ceil(SILENCE_AFTER_MS / FRAME_MS),
      arrivesAtMs: 0,
      translated: false,
    },
    (clip) => round[clip]?.packets ?? [],
    signal,
  );
  if (end.kind !== 'spoken') {
    throw new Error(`Expected a session to be spoken, got ${end.kind}: ${end.code}.`);
  }
  const byStage = look(ledger, pid);
  const partials = segments.map((segment) => captionIn(segment, SPOKEN)?.partials ?? []);
  const errors = errorsByClip(
    round.map(({ reference }) => reference),
    finalText(segments, SPOKEN),
  );
  return {
    byStage,
    cpuSeconds: Object.values(byStage).reduce((sum, each) => sum + each, 0),
    words: errors.reduce(addErrors, NO_WORD_ERRORS),
    shown: partials.reduce((sum, each) => sum + each.length + 1, 0),
    intervalsMs: partials.flatMap((each) =>
      each.slice(1).map(({ atMs }, index) => Math.round(atMs - (each[index]?.atMs ?? atMs))),
    ),
  };
}

function look(ledger: StageLedger, pid: number): StageSeconds {
  const sample = sampleServer(pid);
  if (sample === null) throw new Error('Expected /proc to tell of the server, got nothing.');
  return ledger.add(sample).cpuSeconds;
}

function seconds(packets: readonly Uint8Array[]): number {
  return (packets.length * FRAME_MS) / 1000;
}
