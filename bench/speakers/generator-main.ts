import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { unpackPackets } from '../packet-cache.ts';
import type { FromGenerator, GeneratorTask } from './generator-messages.ts';
import { SpeakingSession } from './speaking-session.ts';

/** A process of speakers: takes one task, speaks it, answers, and ends. */

const PROGRESS_INTERVAL_MS = 5_000;
const MICROSECONDS = 1e6;

const ended = new AbortController();
setMaxListeners(0, ended.signal);
// Whoever started it is gone: nobody waits for an answer.
process.once('disconnect', () => ended.abort());
// An interrupt at the terminal reaches the whole group; the starter decides what follows from it.
process.on('SIGINT', () => undefined);

process.once('message', (task: GeneratorTask) => void speak(task));

async function speak({
  url,
  token,
  language,
  reads,
  clips,
  scripts,
}: GeneratorTask): Promise<void> {
  const packets = new Map<number, readonly Uint8Array[]>();
  const packetsOf = (clip: number): readonly Uint8Array[] => {
    const known = packets.get(clip) ?? unpackPackets(readFileSync(clips[clip] ?? ''));
    packets.set(clip, known);
    return known;
  };
  // Nothing is read from disk while others are timed.
  for (const { placements } of scripts) for (const { clip } of placements) packetsOf(clip);
  const before = process.cpuUsage();
  const origin = performance.now();
  const speaking = new Set<SpeakingSession>();
  let finals = 0;
  const ticker = setInterval(() => {
    const open = [...speaking];
    void tell({
      kind: 'progress',
      speaking: open.length,
      finals: open.reduce((sum, each) => sum + each.finals, finals),
      worstLagMs: Math.max(0, ...open.map((each) => each.lastLagMs)),
    });
  }, PROGRESS_INTERVAL_MS);
  try {
    const logs = await Promise.all(
      scripts.map(async (script) => {
        const waitMs = origin + script.arrivesAtMs - performance.now();
        if (waitMs > 0) await delay(waitMs, undefined, { signal: ended.signal });
        const reading = script.translated ? reads : [];
        const session = new SpeakingSession({ url, token, language, reads: reading });
        speaking.add(session);
        const log = await session.speak(script, packetsOf, ended.signal);
        speaking.delete(session);
        finals += session.finals;
        return log;
      }),
    );
    const { user, system } = process.cpuUsage(before);
    await tell({ kind: 'done', logs, cpuSeconds: (user + system) / MICROSECONDS });
  } finally {
    clearInterval(ticker);
    if (process.connected) process.disconnect();
  }
}

/** Resolves when the message has left, or nobody listens any more. */
function tell(message: FromGenerator): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}
