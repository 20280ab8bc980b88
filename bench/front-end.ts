import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { ownClip } from '../e2e/support/clip.ts';
import { createDecoderPool, type DecoderPool } from '../server/src/audio/decoder-pool.ts';
import { FfmpegDecoder } from '../server/src/audio/ffmpeg-decoder.ts';
import { ffmpegVersion, findFfmpeg } from '../server/src/audio/find-ffmpeg.ts';
import { readSettings } from '../server/src/config/settings.ts';
import { type Benchmark, UsageError } from './benchmark.ts';
import {
  type LiveFigures,
  measureFullSpeed,
  measureLive,
  measureReplacement,
} from './front-end/live-streams.ts';
import { cpuSeconds } from './front-end/process-figures.ts';
import { packetsOf } from './packet-cache.ts';
import { percentile } from './scoring/percentiles.ts';
import { cell, type Table } from './scoring/table.ts';

const STARTS = 8;
const REPLACEMENTS = 5;
const FULL_SPEED_SECONDS = 600;
const MS_PER_SECOND = 1000;

interface StartFigures {
  /** Medians of a few, one after the other. */
  readonly readyMs: number | null;
  readonly cpuMs: number | null;
}

/** What decoding costs: FFmpeg processes and this server's own share, by number of streams. */
export const frontEndBenchmark: Benchmark = {
  name: 'front-end',
  summary: 'Cost, delay and memory of decoding: Opus packets through FFmpeg streams.',
  usage: [
    '--streams LIST  numbers of streams at once; 1,10,50 without it',
    '--seconds N     speech each of them is given in real time; 10 without it',
  ],
  async run(args, { progress, signal }) {
    const { streams, seconds } = parse(args);
    // Every stream listens to it.
    setMaxListeners(0, signal);
    const ffmpeg = findFfmpeg({ ffmpegBin: readSettings().FFMPEG_BIN });
    const packets = await packetsOf(ownClip().path, ffmpeg);
    progress('Starting decoders');
    const start = await measureStarts(ffmpeg);
    const live: LiveFigures[] = [];
    for (const count of streams) {
      progress(`${count} streams in real time for ${seconds} s`);
      const pool = poolFor(count, ffmpeg);
      try {
        live.push(await measureLive(pool, packets, count, seconds, signal));
      } finally {
        await pool.close();
      }
    }
    progress('Full speed and replacements');
    const pool = poolFor(2, ffmpeg);
    try {
      const fullSpeed = await measureFullSpeed(pool, packets, FULL_SPEED_SECONDS, signal);
      const replacements: number[] = [];
      for (let count = 0; count < REPLACEMENTS; count += 1) {
        replacements.push(await measureReplacement(pool, packets, signal));
      }
      const one = { start, fullSpeed, replacementMs: percentile(replacements, 50) };
      return {
        data: { ffmpeg: ffmpegVersion(ffmpeg), seconds, ...one, live },
        tables: [oneTable(one), liveTable(live)],
      };
    } finally {
      await pool.close();
    }
  },
};

function poolFor(slots: number, ffmpeg: string): DecoderPool {
  const prewarmed = Math.ceil(slots / 2);
  return createDecoderPool({ slots, waitingLimit: 0, maxWaitMs: 0, prewarmed, ffmpeg });
}

async function measureStarts(ffmpeg: string): Promise<StartFigures> {
  const ready: number[] = [];
  const cpu: number[] = [];
  for (let count = 0; count < STARTS; count += 1) {
    const began = performance.now();
    const decoder = new FfmpegDecoder({ ffmpeg });
    try {
      await decoder.ready;
      ready.push(performance.now() - began);
      const seconds = decoder.pid === undefined ? null : await cpuSeconds(decoder.pid);
      if (seconds !== null) cpu.push(seconds * MS_PER_SECOND);
    } finally {
      await decoder.close();
    }
  }
  return { readyMs: percentile(ready, 50), cpuMs: percentile(cpu, 50) };
}

function oneTable(one: {
  start: StartFigures;
  fullSpeed: number;
  replacementMs: number | null;
}): Table {
  return {
    title: 'One decoder',
    columns: ['what', 'value', 'unit'],
    rows: [
      ['start until ready', cell(one.start.readyMs), 'ms'],
      ['start, processor time', cell(one.start.cpuMs), 'ms'],
      ['full speed', cell(one.fullSpeed), '× real time'],
      ['killed until next samples', cell(one.replacementMs), 'ms'],
    ],
  };
}

function liveTable(live: readonly LiveFigures[]): Table {
  return {
    title: 'Streams at once, in real time',
    columns: [
      ...['streams', 'all there, ms', 'FFmpeg, CPU ms/s', 'Node, CPU ms/s'],
      ...['delay p50, ms', 'p99', 'RSS, MB', 'shared fairly', 'own'],
    ],
    rows: live.map((figures) => [
      `${figures.streams}`,
      cell(figures.acquireMs),
      cell(figures.ffmpegMsPerSecond, 2),
      cell(figures.nodeMsPerSecond, 2),
      cell(figures.delayMs.p50, 1),
      cell(figures.delayMs.p99, 1),
      cell(figures.memory?.rssMb ?? null, 1),
      cell(figures.memory?.pssMb ?? null, 1),
      cell(figures.memory?.ownMb ?? null, 1),
    ]),
    notes: [
      'CPU: milliseconds of processor time for a second of speech of one stream.',
      'Delay: from writing five frames until the samples of the last one are there.',
    ],
  };
}

function parse(args: readonly string[]): { streams: readonly number[]; seconds: number } {
  try {
    const text = { type: 'string' } as const;
    const { streams, seconds } = parseArgs({
      args: [...args],
      options: { streams: { ...text, default: '1,10,50' }, seconds: { ...text, default: '10' } },
    }).values;
    return {
      streams: streams.split(',').map((each) => count('--streams', each)),
      seconds: count('--seconds', seconds),
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function count(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new UsageError(`Expected ${option} of whole numbers from 1, got "${text}".`);
  }
  return number;
}
