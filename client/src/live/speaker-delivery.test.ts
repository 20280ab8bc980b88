import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SpeakClientEvents, SpeakServerEvents } from '../../../shared/protocol.ts';
import { BACKOFF_MAX_MS } from './backoff.ts';
import { FrameRing } from './frame-ring.ts';
import { FrameSender } from './frame-sender.ts';
import { SpeakerClient } from './speaker-client.ts';
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

/** Long stories: by itself fast-check prefers a handful of events. */
const story = fc.array(happening, { minLength: 10, maxLength: 80, size: 'max' });
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
  const speaker = new SpeakerClient(
    { url: 'http://server.test', room: 'room', language: 'en', offers: [], reads: [] },
    { openWire: network.open, sender: new FrameSender(new FrameRing(ringFrames)) },
  );
  client?.close();
  client = speaker;
  const declared = new Set<number>();
  speaker.on('gap', (gap) => {
    if (!gap.declared) return;
    for (let seq = gap.fromSeq; seq < gap.toSeq; seq += 1) declared.add(seq);
  });
  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    server.answer();
    await vi.advanceTimersByTimeAsync(0);
  };
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
  return { spoken, summary, server, declared, links: network.wires.length };
}

test(
  '[INV1] [INV2] whatever happens, every frame arrives once and in order, or in a declared gap',
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
