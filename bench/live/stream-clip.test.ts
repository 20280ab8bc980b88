import { expect, test } from 'vitest';
import type { PartialCaption, PlacedEntry } from '../../shared/captions.ts';
import { AppError } from '../../shared/errors.ts';
import type { SessionSummary } from '../../shared/protocol.ts';
import { finalText } from './session-record.ts';
import { type BenchSpeaker, type StreamOptions, streamClip } from './stream-clip.ts';

const caption = {
  session: 'session-1',
  segment: 0,
  language: 'en',
  sourceLanguage: 'en',
  startMs: 0,
  endMs: 60,
  engine: 'scripted',
};
const finalEntry = (session: string, text: string): PlacedEntry => ({
  type: 'final',
  cursor: '1-1',
  caption: {
    ...caption,
    session,
    text,
    startSeq: 0,
    endSeq: 3,
    storedAt: 0,
    quality: 'none',
  },
});

/** Shows one partial after the second packet and the final when stopped. */
class ScriptedSpeaker implements BenchSpeaker {
  readonly packets: Uint8Array[] = [];
  readonly calls: string[] = [];
  readonly #partials: ((caption: PartialCaption) => void)[] = [];
  readonly #entries: ((entry: PlacedEntry) => void)[] = [];
  readonly #atStop: readonly PlacedEntry[];

  constructor(atStop: readonly PlacedEntry[]) {
    this.#atStop = atStop;
  }

  async start(): Promise<{ session: string }> {
    this.calls.push('start');
    return { session: 'session-1' };
  }

  push(packet: Uint8Array): number {
    const seq = this.packets.push(packet) - 1;
    if (seq === 1) {
      const partial = { ...caption, text: 'Hel', revision: 1, stableLength: 0, epoch: 1 };
      for (const listener of this.#partials) listener(partial);
    }
    return seq;
  }

  async whenWritable(): Promise<void> {
    this.calls.push('writable');
  }

  async stop(): Promise<SessionSummary> {
    this.calls.push('stop');
    for (const entry of this.#atStop) for (const listener of this.#entries) listener(entry);
    return { segments: 1, endSeq: this.packets.length };
  }

  close(): void {
    this.calls.push('close');
  }

  on(event: 'partial', listener: (caption: PartialCaption) => void): () => void;
  on(event: 'entry', listener: (entry: PlacedEntry) => void): () => void;
  on(
    event: 'partial' | 'entry',
    listener: ((caption: PartialCaption) => void) & ((entry: PlacedEntry) => void),
  ): () => void {
    if (event === 'partial') this.#partials.push(listener);
    else this.#entries.push(listener);
    return () => undefined;
  }
}

const packets = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
const fast = (extra: Partial<StreamOptions> = {}): StreamOptions => ({
  pace: 'fast',
  silenceMs: 50,
  clock: { now: () => 1000, sleep: async () => undefined },
  signal: new AbortController().signal,
  ...extra,
});

test('sends the clip and silence after it, stops, closes, and tells what was shown', async () => {
  const speaker = new ScriptedSpeaker([
    finalEntry('somebody-else', 'Other'),
    finalEntry('session-1', 'Hello.'),
  ]);
  const streamed = await streamClip(packets, speaker, fast());
  expect(speaker.packets.map((packet) => packet.length)).toEqual([1, 1, 1, 3, 3, 3]);
  expect(speaker.calls.slice(-2)).toEqual(['stop', 'close']);
  expect(streamed.sentMs).toBe(120);
  expect(finalText(streamed.segments, 'en')).toBe('Hello.');
  expect(streamed.segments[0]?.captions[0]?.partials).toEqual([{ text: 'Hel', atMs: 0 }]);
});

test('at real-time pace no packet is sent before its last sample was heard, nor later', async () => {
  const speaker = new ScriptedSpeaker([]);
  let nowMs = 5000;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const sentAt: number[] = [];
  const push = speaker.push.bind(speaker);
  speaker.push = (packet) => {
    sentAt.push(nowMs - 5000);
    // Sending the first takes so long that the second is late; the third is on time again.
    if (sentAt.length === 1) nowMs += 25;
    return push(packet);
  };
  await streamClip(packets, speaker, fast({ pace: 'real-time', silenceMs: 0, clock }));
  expect(sentAt).toEqual([20, 45, 60]);
  expect(speaker.calls).not.toContain('writable');
});

test('[INV2] a final that comes twice fails the clip, and the speaker is closed', async () => {
  const twice = [finalEntry('session-1', 'Hello.'), finalEntry('session-1', 'Hello.')];
  const speaker = new ScriptedSpeaker(twice);
  await expect(streamClip(packets, speaker, fast())).rejects.toThrow('Expected one final');
  expect(speaker.calls.at(-1)).toBe('close');
});

test('the error of a session goes to the caller, and the speaker is closed', async () => {
  const speaker = new ScriptedSpeaker([]);
  speaker.start = () => Promise.reject(new AppError('server_busy', 'Full.'));
  await expect(streamClip(packets, speaker, fast())).rejects.toThrow('Full.');
  expect(speaker.calls).toEqual(['close']);
});

test('an interrupt ends the clip at once', async () => {
  const speaker = new ScriptedSpeaker([]);
  const stop = new AbortController();
  speaker.push = () => {
    stop.abort(new Error('Interrupted.'));
    return 0;
  };
  await expect(streamClip(packets, speaker, fast({ signal: stop.signal }))).rejects.toThrow(
    'Interrupted.',
  );
  expect(speaker.calls).toEqual(['start', 'writable', 'writable', 'close']);
});
