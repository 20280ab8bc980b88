import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { installModel } from '../../server/src/testing/marian/install-model.ts';
import { makeRealSizeModel } from '../../server/src/testing/marian/make-model.ts';
import { createBergamotTranslator } from '../../server/src/translation/bergamot/bergamot-translator.ts';
import type { Translator } from '../../server/src/translation/translator.ts';
import { AppError } from '../../shared/errors.ts';
import { percentile } from '../scoring/percentiles.ts';

export interface LoadMeasurement {
  readonly sessions: number;
  readonly languages: number;
  readonly workers: number;
  readonly seconds: number;
  readonly finals: number;
  readonly finalP50Ms: number | null;
  readonly finalP95Ms: number | null;
  readonly refusedFinals: number;
  readonly partialsOffered: number;
  readonly partialsTranslated: number;
  readonly partialP95Ms: number | null;
  readonly cores: number;
  readonly cpuMsPerWord: number;
}

const LANGUAGES = ['es', 'fr', 'it'];
/** Of those who are in a session so many speak at a time. */
const SPEAKING_SHARE = 0.5;
const FINAL_EVERY_MS = 5_000;
const PARTIAL_EVERY_MS = 700;
const MEMORY_MB_PER_WORKER = 1_600;

interface Tally {
  readonly finalMs: number[];
  readonly partialMs: number[];
  partialsOffered: number;
  refusedFinals: number;
  words: number;
}

/**
 * Many sessions at the pace of speech: each speaker's sentence grows, is translated into every
 * language as it does (one at a time), and once more as a final.
 */
export async function measureLoad(
  sentences: readonly string[],
  { sessions, workers, seconds }: { sessions: number; workers: number; seconds: number },
  signal: AbortSignal,
): Promise<LoadMeasurement> {
  const folder = await mkdtemp(join(tmpdir(), 'models-'));
  try {
    for (const to of LANGUAGES) {
      await installModel(folder, makeRealSizeModel({ from: 'en', to }, sentences.join(' ')));
    }
    const translator = await createBergamotTranslator({
      folders: [folder],
      workers,
      memoryLimitMb: MEMORY_MB_PER_WORKER * workers,
    });
    try {
      await warmUp(translator, sentences.slice(0, 8 * workers), signal);
      const tally: Tally = {
        finalMs: [],
        partialMs: [],
        partialsOffered: 0,
        refusedFinals: 0,
        words: 0,
      };
      const speakers = Math.round(sessions * SPEAKING_SHARE);
      const start = performance.now();
      const before = process.cpuUsage();
      await Promise.all(
        Array.from({ length: speakers }, (_, speaker) =>
          speak(translator, sentences, {
            first: start + (speaker * FINAL_EVERY_MS) / speakers,
            end: start + seconds * 1000,
            offset: speaker * 7,
            tally,
            signal,
          }),
        ),
      );
      const elapsedMs = performance.now() - start;
      const { user, system } = process.cpuUsage(before);
      const cpuMs = (user + system) / 1000;
      return {
        sessions,
        languages: LANGUAGES.length,
        workers,
        seconds,
        finals: tally.finalMs.length,
        finalP50Ms: percentile(tally.finalMs, 50),
        finalP95Ms: percentile(tally.finalMs, 95),
        refusedFinals: tally.refusedFinals,
        partialsOffered: tally.partialsOffered,
        partialsTranslated: tally.partialMs.length,
        partialP95Ms: percentile(tally.partialMs, 95),
        cores: cpuMs / elapsedMs,
        cpuMsPerWord: cpuMs / tally.words,
      };
    } finally {
      await translator.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Every worker gets every model before anything is measured. */
async function warmUp(translator: Translator, texts: readonly string[], signal: AbortSignal) {
  for (const to of LANGUAGES) {
    await Promise.all(
      texts.map((text) => translator.translate({ text, from: 'en', to, kind: 'final', signal })),
    );
  }
}

interface Turn {
  readonly first: number;
  readonly end: number;
  readonly offset: number;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

async function speak(
  translator: Translator,
  sentences: readonly string[],
  { first, end, offset, tally, signal }: Turn,
): Promise<void> {
  const open: Promise<void>[] = [];
  const busy = new Set<string>();
  const translate = async (text: string, to: string, kind: 'partial' | 'final') => {
    const askedAt = performance.now();
    try {
      const answer = await translator.translate({ text, from: 'en', to, kind, signal });
      tally[kind === 'final' ? 'finalMs' : 'partialMs'].push(performance.now() - askedAt);
      tally.words += answer.text.split(/\s+/u).length;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'server_busy') throw error;
      if (kind === 'final') tally.refusedFinals += 1;
    }
  };
  for (let turn = 0; first + turn * FINAL_EVERY_MS < end; turn += 1) {
    const words = (sentences[(offset + turn) % sentences.length] ?? '').split(' ');
    const spokenAt = first + turn * FINAL_EVERY_MS;
    for (let at = PARTIAL_EVERY_MS; at < FINAL_EVERY_MS; at += PARTIAL_EVERY_MS) {
      await until(spokenAt + at, signal);
      const text = words.slice(0, Math.ceil((words.length * at) / FINAL_EVERY_MS)).join(' ');
      for (const to of LANGUAGES) {
        tally.partialsOffered += 1;
        if (busy.has(to)) continue;
        busy.add(to);
        open.push(translate(text, to, 'partial').finally(() => busy.delete(to)));
      }
    }
    await until(spokenAt + FINAL_EVERY_MS, signal);
    for (const to of LANGUAGES) open.push(translate(words.join(' '), to, 'final'));
  }
  await Promise.all(open);
}

async function until(moment: number, signal: AbortSignal): Promise<void> {
  const ms = moment - performance.now();
  if (ms > 0) await delay(ms, undefined, { signal });
}
