import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { socketWire } from '../../client/src/live/socket-wire.ts';
import { SpeakerClient } from '../../client/src/live/speaker-client.ts';
import { ViewerClient } from '../../client/src/live/viewer-client.ts';
import { FRAME_MS } from '../../shared/limits.ts';
import {
  SPEAK_NAMESPACE,
  type SpeakClientEvents,
  type SpeakServerEvents,
} from '../../shared/protocol.ts';
import { BreakableWire } from './breakable-wire.ts';

/** How a speaker leaves: as one should, by closing the lid, or after an outage in mid-speech. */
export const VISIT_KINDS = ['stop', 'vanish', 'resume'] as const;
export type VisitKind = (typeof VISIT_KINDS)[number];

export interface Visit {
  readonly kind: VisitKind;
  readonly packets: readonly Uint8Array[];
  /** What a viewer reads meanwhile, or null for none. */
  readonly viewed: string | null;
  /** A viewer comes after the beginning and leaves before the end. */
  readonly passing: boolean;
}

export interface VisitResult {
  readonly segments: number;
  readonly finals: number;
  readonly resumes: number;
}

const BATCH_FRAMES = 5;
const SPOKEN = 'en';

/** One speaker with perhaps a viewer, in a room of its own. Rejects with what went wrong. */
export async function pay(
  { kind, packets, viewed, passing }: Visit,
  url: string,
  signal: AbortSignal,
): Promise<VisitResult> {
  const room = `soak-${randomBytes(8).toString('hex')}`;
  const wire = new BreakableWire<SpeakServerEvents, SpeakClientEvents>(
    socketWire({ url, namespace: SPEAK_NAMESPACE }),
  );
  const offers = viewed === null || viewed === SPOKEN ? [] : [viewed];
  const speaker = new SpeakerClient(
    { url, room, language: SPOKEN, offers, reads: [] },
    { openWire: wire.open },
  );
  const viewer = viewed === null ? null : new ViewerClient({ url, room, language: viewed });
  let finals = 0;
  let resumes = 0;
  speaker.on('entry', (entry) => {
    if (entry.type === 'final') finals += 1;
  });
  speaker.on('state', ({ kind: state }) => {
    if (state === 'reconnecting') resumes += 1;
  });
  try {
    await speaker.start();
    if (!passing) await viewer?.start();
    const third = Math.ceil(packets.length / 3);
    await push(speaker, packets.slice(0, third), signal);
    if (passing) await viewer?.start();
    if (kind === 'resume') wire.break();
    await push(speaker, packets.slice(third, 2 * third), signal);
    if (passing) viewer?.close();
    if (kind === 'vanish') return { segments: 0, finals, resumes };
    await push(speaker, packets.slice(2 * third), signal);
    const { segments } = await speaker.stop();
    return { segments, finals, resumes };
  } finally {
    speaker.close();
    viewer?.close();
  }
}

/** At the pace of a microphone, whatever the link does. */
async function push(
  speaker: SpeakerClient,
  packets: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  for (let sent = 0; sent < packets.length; sent += BATCH_FRAMES) {
    const waitMs = began + (sent + BATCH_FRAMES) * FRAME_MS - performance.now();
    if (waitMs > 0) await delay(waitMs, undefined, { signal });
    signal.throwIfAborted();
    for (const packet of packets.slice(sent, sent + BATCH_FRAMES)) speaker.push(packet);
  }
}
