import type { Calibration } from '../calibration.ts';
import { NO_SECONDS, STAGES, type Stage, type StageSeconds } from '../live/process-stages.ts';
import { stageRates, totalSeconds } from '../live/server-watch.ts';
import { type Delays, delays } from '../scoring/percentiles.ts';
import type { SpeakersOptions } from './options.ts';
import type { SpeakersRun } from './run-speakers.ts';
import type { DelayPoint } from './score-sessions.ts';
import { type Phase, phasesOf } from './surge.ts';

/** What `--find-max` asks of the 95th percentile of the final lag. */
export const FINAL_LAG_LIMIT_MS = 2_000;

/** One run as plain figures. */
export interface SpeakersFigures {
  readonly speakers: number;
  readonly firstPartialMs: Delays;
  readonly finalLagMs: Delays;
  readonly translationLagMs: Delays;
  readonly rhythmMs: Delays;
  readonly wer: number;
  readonly werWhole: number;
  readonly erasure: { readonly transcript: number; readonly translation: number | null };
  readonly stableErasure: { readonly transcript: number; readonly translation: number | null };
  /** Frames of speech by the reference pass that lie in no final. */
  readonly lost: number;
  /** Speakers that were not let in. */
  readonly refused: number;
  readonly died: number;
  readonly cpuSecondsPerAudioSecond: number | null;
  readonly cpuSecondsPerSpeechSecond: number | null;
  /** Most resident memory of the server's process. */
  readonly rssMb: number | null;
  readonly memoryMb: number | null;
  /** Cores in use by stage, over the whole run. */
  readonly coresByStage: StageSeconds | null;
  /** The same from ten seconds after the last arrival to the end; null for shorter runs. */
  readonly steadyCoresByStage: StageSeconds | null;
  readonly generatorCores: number;
  /** Cores that other work on this machine took meanwhile: with much of it, delays tell nothing. */
  readonly otherCores: number | null;
  readonly audioSeconds: number;
  readonly speechSeconds: number;
  /** The thirds of a run with a surge; empty without one. */
  readonly phases: readonly Phase[];
  readonly details: Readonly<Record<string, unknown>>;
}

export interface SpeakersStep extends SpeakersFigures {
  readonly good: boolean;
}

export function figuresOf(run: SpeakersRun): SpeakersFigures {
  const { score, server, speakers, memoryMb, generatorCpuSeconds, wallSeconds } = run;
  const spread = (points: readonly DelayPoint[]): Delays =>
    delays(points.map(({ delayMs }) => delayMs));
  const used = server.at(-1)?.cpuSeconds ?? null;
  const per = (seconds: number): number | null =>
    used === null || seconds === 0 ? null : totalSeconds(used) / seconds;
  return {
    speakers,
    firstPartialMs: spread(score.firstPartial),
    finalLagMs: spread(score.finalLag),
    translationLagMs: spread(score.translationLag),
    rhythmMs: spread(score.rhythm),
    wer: score.words.wer,
    werWhole: score.words.werWhole,
    erasure: score.erasure,
    stableErasure: score.stableErasure,
    lost: score.lost.frames,
    refused: count(score.refused),
    died: count(score.died),
    cpuSecondsPerAudioSecond: per(score.audioSeconds),
    cpuSecondsPerSpeechSecond: per(score.speechSeconds),
    rssMb: server.length === 0 ? null : Math.max(...server.map(({ rssMb }) => rssMb)),
    memoryMb,
    coresByStage: used === null ? null : perWallSecond(used, wallSeconds),
    steadyCoresByStage: steadyCores(run),
    generatorCores: generatorCpuSeconds / wallSeconds,
    otherCores: otherCores(run),
    audioSeconds: score.audioSeconds,
    speechSeconds: score.speechSeconds,
    phases: run.surge === 0 ? [] : phasesOf(score, server, run.seconds),
    details: {
      translation: run.translation,
      words: score.words.words,
      clips: score.words.clips,
      lostSpeech: score.lost,
      refused: score.refused,
      died: score.died,
      missingTranslations: score.missingTranslations,
      reconnects: score.reconnects,
      segments: score.segments,
      partials: score.partials,
      startMs: score.startMs,
      firstOfSessionMs: score.firstOfSessionMs,
      sentLateMs: score.sentLateMs,
      toldSlow: score.toldSlow,
      wallSeconds,
      warnings: run.warnings,
    },
  };
}

/** Good enough for a search: in time, nobody refused, and nobody dead. */
export function stepOf(run: SpeakersRun): SpeakersStep {
  const figures = figuresOf(run);
  const lag = figures.finalLagMs.p95;
  const inTime = lag !== null && lag <= FINAL_LAG_LIMIT_MS;
  return { ...figures, good: inTime && figures.refused === 0 && figures.died === 0 };
}

/** The one object of `--json`. */
export function speakersData(
  options: SpeakersOptions,
  calibration: Calibration,
  notice: string | null,
  figures: SpeakersFigures,
  search: { readonly max: number; readonly steps: readonly SpeakersStep[] } | null,
): Record<string, unknown> {
  const { token: _secret, ...told } = options;
  return {
    options: told,
    notice,
    calibration,
    ...figures,
    ...(search === null ? {} : { max: search.max, steps: search.steps }),
  };
}

function steadyCores({ server, steady }: SpeakersRun): StageSeconds | null {
  const began = server[0]?.at ?? 0;
  const within = server.filter(
    ({ at }) => at - began >= steady.fromMs && at - began <= steady.toMs,
  );
  const first = within[0];
  const last = within.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  return stageRates([first, last])[0]?.cores ?? null;
}

function otherCores({ server, generatorCpuSeconds, wallSeconds }: SpeakersRun): number | null {
  const last = server.at(-1);
  if (last === undefined) return null;
  const ours = totalSeconds(last.cpuSeconds) + generatorCpuSeconds;
  return Math.max(0, last.machineSeconds - ours) / wallSeconds;
}

function perWallSecond(used: StageSeconds, wallSeconds: number): StageSeconds {
  const cores: Record<Stage, number> = { ...NO_SECONDS };
  for (const stage of STAGES) cores[stage] = used[stage] / wallSeconds;
  return cores;
}

function count(codes: Readonly<Record<string, number>>): number {
  return Object.values(codes).reduce((sum, each) => sum + each, 0);
}
