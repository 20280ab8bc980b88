import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SpeakerClient } from '../../client/src/live/speaker-client.ts';
import { ViewerClient } from '../../client/src/live/viewer-client.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { processTreeCpu, type TreeCpu } from '../live/process-cpu.ts';
import { startServeProcess } from '../live/serve-process.ts';
import { type Clock, type StreamedClip, streamClip } from '../live/stream-clip.ts';
import type { PreparedClip } from './offline-pass.ts';
import type { QualityOptions } from './options.ts';
import type { LiveOutcome } from './outcome.ts';
import { SPOKEN } from './score.ts';

/** Longer than any pause that ends a segment, so that no last word waits for the stop. */
const SILENCE_AFTER_MS = 1_500;

export interface LivePass {
  readonly outcomes: ReadonlyMap<PreparedClip, LiveOutcome>;
  readonly audioSeconds: number;
  /** What the server used for it, start-up not included; null where /proc does not tell. */
  readonly cpu: TreeCpu | null;
  readonly wallSeconds: number;
  readonly warnings: readonly string[];
}

/** Clips as fast as they are taken keep a server busy; none is to be turned away for it. */
const MAX_FINAL_WAIT_MS = '600000';

const clock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};

/** Speaks every clip to a server of its own process, several at once, each in a room of its own. */
export async function runLivePass(
  clips: readonly PreparedClip[],
  options: QualityOptions,
  context: BenchmarkContext,
): Promise<LivePass> {
  const server = await startServeProcess({ MAX_FINAL_WAIT_MS });
  try {
    const outcomes = new Map<PreparedClip, LiveOutcome>();
    // The longest first, so that no speaker is left alone with one at the end.
    const waiting = [...clips].sort((a, b) => a.packets.length - b.packets.length);
    const before = await processTreeCpu(server.pid);
    const startedAt = clock.now();
    const speak = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        outcomes.set(next, await speakOne(next, server.url, options, context.signal));
        if (outcomes.size % 20 === 0) {
          context.progress(`Speaking live: ${outcomes.size} of ${clips.length}`);
        }
      }
    };
    await Promise.all(Array.from({ length: options.speakers }, speak));
    const wallSeconds = (clock.now() - startedAt) / 1000;
    const after = await processTreeCpu(server.pid);
    return {
      outcomes,
      audioSeconds: sentSeconds([...outcomes.values()]),
      cpu: between(before, after),
      wallSeconds,
      warnings: server.warnings,
    };
  } finally {
    await server.stop();
  }
}

async function speakOne(
  { clip, packets }: PreparedClip,
  url: string,
  { pace, reads }: QualityOptions,
  signal: AbortSignal,
): Promise<LiveOutcome> {
  const room = `bench-${randomBytes(8).toString('hex')}`;
  const speaker = new SpeakerClient({ url, room, language: SPOKEN, offers: reads, reads: [] });
  const viewers = new Map(
    [SPOKEN, ...reads].map((language) => [language, new ViewerClient({ url, room, language })]),
  );
  try {
    const streamed: StreamedClip = await streamClip(
      { packets, language: SPOKEN },
      speaker,
      viewers,
      { pace, silenceMs: SILENCE_AFTER_MS, clock, signal },
    );
    return { kind: 'spoken', ...streamed };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', error: `${clip.id}: ${reason}` };
  }
}

function sentSeconds(outcomes: readonly LiveOutcome[]): number {
  const sent = outcomes.map((outcome) => (outcome.kind === 'spoken' ? outcome.sentMs : 0));
  return sent.reduce((sum, ms) => sum + ms, 0) / 1000;
}

function between(before: TreeCpu | null, after: TreeCpu | null): TreeCpu | null {
  if (before === null || after === null) return null;
  return {
    ownSeconds: after.ownSeconds - before.ownSeconds,
    childSeconds: after.childSeconds - before.childSeconds,
  };
}
