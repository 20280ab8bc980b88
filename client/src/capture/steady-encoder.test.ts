import { describe, expect, it, vi } from 'vitest';
import { type Chunk, framesOf, silence } from './audio-frame.ts';
import type { CaptureError } from './capture-error.ts';
import {
  type EncoderEvents,
  type EncoderFactory,
  EncoderUnsupported,
  type PacketEncoder,
} from './packet-encoder.ts';
import { SteadyEncoder } from './steady-encoder.ts';

/** SILK, 20 ms, one frame: an encoder that answers with the number in each frame's first sample. */
const TOC_20_MS = 1 << 3;

class ScriptedEncoder implements PacketEncoder {
  readonly name: string;
  readonly events: EncoderEvents;
  readonly seen: number[] = [];
  /** Packets that are kept back until a flush or {@link release}. */
  readonly held: Uint8Array[] = [];
  holdsBack = false;
  closed = false;

  constructor(name: string, events: EncoderEvents) {
    this.name = name;
    this.events = events;
  }

  encode(chunk: Chunk): void {
    for (const [number = -1] of framesOf(chunk)) {
      this.seen.push(number);
      this.held.push(Uint8Array.of(TOC_20_MS, number));
    }
    if (!this.holdsBack) this.release();
  }

  release(): void {
    for (const packet of this.held.splice(0)) this.events.onPacket(packet);
  }

  flush(): Promise<void> {
    this.release();
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}

function scripted(name = 'first') {
  const made: ScriptedEncoder[] = [];
  const setUp = vi.fn((_encoder: ScriptedEncoder) => {});
  const factory: EncoderFactory = async (events) => {
    const encoder = new ScriptedEncoder(name, events);
    setUp(encoder);
    made.push(encoder);
    return encoder;
  };
  return { made, factory, setUp };
}

function steady(factories: readonly EncoderFactory[]) {
  const out: number[] = [];
  const opened: string[] = [];
  const failures: CaptureError[] = [];
  const encoder = new SteadyEncoder({
    factories,
    onPacket: (packet) => out.push(packet[1] ?? -1),
    onOpened: (name) => opened.push(name),
    onFailed: (error) => failures.push(error),
  });
  let next = 0;
  const speak = (frames: number, framesAtOnce = 1) => {
    for (let count = 0; count < frames; count += framesAtOnce) {
      const chunk = silence(framesAtOnce);
      for (const frame of framesOf(chunk)) frame.fill(next++ % 200);
      encoder.encode(chunk);
    }
  };
  return { encoder, out, opened, failures, speak };
}

const upTo = (end: number) => Array.from({ length: end }, (_, index) => index);
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('SteadyEncoder', () => {
  it('keeps frames that come before the encoder is open', async () => {
    const { factory } = scripted();
    const { encoder, out, opened, speak } = steady([factory]);
    speak(3);
    expect(out).toEqual([]);
    await encoder.flush();
    expect(out).toEqual([0, 1, 2]);
    expect(opened).toEqual(['first']);
  });

  it('goes on with the next encoder after an error, no frame lost and none twice', async () => {
    const { factory, made } = scripted();
    const { encoder, out, speak } = steady([factory]);
    speak(2);
    await settle();
    if (made[0]) made[0].holdsBack = true;
    speak(3);
    made[0]?.events.onError(new Error('reclaimed'));
    expect(made[0]?.closed).toBe(true);
    speak(2);
    await encoder.flush();
    expect(out).toEqual(upTo(7));
    expect(made[1]?.seen).toEqual([2, 3, 4, 5, 6]);
  });

  it('[INV2] gives the next encoder only those frames of a chunk that are not out yet', async () => {
    const { factory, made } = scripted();
    const { encoder, out, speak } = steady([factory]);
    speak(5, 5);
    await settle();
    if (made[0]) made[0].holdsBack = true;
    speak(10, 5);
    for (const packet of made[0]?.held.splice(0, 3) ?? []) made[0]?.events.onPacket(packet);
    made[0]?.events.onError(new Error('reclaimed'));
    speak(5, 5);
    await encoder.flush();
    expect(out).toEqual(upTo(20));
    expect(made[1]?.seen).toEqual(upTo(20).slice(8));
  });

  it('hears nothing more of an encoder that it left', async () => {
    const { factory, made } = scripted();
    const { encoder, out, speak } = steady([factory]);
    speak(1);
    await settle();
    if (made[0]) made[0].holdsBack = true;
    speak(1);
    made[0]?.events.onError(new Error('gone'));
    made[0]?.release();
    made[0]?.events.onError(new Error('gone again'));
    await encoder.flush();
    expect(out).toEqual([0, 1]);
    expect(made).toHaveLength(2);
  });

  it('takes the next kind at once where the first is unsupported', async () => {
    const { factory } = scripted('second');
    const unsupported = vi.fn(() => Promise.reject(new EncoderUnsupported('no')));
    const { encoder, out, opened, speak } = steady([unsupported, factory]);
    speak(4);
    await encoder.flush();
    expect(unsupported).toHaveBeenCalledTimes(1);
    expect(opened).toEqual(['second']);
    expect(out).toEqual(upTo(4));
  });

  it('takes the next kind where the first makes packets of another length', async () => {
    const first = scripted('first');
    first.setUp.mockImplementation((made) => {
      made.encode = () => made.events.onPacket(Uint8Array.of(0b11 << 3, 0));
    });
    const second = scripted('second');
    const { encoder, out, speak } = steady([first.factory, second.factory]);
    speak(3);
    await encoder.flush();
    expect(out).toEqual(upTo(3));
    expect(first.made).toHaveLength(1);
  });

  it('gives a kind up after three failures in a row, and says so when none is left', async () => {
    const factory = vi.fn(() => Promise.reject(new Error('broken')));
    const { encoder, failures, speak } = steady([factory, factory]);
    speak(1);
    await expect(encoder.flush()).rejects.toMatchObject({ code: 'encoder_failed' });
    expect(factory).toHaveBeenCalledTimes(6);
    expect(failures.map(({ code }) => code)).toEqual(['encoder_failed']);
    speak(5);
    expect(failures).toHaveLength(1);
  });

  it('survives an encoder that throws', async () => {
    const first = scripted('first');
    first.setUp.mockImplementation((made) => {
      made.encode = () => {
        throw new Error('closed codec');
      };
    });
    const second = scripted('second');
    const { encoder, out, speak } = steady([first.factory, second.factory]);
    speak(2);
    await encoder.flush();
    expect(out).toEqual([0, 1]);
    expect(first.made).toHaveLength(3);
  });

  it('leaves an encoder that has been silent for ten seconds', async () => {
    const { factory, made, setUp } = scripted();
    setUp.mockImplementationOnce((first) => {
      first.holdsBack = true;
    });
    const { encoder, out, speak } = steady([factory]);
    speak(1);
    await settle();
    speak(500);
    expect(made[0]?.closed).toBe(false);
    speak(1);
    expect(made[0]?.closed).toBe(true);
    await encoder.flush();
    expect(out).toHaveLength(502);
  });

  it('[INV4] gives up by name when an encoder falls two minutes behind', async () => {
    const { factory, made, setUp } = scripted();
    setUp.mockImplementation((slow) => {
      slow.holdsBack = true;
    });
    const { failures, speak } = steady([factory]);
    for (let second = 0; second < 130 && failures.length === 0; second += 1) {
      speak(50);
      await settle();
      const packet = made.at(-1)?.held.shift();
      if (packet) made.at(-1)?.events.onPacket(packet);
    }
    expect(failures.map(({ code }) => code)).toEqual(['encoder_failed']);
  });

  it('drops the packet too many that flushing an encoder with look-ahead gives', async () => {
    const { factory, setUp } = scripted();
    setUp.mockImplementation((made) => {
      made.flush = async () => made.events.onPacket(Uint8Array.of(TOC_20_MS, 99));
    });
    const { encoder, out, speak } = steady([factory]);
    speak(2);
    await settle();
    await encoder.flush();
    expect(out).toEqual([0, 1]);
  });

  it('pushes a kept back packet out with silence', async () => {
    const { factory, setUp } = scripted();
    setUp.mockImplementation((made) => {
      made.holdsBack = true;
      made.flush = async () => {
        while (made.held.length > 1) made.events.onPacket(made.held.shift() ?? new Uint8Array());
      };
    });
    const { encoder, out, speak } = steady([factory]);
    speak(3);
    await encoder.flush();
    expect(out).toEqual([0, 1, 2]);
  });

  it('opens no new encoder while nobody speaks', async () => {
    const { factory, made } = scripted();
    const { encoder, out, speak } = steady([factory]);
    speak(1);
    await settle();
    made[0]?.events.onError(new Error('reclaimed while idle'));
    await settle();
    expect(made).toHaveLength(1);
    speak(1);
    await encoder.flush();
    expect(out).toEqual([0, 1]);
  });

  it('closes an encoder that opens after the end', async () => {
    const { factory, made } = scripted();
    const { encoder, out, speak } = steady([factory]);
    speak(1);
    encoder.close();
    await settle();
    expect(made[0]?.closed).toBe(true);
    expect(out).toEqual([]);
  });
});
