import { expect, test } from 'vitest';
import type { FinalCaption, PartialCaption, PlacedEntry } from '../../shared/captions.ts';
import { AppError } from '../../shared/errors.ts';
import type { SessionSummary } from '../../shared/protocol.ts';
import { finalText } from './session-record.ts';
import {
  type BenchSpeaker,
  type BenchViewer,
  type StreamOptions,
  streamClip,
} from './stream-clip.ts';

const place = {
  session: 'session-1',
  segment: 0,
  sourceLanguage: 'en',
  startMs: 0,
  endMs: 60,
  engine: 'scripted',
};

function partial(text: string, language: string): PartialCaption {
  return { ...place, text, language, revision: 1, stableLength: 0, epoch: 1 };
}

function final(text: string, language: string, extra: Partial<FinalCaption> = {}): PlacedEntry {
  const frames = { startSeq: 0, endSeq: 3, storedAt: 0, quality: 'none' as const };
  return {
    type: 'final',
    cursor: '1-1',
    caption: { ...place, ...frames, text, language, ...extra },
  };
}

/** A room with one speaker: shows one partial after the second packet, the finals after the stop. */
class ScriptedRoom {
  readonly calls: string[] = [];
  readonly packets: Uint8Array[] = [];
  readonly #partials: ((caption: PartialCaption) => void)[] = [];
  readonly #entries: ((entry: PlacedEntry) => void)[] = [];
  readonly #finals: readonly PlacedEntry[];
  readonly #segments: number;

  constructor(finals: readonly PlacedEntry[], segments = 1) {
    this.#finals = finals;
    this.#segments = segments;
  }

  show(caption: PartialCaption): void {
    for (const listener of this.#partials) listener(caption);
  }

  tell(entry: PlacedEntry): void {
    for (const listener of this.#entries) listener(entry);
  }

  speaker(): BenchSpeaker {
    return {
      start: async () => {
        this.calls.push('start');
        return { session: 'session-1' };
      },
      push: (packet) => {
        const seq = this.packets.push(packet) - 1;
        if (seq === 1) {
          this.show(partial('Hel', 'en'));
          this.show(partial('Ho', 'es'));
        }
        return seq;
      },
      whenWritable: async () => {
        this.calls.push('writable');
      },
      stop: async (): Promise<SessionSummary> => {
        this.calls.push('stop');
        // Viewers hear of finals a little later than the speaker of the stop.
        setImmediate(() => {
          for (const entry of this.#finals) this.tell(entry);
        });
        return { segments: this.#segments, endSeq: this.packets.length };
      },
      close: () => this.calls.push('close'),
    };
  }

  viewer(language: string): BenchViewer {
    const viewer = {
      start: async () => this.calls.push(`watch ${language}`),
      close: () => this.calls.push(`close ${language}`),
      on: (
        event: 'partial' | 'entry',
        listener: ((caption: PartialCaption) => void) & ((entry: PlacedEntry) => void),
      ) => {
        if (event === 'partial') this.#partials.push(listener);
        else this.#entries.push(listener);
        return () => undefined;
      },
    };
    return viewer;
  }

  viewers(): Map<string, BenchViewer> {
    return new Map(['en', 'es'].map((language) => [language, this.viewer(language)]));
  }
}

const clip = {
  packets: [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)],
  language: 'en',
};
/** Waiting for finals never runs out, and waiting for packets takes no time. */
const patient = {
  now: () => 1000,
  sleep: (ms: number) => (ms < 1000 ? Promise.resolve() : new Promise<void>(() => undefined)),
};
const fast = (extra: Partial<StreamOptions> = {}): StreamOptions => ({
  pace: 'fast',
  silenceMs: 50,
  clock: patient,
  signal: new AbortController().signal,
  ...extra,
});
const helloHola = [final('Hello.', 'en'), final('Hola.', 'es')];

test('sends the clip and silence after it, and tells what each viewer was shown', async () => {
  const room = new ScriptedRoom([final('Other', 'en', { session: 'somebody-else' }), ...helloHola]);
  const streamed = await streamClip(clip, room.speaker(), room.viewers(), fast());
  expect(room.packets.map((packet) => packet.length)).toEqual([1, 1, 1, 3, 3, 3]);
  expect(room.calls.slice(0, 3)).toEqual(['start', 'watch en', 'watch es']);
  expect(room.calls.slice(-4)).toEqual(['stop', 'close', 'close en', 'close es']);
  expect(streamed).toMatchObject({ sentMs: 120, missingFinals: 0 });
  expect(finalText(streamed.segments, 'en')).toBe('Hello.');
  expect(finalText(streamed.segments, 'es')).toBe('Hola.');
  expect(streamed.segments[0]?.captions.map((caption) => caption.partials)).toEqual([
    [{ text: 'Hel', stableLength: 0, atMs: 0 }],
    [{ text: 'Ho', stableLength: 0, atMs: 0 }],
  ]);
});

test('at real-time pace no packet is sent before its last sample was heard, nor later', async () => {
  const room = new ScriptedRoom(helloHola);
  const speaker = room.speaker();
  let nowMs = 5000;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      if (ms >= 1000) await new Promise<void>(() => undefined);
      nowMs += ms;
    },
  };
  const sentAt: number[] = [];
  const { push } = speaker;
  speaker.push = (packet) => {
    sentAt.push(nowMs - 5000);
    // Sending the first takes so long that the second is late; the third is on time again.
    if (sentAt.length === 1) nowMs += 25;
    return push(packet);
  };
  const options = fast({ pace: 'real-time', silenceMs: 0, clock });
  const { sentLateMs } = await streamClip(clip, speaker, room.viewers(), options);
  expect(sentAt).toEqual([20, 45, 60]);
  expect(sentLateMs).toBe(5);
  expect(room.calls).not.toContain('writable');
});

test('waits for translations after the stop, and counts those that never come', async () => {
  const late = new ScriptedRoom([final('Hello.', 'en')]);
  setTimeout(() => late.tell(final('Hola.', 'es')), 20);
  const streamed = await streamClip(clip, late.speaker(), late.viewers(), fast());
  expect(finalText(streamed.segments, 'es')).toBe('Hola.');

  const lost = new ScriptedRoom([final('Hello.', 'en')], 2);
  const impatient = {
    now: () => 0,
    sleep: () => new Promise<void>((done) => setTimeout(done, 20)),
  };
  const options = fast({ clock: impatient });
  const partly = await streamClip(clip, lost.speaker(), lost.viewers(), options);
  // The Spanish of the first segment, and the second altogether.
  expect(partly.missingFinals).toBe(2);
});

test('a segment without words has no translation to wait for', async () => {
  const room = new ScriptedRoom([final('', 'en', { notice: 'not_understood' })]);
  const streamed = await streamClip(clip, room.speaker(), room.viewers(), fast());
  expect(streamed.missingFinals).toBe(0);
  expect(streamed.segments[0]?.captions[0]?.final?.notice).toBe('not_understood');
});

test('[INV2] a final that comes twice fails the clip, and everything is closed', async () => {
  const room = new ScriptedRoom([final('Hello.', 'en'), final('Hello.', 'en')]);
  const streaming = streamClip(clip, room.speaker(), room.viewers(), fast());
  await expect(streaming).rejects.toThrow('Expected one final');
  expect(room.calls.slice(-3)).toEqual(['close', 'close en', 'close es']);
});

test('the error of a session goes to the caller, and everything is closed', async () => {
  const room = new ScriptedRoom([]);
  const speaker = room.speaker();
  speaker.start = () => Promise.reject(new AppError('server_busy', 'Full.'));
  await expect(streamClip(clip, speaker, room.viewers(), fast())).rejects.toThrow('Full.');
  expect(room.calls).toEqual(['close', 'close en', 'close es']);
});

test('an interrupt ends the clip at once', async () => {
  const room = new ScriptedRoom([]);
  const speaker = room.speaker();
  const stop = new AbortController();
  speaker.push = () => {
    stop.abort(new Error('Interrupted.'));
    return 0;
  };
  const options = fast({ signal: stop.signal });
  await expect(streamClip(clip, speaker, room.viewers(), options)).rejects.toThrow('Interrupted.');
  expect(room.calls.slice(-5)).toEqual(['writable', 'writable', 'close', 'close en', 'close es']);
});
