import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SAMPLES_PER_FRAME, WARM_UP_FRAMES } from '../../../shared/limits.ts';
import { SILENT_PACKET } from './ffmpeg-decoder.ts';
import {
  MAX_AHEAD_FRAMES,
  MAX_LOSSES_PER_FRAME,
  MAX_REPLACEMENTS,
  OpusDecoderStream,
  REPLACEMENT_LIMIT_MS,
  REPLACEMENT_WINDOW_MS,
} from './opus-decoder-stream.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import { ScriptedDecoder } from './scripted-decoder.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A sound 20 ms packet that the scripted decoder turns into samples of value / 256. */
const packet = (value: number) => Uint8Array.of(0xf8, value);
const silence = (SILENT_PACKET[1] ?? 0) / 256;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A stream whose decoders are scripted; each lost one is replaced by another with `answers`. */
function scripted(answers: 'at_once' | 'when_told' = 'at_once', maxAheadFrames?: number) {
  const decoders: ScriptedDecoder[] = [];
  const next = (): ScriptedDecoder => {
    const decoder = new ScriptedDecoder({ answers });
    decoders.push(decoder);
    return decoder;
  };
  const released = vi.fn();
  const replace = vi.fn((_: AbortSignal): Promise<PacketDecoder> => Promise.resolve(next()));
  const ahead = maxAheadFrames === undefined ? {} : { maxAheadFrames };
  const stream = new OpusDecoderStream({ decoder: next(), replace, released, ...ahead });
  const newest = (): ScriptedDecoder => {
    const decoder = decoders.at(-1);
    if (decoder === undefined) throw new Error('Expected a decoder, got none.');
    return decoder;
  };
  return { stream, decoders, newest, replace, released };
}

/** Reads everything; answers one value a frame, after checking that each frame is whole. */
async function frameValues(stream: OpusDecoderStream): Promise<number[]> {
  const values: number[] = [];
  for await (const samples of stream.samples()) {
    expect(samples.length % SAMPLES_PER_FRAME).toBe(0);
    for (let at = 0; at < samples.length; at += SAMPLES_PER_FRAME) {
      const frame = samples.subarray(at, at + SAMPLES_PER_FRAME);
      expect(new Set(frame).size).toBe(1);
      values.push((frame[0] ?? Number.NaN) * 256);
    }
  }
  return values;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('frames and samples', () => {
  test('320 samples for each packet, in order, then the end', async () => {
    const { stream, released } = scripted();
    const read = frameValues(stream);
    for (const value of upTo(10)) await stream.write(packet(value));
    await stream.end();
    expect(await read).toEqual(upTo(10));
    expect(stream.counters).toEqual({ frames: 10, concealed: 0, corrupt: 0, replaced: 0 });
    expect(released).not.toHaveBeenCalled();
    await stream.close();
    expect(released).toHaveBeenCalledTimes(1);
  });

  test('missing frames and packets that are no frame become silence, and are counted', async () => {
    const { stream } = scripted();
    const read = frameValues(stream);
    await stream.write(packet(1));
    await stream.write(null);
    await stream.write(new Uint8Array());
    await stream.write(Uint8Array.of((3 << 3) | 0, 1, 2));
    await stream.write(Uint8Array.of(0xfb, 0));
    await stream.write(packet(2));
    await stream.end();
    const quiet = silence * 256;
    expect(await read).toEqual([1, quiet, quiet, quiet, quiet, 2]);
    expect(stream.counters).toMatchObject({ frames: 6, concealed: 1, corrupt: 3 });
    await stream.close();
  });

  test('a packet may be overwritten as soon as write was called', async () => {
    const { stream, newest } = scripted('when_told');
    const mine = packet(5);
    await stream.write(mine);
    mine.fill(0);
    newest().die();
    await settled();
    newest().answer();
    expect(newest().fed).toEqual([packet(5)]);
    await stream.close();
  });

  test('samples that came together are read together', async () => {
    const { stream } = scripted();
    for (const value of upTo(3)) await stream.write(packet(value));
    const { value } = await stream.samples().next();
    expect(value).toHaveLength(3 * SAMPLES_PER_FRAME);
    await stream.close();
  });

  test.each([
    ['as many as ever', undefined, MAX_AHEAD_FRAMES],
    ['as many as STREAM_BUFFER_SIZE says', 30, 30],
  ])('[INV4] write waits while nobody reads: %s', async (_name, setting, frames) => {
    const { stream, newest } = scripted('at_once', setting);
    for (const value of upTo(frames)) await stream.write(packet(value % 256));
    const further = vi.fn();
    const waiting = stream.write(packet(1)).then(further);
    await settled();
    expect(further).not.toHaveBeenCalled();
    expect(newest().fed).toHaveLength(frames);
    await stream.samples().next();
    await waiting;
    expect(newest().fed).toHaveLength(frames + 1);
    await stream.close();
  });

  test('[INV4] write waits while nothing comes out', async () => {
    const { stream, newest } = scripted('when_told');
    const read = frameValues(stream);
    for (const value of upTo(MAX_AHEAD_FRAMES)) await stream.write(packet(value % 256));
    const further = vi.fn();
    const waiting = stream.write(packet(1)).then(further);
    await settled();
    expect(further).not.toHaveBeenCalled();
    newest().answer(1);
    await waiting;
    await stream.close();
    await read;
  });

  test('end waits for what is under way', async () => {
    const { stream, newest } = scripted('when_told');
    const read = frameValues(stream);
    for (const value of upTo(4)) await stream.write(packet(value));
    const over = vi.fn();
    const ended = stream.end().then(over);
    newest().answer(3);
    await settled();
    expect(over).not.toHaveBeenCalled();
    newest().answer(1);
    await ended;
    expect(await read).toEqual(upTo(4));
    await expect(stream.write(packet(1))).rejects.toThrow(/Expected no frame after the end/i);
    await stream.close();
  });

  test('one writer, one reader', async () => {
    const { stream } = scripted('when_told');
    for (const value of upTo(MAX_AHEAD_FRAMES)) await stream.write(packet(value % 256));
    const waiting = stream.write(packet(1));
    await expect(stream.write(packet(2))).rejects.toThrow(/one write at a time/);
    const reading = stream.samples().next();
    await expect(stream.samples().next()).rejects.toThrow(/one reader/);
    await stream.close();
    await expect(waiting).rejects.toThrow(/closed/);
    expect((await reading).done).toBe(true);
  });
});

describe('a decoder that is lost', () => {
  test('neither lost nor doubled samples: the next one is fed what is owed, warmed up', async () => {
    const { stream, decoders, newest } = scripted('when_told');
    const read = frameValues(stream);
    for (const value of upTo(20)) await stream.write(packet(value));
    newest().answer(12);
    newest().die();
    await stream.write(packet(20));
    await settled();
    expect(decoders).toHaveLength(2);
    expect(newest().fed.map((each) => each[1])).toEqual(upTo(21).slice(12 - WARM_UP_FRAMES));
    await stream.write(packet(21));
    // The answers do not keep to the border between warm-up and what is owed.
    newest().answer(WARM_UP_FRAMES - 2);
    newest().answer(4);
    newest().answer();
    await stream.end();
    expect(await read).toEqual(upTo(22));
    expect(stream.counters).toMatchObject({ frames: 22, replaced: 1, concealed: 0 });
    await stream.close();
  });

  test('what the old one still says is not heard', async () => {
    const { stream, decoders, newest } = scripted('when_told');
    const read = frameValues(stream);
    for (const value of upTo(3)) await stream.write(packet(value));
    newest().die();
    await settled();
    decoders[0]?.answer(2);
    newest().answer();
    await stream.end();
    expect(await read).toEqual(upTo(3));
    await stream.close();
  });

  test('losing one while nothing is owed goes unheard', async () => {
    const { stream, newest } = scripted();
    const read = frameValues(stream);
    for (let death = 0; death < MAX_REPLACEMENTS; death += 1) {
      newest().die();
      await settled();
    }
    await stream.write(packet(1));
    await stream.end();
    expect(await read).toEqual([1]);
    expect(stream.counters).toMatchObject({ replaced: MAX_REPLACEMENTS, corrupt: 0 });
    await stream.close();
  });

  test('[INV4] one too many within a minute is decoder_failed, for writer and reader', async () => {
    const { stream, newest, replace } = scripted('when_told');
    const read = expect(frameValues(stream)).rejects.toMatchObject({
      code: 'decoder_failed',
      retryable: true,
    });
    for (let death = 0; death <= MAX_REPLACEMENTS; death += 1) {
      await stream.write(packet(death));
      newest().answer();
      newest().die('hung');
      await settled();
    }
    expect(replace).toHaveBeenCalledTimes(MAX_REPLACEMENTS);
    await read;
    await expect(stream.write(packet(1))).rejects.toMatchObject({ code: 'decoder_failed' });
    await expect(stream.end()).rejects.toMatchObject({ code: 'decoder_failed' });
    await stream.close();
  });

  test('the minute slides', async () => {
    const { stream, newest } = scripted();
    for (let death = 0; death <= MAX_REPLACEMENTS; death += 1) {
      newest().die();
      await settled();
      await vi.advanceTimersByTimeAsync(REPLACEMENT_WINDOW_MS / MAX_REPLACEMENTS + 1);
    }
    await stream.write(packet(1));
    expect(stream.counters.replaced).toBe(MAX_REPLACEMENTS + 1);
    await stream.close();
  });

  test('a frame over which several were lost is left out', async () => {
    const { stream, newest } = scripted('when_told');
    const read = frameValues(stream);
    for (const value of upTo(4)) await stream.write(packet(value));
    newest().answer(2);
    for (let loss = 0; loss < MAX_LOSSES_PER_FRAME; loss += 1) {
      expect(newest().fed).toContainEqual(packet(2));
      newest().die();
      await settled();
    }
    expect(newest().fed).not.toContainEqual(packet(2));
    newest().answer();
    await stream.end();
    expect(await read).toEqual([0, 1, silence * 256, 3]);
    expect(stream.counters).toMatchObject({ corrupt: 1, replaced: MAX_LOSSES_PER_FRAME });
    await stream.close();
  });

  test('samples that came before are read before the failure', async () => {
    const { stream, newest, replace } = scripted('when_told');
    replace.mockRejectedValue(new Error('no more processes'));
    await stream.write(packet(7));
    newest().answer();
    newest().die();
    await settled();
    const samples = stream.samples();
    expect((await samples.next()).value?.[0]).toBeCloseTo(7 / 256);
    await expect(samples.next()).rejects.toMatchObject({ code: 'decoder_failed' });
    await stream.close();
  });

  test('[INV4] a replacement that does not come in time is decoder_failed', async () => {
    const { stream, newest, replace } = scripted();
    replace.mockImplementation((signal) => rejectOnAbort(signal));
    newest().die();
    await settled();
    await stream.write(packet(1));
    const ended = expect(stream.end()).rejects.toMatchObject({ code: 'decoder_failed' });
    await vi.advanceTimersByTimeAsync(REPLACEMENT_LIMIT_MS);
    await ended;
    await stream.close();
  });
});

describe('closing', () => {
  test('is idempotent, closes the decoder and releases once', async () => {
    const { stream, newest, released } = scripted();
    await Promise.all([stream.close(), stream.close()]);
    await stream.close();
    expect(newest().closed).toBe(true);
    expect(released).toHaveBeenCalledTimes(1);
    await expect(stream.write(packet(1))).rejects.toThrow(/closed/);
  });

  test('is no loss: nothing is replaced, and the reader just ends', async () => {
    const { stream, replace } = scripted();
    const read = frameValues(stream);
    await stream.close();
    await settled();
    expect(await read).toEqual([]);
    expect(replace).not.toHaveBeenCalled();
  });

  test('in the middle of a replacement: the wait is aborted', async () => {
    const { stream, newest, replace, released } = scripted();
    replace.mockImplementation((signal) => rejectOnAbort(signal));
    newest().die();
    await settled();
    await stream.close();
    expect(released).toHaveBeenCalledTimes(1);
  });

  test('in the middle of a replacement: a decoder that still comes is closed too', async () => {
    const { stream, newest, replace, released } = scripted();
    const late = new ScriptedDecoder();
    const { promise, resolve } = withResolver<PacketDecoder>();
    replace.mockReturnValue(promise);
    newest().die();
    await settled();
    const closed = stream.close();
    await settled();
    expect(released).not.toHaveBeenCalled();
    resolve(late);
    await closed;
    expect(late.closed).toBe(true);
    expect(released).toHaveBeenCalledTimes(1);
  });

  test('after a failure releases as well', async () => {
    const { stream, newest, replace, released } = scripted();
    replace.mockRejectedValue(new Error('no more processes'));
    newest().die();
    await settled();
    expect(released).not.toHaveBeenCalled();
    await stream.close();
    expect(released).toHaveBeenCalledTimes(1);
  });
});

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

function withResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
