import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { seededRandom } from '../../server/src/testing/marian/seeded-random.ts';
import { projectRoot } from '../../server/src/testing/speech-corpus.ts';
import { AppError } from '../../shared/errors.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { offeredTranslation } from '../live/offered-translation.ts';
import { type ServeProcess, startServeProcess } from '../live/serve-process.ts';
import type { SoakOptions } from './options.ts';
import { type Figures, GUEST_FIGURES, lookAt } from './server-figures.ts';
import { pay, VISIT_KINDS, type Visit, type VisitKind } from './visit.ts';

const SPOKEN = 'en';
const LOOK_INTERVAL_MS = 1_000;
/** What lies unused until V8 gets round to it is no growth. */
const COLLECT_INTERVAL_MS = 5_000;
const COLLECTOR = pathToFileURL(join(projectRoot(), 'bench', 'soak', 'collect-garbage.mjs'));
const PROGRESS_INTERVAL_MS = 30_000;
const MS_PER_MINUTE = 60_000;
/** Longest wait for a seat that was left; nobody takes all seats in the same moment. */
const LONGEST_BREAK_MS = 2_000;
/** Half of the speakers are watched. */
const VIEWED_SHARE = 0.5;

/** A busy machine is to be slow, and not to turn anybody away. */
const PATIENCE = { MAX_FINAL_WAIT_MS: '600000' };
/** As short as they may be, so that what is left behind shows within minutes. */
const SETTINGS = { SESSION_GRACE: '5', ROOM_TTL: '60', SESSION_IDLE: '10', ...PATIENCE };
/** Vanished sessions are ended after their grace, by a reaper that comes now and then. */
const REST_LIMIT_MS = 90_000;
/** Rest means that nothing changes for so long. */
const REST_QUIET_MS = 5_000;
export interface Look {
  /** Since the first visit. */
  readonly atMs: number;
  readonly figures: Figures;
}

export interface SoakRun {
  /** With nobody there, after one visit of each kind and after all of them. */
  readonly restBefore: Figures;
  readonly restAfter: Figures;
  /** While speakers came and went. */
  readonly looks: readonly Look[];
  /** Nothing is fitted before. */
  readonly warmUpMs: number;
  readonly visits: Readonly<Record<VisitKind, number>>;
  readonly finals: number;
  readonly resumes: number;
  /** Visits that went wrong, by code. */
  readonly errors: Readonly<Record<string, number>>;
}

/** Lets speakers and viewers come and go for minutes, and looks at the server all the while. */
export async function runSoak(
  { minutes, warmUpMinutes, speakers, seed }: SoakOptions,
  clips: readonly (readonly Uint8Array[])[],
  { progress, signal }: BenchmarkContext,
): Promise<SoakRun> {
  const server = await startServeProcess({
    ...SETTINGS,
    MAX_LIVE_SESSIONS: `${speakers * 2}`,
    NODE_OPTIONS: `--import ${COLLECTOR.href}`,
  });
  const ticker = new AbortController();
  try {
    const tally = new Tally();
    const random = seededRandom(seed);
    const translation = await offeredTranslation(server.url, SPOKEN);
    const visit = (kind: VisitKind): Visit => ({
      kind,
      packets: clips[Math.floor(random() * clips.length)] ?? [],
      viewed: random() < VIEWED_SHARE ? (random() < 0.5 ? SPOKEN : translation) : null,
      passing: random() < 0.5,
    });
    progress('One visit of each kind, then rest');
    await Promise.all(VISIT_KINDS.map((kind) => tally.count(visit(kind), server.url, signal)));
    const restBefore = await rest(server, signal);

    const looks: Look[] = [];
    const began = performance.now();
    const elapsed = (): number => performance.now() - began;
    const looking = every(LOOK_INTERVAL_MS, ticker.signal, async () => {
      looks.push({ atMs: elapsed(), figures: await lookAt(server.url, server.pid) });
    });
    const collecting = every(COLLECT_INTERVAL_MS, ticker.signal, async () =>
      server.signal('SIGUSR2'),
    );
    const telling = every(PROGRESS_INTERVAL_MS, ticker.signal, async () => {
      const { rssMb, heapMb, openFiles } = looks.at(-1)?.figures ?? restBefore;
      progress(
        `${Math.round(elapsed() / 1000)} s: ${tally.total} visits, RSS ${rssMb.toFixed(0)} MB, heap ${heapMb.toFixed(0)} MB, ${openFiles} files`,
      );
    });
    const warmUpMs = warmUpMinutes * MS_PER_MINUTE;
    const endMs = warmUpMs + minutes * MS_PER_MINUTE;
    const seat = async (): Promise<void> => {
      while (elapsed() < endMs) {
        const kind = VISIT_KINDS[Math.floor(random() * VISIT_KINDS.length)] ?? 'stop';
        await tally.count(visit(kind), server.url, signal);
        await delay(random() * LONGEST_BREAK_MS, undefined, { signal });
      }
    };
    await Promise.all(Array.from({ length: speakers }, seat));
    ticker.abort();
    await Promise.all([looking, collecting, telling]);
    progress('All have left: waiting for rest');
    const restAfter = await rest(server, signal);
    const { visits, finals, resumes, errors } = tally;
    return { restBefore, restAfter, looks, warmUpMs, visits, finals, resumes, errors };
  } finally {
    ticker.abort();
    await server.stop();
  }
}

class Tally {
  readonly visits: Record<VisitKind, number> = { stop: 0, vanish: 0, resume: 0 };
  readonly errors: Record<string, number> = {};
  finals = 0;
  resumes = 0;

  get total(): number {
    return VISIT_KINDS.reduce((sum, kind) => sum + this.visits[kind], 0);
  }

  async count(visit: Visit, url: string, signal: AbortSignal): Promise<void> {
    try {
      const { finals, resumes } = await pay(visit, url, signal);
      this.finals += finals;
      this.resumes += resumes;
    } catch (error) {
      signal.throwIfAborted();
      const code = error instanceof AppError ? error.code : String(error);
      this.errors[code] = (this.errors[code] ?? 0) + 1;
    }
    this.visits[visit.kind] += 1;
  }
}

/** Waits until nobody is there and nothing changes any more; the last look, however it is. */
async function rest(server: ServeProcess, signal: AbortSignal): Promise<Figures> {
  const { url, pid } = server;
  const deadline = performance.now() + REST_LIMIT_MS;
  let quietSince = performance.now();
  let last = await lookAt(url, pid);
  while (performance.now() < deadline) {
    server.signal('SIGUSR2');
    await delay(LOOK_INTERVAL_MS, undefined, { signal });
    const next = await lookAt(url, pid);
    const quiet =
      GUEST_FIGURES.every((figure) => next[figure] === 0) &&
      next.openFiles === last.openFiles &&
      next.children === last.children;
    last = next;
    if (!quiet) quietSince = performance.now();
    if (performance.now() - quietSince >= REST_QUIET_MS) break;
  }
  return last;
}

/** Repeats until aborted; one round never overlaps the next. */
async function every(
  intervalMs: number,
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await act();
    // Rejects when it is time to end, which is no failure.
    await delay(intervalMs, undefined, { signal }).catch(() => undefined);
  }
}
