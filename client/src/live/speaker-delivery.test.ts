import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SpeakClientEvents, SpeakServerEvents } from '../../../shared/protocol.ts';
import { BACKOFF_MAX_MS } from './backoff.ts';
import { FrameRing } from './frame-ring.ts';
import { FrameSender } from './frame-sender.ts';
import type { KeptSession } from './session-mirror.ts';
import { SpeakerClient } from './speaker-client.ts';
import { MemoryMirror } from './testing/memory-mirror.ts';
import { ModelServer, numberedFrame } from './testing/model-server.ts';
import { ScriptedNetwork } from './testing/scripted-wire.ts';

/** Hundreds of long stories take a second on an idle machine, and longer on a busy one. */
const LIMIT_MS = 30_000;

/** What may happen to a session, in any order. */
type Happening =
  | { kind: 'speak'; frames: number }
  | { kind: 'read'; messages: number }
  | { kind: 'received' }
  | { kind: 'commit'; frames: number }
  | { kind: 'stale'; seq: number }
  | { kind: 'refuse' | 'lose'; messages: number }
  | { kind: 'drop' }
  | { kind: 'away' }
  | { kind: 'back' }
  /** The page is reloaded: `flushed` tells whether its last write was done. */
  | { kind: 'reload'; flushed: boolean; awayMs: number }
  | { kind: 'time'; ms: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('speak' as const), frames: fc.nat(40) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('read' as const), messages: fc.nat(6) }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'received' as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), frames: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stale' as const), seq: fc.nat(500) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('refuse' as const, 'lose' as const),
      messages: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'drop' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'away' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'back' as const }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.nat(4000) }) },
);

const reload: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('reload' as const),
  flushed: fc.boolean(),
  awayMs: fc.nat(3000),
});

/** Long stories: by itself fast-check prefers a handful of events. */
const story = fc.array(happening, { minLength: 10, maxLength: 80, size: 'max' });
const reloadingStory = fc.array(
  fc.oneof({ weight: 15, arbitrary: happening }, { weight: 2, arbitrary: reload }),
  { minLength: 10, maxLength: 80, size: 'max' },
);
/** Nothing breaks the link or gets lost, and the server gives a sign of life often enough. */
const calmStory = story.map((events) =>
  events.flatMap((event): Happening[] => {
    if (['drop', 'away', 'stale', 'lose'].includes(event.kind)) return [];
    return event.kind === 'time'
      ? [{ kind: 'time', ms: event.ms / 4 }, { kind: 'read', messages: 3 }, { kind: 'received' }]
      : [event];
  }),
);

beforeEach(() => void vi.useFakeTimers());
let client: SpeakerClient | null = null;
afterEach(() => {
  client?.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** Plays a story against the model server, then lets everything calm down and stops. */
async function play(story: readonly Happening[], ringFrames: number, windowFrames: number) {
  const network = new ScriptedNetwork<SpeakServerEvents, SpeakClientEvents>();
  const server = new ModelServer(network, windowFrames);
  const declared = new Set<number>();
  let store = new MemoryMirror();
  const openSpeaker = (kept: KeptSession | null): SpeakerClient => {
    client?.close();
    const opened = new SpeakerClient(
      {
        ...{ url: 'http://server.test', room: 'room', language: 'en', offers: [], reads: [] },
        mirror: { store, ...(kept === null ? {} : { kept }) },
      },
      {
        openWire: network.open,
        ...(kept === null ? { sender: new FrameSender(new FrameRing(ringFrames)) } : {}),
      },
    );
    opened.on('gap', (gap) => {
      if (!gap.declared) return;
      for (let seq = gap.fromSeq; seq < gap.toSeq; seq += 1) declared.add(seq);
    });
    client = opened;
    return opened;
  };
  let speaker = openSpeaker(null);
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    server.answer();
    await vi.advanceTimersByTimeAsync(0);
  };
  let skipped = 0;
  const started = speaker.start();
  await pass(0);
  await started;
  for (const event of story) {
    switch (event.kind) {
      case 'speak':
        for (let count = 0; count < event.frames; count += 1) {
          speaker.push(numberedFrame(speaker.nextSeq));
        }
        break;
      case 'read':
        server.read(event.messages);
        break;
      case 'received':
        server.sayReceived();
        break;
      case 'commit':
        server.commit(event.frames);
        break;
      case 'stale':
        server.sayStale(event.seq);
        break;
      case 'refuse':
        server.refusesNext += event.messages;
        break;
      case 'lose':
        server.losesNext += event.messages;
        break;
      case 'drop':
        server.drop();
        break;
      case 'away':
        server.reachable = false;
        server.drop();
        break;
      case 'back':
        server.reachable = true;
        break;
      case 'time':
        await pass(event.ms);
        break;
      case 'reload': {
        if (event.flushed) speaker.flushMirror();
        await vi.advanceTimersByTimeAsync(0);
        const { kept } = store;
        // A page that is gone can neither write nor clean up behind the next one.
        store = new MemoryMirror(kept);
        server.drop();
        await vi.advanceTimersByTimeAsync(event.awayMs);
        speaker = openSpeaker(kept);
        // [R12] Which numbers were sent already is known once the session is taken up.
        if (kept !== null) expect(speaker.push(numberedFrame(speaker.nextSeq))).toBe(-1);
        const again = speaker.start();
        for (let round = 0; round < 3 && speaker.state.kind !== 'live'; round += 1) {
          server.reachable = true;
          await pass(BACKOFF_MAX_MS);
        }
        await again;
        skipped += speaker.skipAbsence();
        break;
      }
    }
    await pass(0);
  }
  server.reachable = true;
  server.refusesNext = 0;
  server.losesNext = 0;
  const spoken = speaker.nextSeq;
  const stopped = speaker.stop();
  for (let round = 0; round < 200 && speaker.state.kind !== 'ended'; round += 1) {
    await pass(round % 10 === 9 ? BACKOFF_MAX_MS : 250);
    server.read();
    server.sayReceived();
    server.commit(10);
  }
  if (speaker.state.kind !== 'ended') throw new Error('Expected the stop to be answered by now.');
  const summary = await stopped;
  return { spoken, summary, server, declared, skipped, links: network.wires.length };
}

test(
  '[R8] [R13] [INV1] [INV2] whatever happens, every frame arrives once and in order, or in a declared gap',
  async () => {
    let gaps = 0;
    await fc.assert(
      fc.asyncProperty(story, async (events) => {
        const { spoken, summary, server, declared } = await play(events, 60, 25);
        expect(summary.endSeq).toBe(spoken);
        expect(server.durable).toHaveLength(spoken);
        for (const [seq, what] of server.durable.entries()) {
          if (what === 'gap') expect(declared.has(seq)).toBe(true);
        }
        gaps += server.durable.includes('gap') ? 1 : 0;
      }),
      { numRuns: 150 },
    );
    // Otherwise the small ring would prove nothing about overflow.
    expect(gaps).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

test(
  '[INV1] with a ring that holds the outage nothing is lost at all',
  async () => {
    await fc.assert(
      fc.asyncProperty(story, async (events) => {
        const { spoken, server, declared } = await play(events, 6000, 250);
        expect(server.durable).toEqual(Array.from({ length: spoken }, () => 'frame'));
        expect(declared.size).toBe(0);
      }),
      { numRuns: 80 },
    );
  },
  LIMIT_MS,
);

test(
  '[INV1] what a server refuses is sent again over the same link',
  async () => {
    await fc.assert(
      fc.asyncProperty(calmStory, async (events) => {
        const { spoken, server, links } = await play(events, 6000, 100);
        expect(server.durable).toHaveLength(spoken);
        expect(links).toBe(1);
      }),
      { numRuns: 80 },
    );
  },
  LIMIT_MS,
);

test(
  '[R11] [R12] [INV1] [INV2] a page that is reloaded at any moment sends what it had, and declares its absence',
  async () => {
    let gaps = 0;
    await fc.assert(
      fc.asyncProperty(reloadingStory, async (events) => {
        const flushed = events.every((event) => event.kind !== 'reload' || event.flushed);
        const { spoken, summary, server, declared, skipped } = await play(events, 6000, 250);
        expect(summary.endSeq).toBe(spoken);
        expect(server.durable).toHaveLength(spoken);
        const missing = server.durable.flatMap((what, seq) => (what === 'gap' ? [seq] : []));
        for (const seq of missing) expect(declared.has(seq)).toBe(true);
        if (flushed) expect(missing).toHaveLength(skipped);
        gaps += missing.length > 0 ? 1 : 0;
      }),
      { numRuns: 150 },
    );
    // Otherwise nobody was ever away.
    expect(gaps).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
