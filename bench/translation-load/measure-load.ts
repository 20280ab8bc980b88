import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mapConcurrently } from '../../server/src/async/map-concurrently.ts';
import { installModel } from '../../server/src/testing/marian/install-model.ts';
import { makeRealSizeModel } from '../../server/src/testing/marian/make-model.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import { type Lag, lagOf, type WindowFigures, windowFigures } from './load-figures.ts';
import { LoadRoom } from './load-room.ts';
import type { LoadServerFigures } from './load-server-messages.ts';
import { type LoadServerProcess, startLoadServer } from './load-server-process.ts';
import { type CpuReading, type CpuUse, cpuBetween, readCpu } from './machine-load.ts';
import { tonePackets } from './tones.ts';
import { finalsPerSecond, planTurns, SENTENCE_MS } from './turn-plan.ts';

export interface LoadSettings {
  readonly sessions: number;
  readonly seconds: number;
  readonly workers: number;
  readonly sentences: readonly string[];
}

/** One time window of the run. */
export interface MeasuredWindow extends WindowFigures {
  readonly cpu: CpuUse | null;
  /** Inside the server: from the question to the translator to its answer. */
  readonly engineFinalMs: Lag;
  readonly enginePartialMs: Lag;
  readonly refused: LoadServerFigures['refused'];
  readonly outputTokens: number;
  readonly translatorCores: number | null;
  /** Processor time of the translator's threads for one word piece or word that they wrote. */
  readonly cpuMsPerToken: number | null;
  readonly cpuMsPerWord: number | null;
  readonly loopDelayMs: LoadServerFigures['loopDelayMs'];
  readonly serverRssMb: number;
  readonly translatorMb: number;
  /** How late packets left the measuring process: it shares the cores with the server. */
  readonly sentLateMs: Lag;
}

export interface LoadRun {
  readonly sessions: number;
  readonly languages: readonly string[];
  readonly workers: number;
  readonly translatorThreads: number | null;
  readonly seconds: number;
  /** Every viewer reads what is spoken; then each reads its own language. */
  readonly untranslated: MeasuredWindow;
  readonly translated: MeasuredWindow;
  /** Until the finals of before were translated, as viewers get them who come late; null: not in time. */
  readonly backlogMs: number | null;
  /** Errors that clients were told, by code. */
  readonly faults: Readonly<Record<string, number>>;
}

export const LOAD_LANGUAGES = ['es', 'fr', 'it'];
const SPOKEN = 'en';
/** Rooms that are opened at the same time. */
const OPENING = 5;
/** Until every session is at its pace. */
const SETTLE_MS = 5_000;
/** Longest wait for the backlog, and the pause behind it. */
const BACKLOG_LIMIT_MS = 60_000;
const CALM_MS = 2_000;
/** What has not come by then is missing. */
const STRAGGLERS_MS = 5_000;
/** What this machine may be set up for, but not the measurement: an empty value is as none. */
const UNSET = {
  REDIS_URL: '',
  ACCESS_KEY: '',
  GLOSSARY_FILE: '',
  MODELS_AUTO: '',
  MODEL_MIRROR: '',
};
const MS_PER_SECOND = 1000;
const BYTES_PER_MB = 2 ** 20;

/** Many live sessions through a whole server, first without and then with translations. */
export async function measureLoad(
  settings: LoadSettings,
  { signal, progress }: { signal: AbortSignal; progress: (line: string) => void },
): Promise<LoadRun> {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-load-'));
  try {
    const models = join(folder, 'models');
    for (const to of LOAD_LANGUAGES) {
      const text = settings.sentences.join(' ');
      await installModel(models, makeRealSizeModel({ from: SPOKEN, to }, text));
    }
    const server = await startLoadServer({
      models,
      sentences: [...settings.sentences],
      settings: {
        ...UNSET,
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: join(folder, 'data'),
        PARLANCE_CACHE: join(folder, 'cache'),
        LOG_LEVEL: 'warn',
        MAX_LIVE_SESSIONS: String(settings.sessions),
        TRANSLATION_WORKERS: String(settings.workers),
      },
    });
    try {
      return await run(server, settings, signal, progress);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  server: LoadServerProcess,
  { sessions, seconds, workers, sentences }: LoadSettings,
  signal: AbortSignal,
  progress: (line: string) => void,
): Promise<LoadRun> {
  const windowMs = seconds * MS_PER_SECOND;
  const longestMs = SETTLE_MS + BACKLOG_LIMIT_MS + 2 * (windowMs + STRAGGLERS_MS) + CALM_MS;
  const sounds = sentences.map((_, at) => tonePackets(at, SENTENCE_MS));
  const rooms = Array.from(
    { length: sessions },
    (_, session) =>
      new LoadRoom({
        url: server.url,
        room: `load-${session}`,
        spoken: SPOKEN,
        languages: LOAD_LANGUAGES,
        plan: planTurns(session, sessions, longestMs, sentences.length),
        sounds,
      }),
  );
  const microphones = new Microphones(rooms);
  const window = async (isTranslated: boolean): Promise<MeasuredWindow> => {
    const from = performance.now();
    microphones.takeLateness();
    const before = await Promise.all([server.look(), readCpu(server.pid)]);
    await delay(windowMs, undefined, { signal });
    const after = await Promise.all([server.look(), readCpu(server.pid)]);
    const to = performance.now();
    const sentLateMs = lagOf(microphones.takeLateness());
    await delay(STRAGGLERS_MS, undefined, { signal });
    const seen = windowFigures(rooms, sentences, { from, to }, isTranslated);
    return { ...seen, ...serverFigures(before, after), sentLateMs };
  };
  try {
    progress(`Opening ${sessions} rooms`);
    await mapConcurrently(rooms, OPENING, (room) => room.open());
    microphones.start();
    await delay(SETTLE_MS, undefined, { signal });
    progress(`Without translations, ${seconds} s`);
    const untranslated = await window(false);
    progress('Every viewer changes its language');
    const changedAt = performance.now();
    await mapConcurrently(rooms, OPENING, (room) => room.translate());
    const isDone = await backlogDone(server.url, sessions, signal);
    const backlogMs = isDone ? performance.now() - changedAt : null;
    await delay(CALM_MS, undefined, { signal });
    progress(`With translations, ${seconds} s`);
    const translated = await window(true);
    const { translatorThreads } = await server.look();
    return {
      sessions,
      languages: LOAD_LANGUAGES,
      workers,
      translatorThreads,
      seconds,
      untranslated,
      translated,
      backlogMs,
      faults: countFaults(rooms),
    };
  } finally {
    microphones.stop();
    for (const room of rooms) room.close();
  }
}

/** All speakers' microphones on one timer, each with a packet every 20 ms. */
class Microphones {
  readonly #rooms: readonly LoadRoom[];
  #late: number[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(rooms: readonly LoadRoom[]) {
    this.#rooms = rooms;
  }

  start(): void {
    const now = performance.now();
    // Clients send five packets at a time: not all of them at the same moment.
    for (const [at, room] of this.#rooms.entries()) {
      room.begin(now + (at * 5 * FRAME_MS) / this.#rooms.length);
    }
    this.#timer = setInterval(() => {
      for (const room of this.#rooms) this.#late.push(room.speak(performance.now()));
    }, FRAME_MS / 2);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  takeLateness(): readonly number[] {
    const late = this.#late;
    this.#late = [];
    return late;
  }
}

type Look = readonly [LoadServerFigures, CpuReading | null];

function serverFigures([before, cpuBefore]: Look, [after, cpuAfter]: Look) {
  const cpu = cpuBetween(cpuBefore, cpuAfter);
  const translatorMs =
    before.translatorSeconds === null || after.translatorSeconds === null
      ? null
      : (after.translatorSeconds - before.translatorSeconds) * MS_PER_SECOND;
  const elapsedMs = cpuBefore === null || cpuAfter === null ? null : cpuAfter.at - cpuBefore.at;
  return {
    cpu,
    engineFinalMs: lagOf(after.finalMs),
    enginePartialMs: lagOf(after.partialMs),
    refused: after.refused,
    outputTokens: after.outputTokens,
    translatorCores: translatorMs === null || elapsedMs === null ? null : translatorMs / elapsedMs,
    cpuMsPerToken: translatorMs === null ? null : translatorMs / after.outputTokens,
    cpuMsPerWord: translatorMs === null ? null : translatorMs / after.outputWords,
    loopDelayMs: after.loopDelayMs,
    serverRssMb: after.rssBytes / BYTES_PER_MB,
    translatorMb: after.translatorBytes / BYTES_PER_MB,
  };
}

/** Whether within the limit nobody waits any more for the translation of what was said before. */
async function backlogDone(url: string, sessions: number, signal: AbortSignal): Promise<boolean> {
  const limit = performance.now() + BACKLOG_LIMIT_MS;
  // Some are always under way while people speak: two seconds of finals, at most.
  const usual = 2 * LOAD_LANGUAGES.length * finalsPerSecond(sessions);
  while (performance.now() < limit) {
    await delay(MS_PER_SECOND / 2, undefined, { signal });
    const metrics = await (await fetch(`${url}/metrics`, { signal })).text();
    const jobs = /^parlance_queue_length\{queue="translations"\} (\d+)$/m.exec(metrics)?.[1];
    if (Number(jobs) <= usual) return true;
  }
  return false;
}

function countFaults(rooms: readonly LoadRoom[]): Record<string, number> {
  const faults: Record<string, number> = {};
  for (const code of rooms.flatMap((room) => room.faults)) faults[code] = (faults[code] ?? 0) + 1;
  return faults;
}
