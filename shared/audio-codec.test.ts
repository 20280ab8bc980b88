import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AUDIO_HEADER_BYTES,
  type AudioMessage,
  decodeAudio,
  encodeAudio,
  MAX_AUDIO_MESSAGE_BYTES,
  MAX_SEQ,
} from './audio-codec.ts';
import { AppError } from './errors.ts';
import { MAX_FRAME_BYTES, MAX_FRAMES_PER_MESSAGE, MAX_SOCKET_MESSAGE_BYTES } from './limits.ts';

const frame = fc.uint8Array({ minLength: 1, maxLength: 80 });
const message: fc.Arbitrary<AudioMessage> = fc.record({
  firstSeq: fc.integer({ min: 0, max: MAX_SEQ - MAX_FRAMES_PER_MESSAGE }),
  epoch: fc.integer({ min: 0, max: 0xffff_ffff }),
  frames: fc.array(frame, { minLength: 1, maxLength: MAX_FRAMES_PER_MESSAGE }),
});

const malformed = expect.objectContaining({ code: 'audio_malformed' });

test('whatever is encoded comes back the same', () => {
  fc.assert(
    fc.property(message, (sent) => {
      const got = decodeAudio(encodeAudio(sent));
      expect(got).toEqual(sent);
    }),
  );
});

test('the bytes lie as docs/protocol.md says', () => {
  const bytes = encodeAudio({
    firstSeq: 0x01020304,
    epoch: 0x0a0b0c0d,
    frames: [Uint8Array.of(7, 8), Uint8Array.of(9)],
  });
  expect([...bytes]).toEqual([
    ...[1, 0, 0, 2],
    ...[1, 2, 3, 4],
    ...[10, 11, 12, 13],
    ...[0, 2, 0, 1],
    ...[7, 8, 9],
  ]);
});

test('a view into a larger buffer is read at its own place', () => {
  const bytes = encodeAudio({ firstSeq: 5, epoch: 1, frames: [Uint8Array.of(1, 2, 3)] });
  const larger = new Uint8Array(bytes.length + 20);
  larger.set(bytes, 9);
  expect(decodeAudio(larger.subarray(9, 9 + bytes.length)).frames).toEqual([
    Uint8Array.of(1, 2, 3),
  ]);
});

describe('[INV4] every length must add up', () => {
  test('a message cut anywhere, or longer by anything, is malformed', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.uint8Array({ minLength: 1 }), (sent, cut, more) => {
        const whole = encodeAudio(sent);
        expect(() => decodeAudio(whole.subarray(0, cut % whole.length))).toThrow(malformed);
        expect(() => decodeAudio(Uint8Array.from([...whole, ...more]))).toThrow(malformed);
      }),
    );
  });

  test('any bytes at all are either a message or malformed, never anything else', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      // Bytes that begin like a message reach the deeper checks.
      fc.uint8Array({ maxLength: 300 }).map((rest) => Uint8Array.from([1, 0, 0, 2, ...rest])),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          const { frames } = decodeAudio(bytes);
          expect(frames.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect(error).toMatchObject({ code: 'audio_malformed' });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a good message with some bytes changed is a message within all limits, or malformed', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    // Most of what matters is in the header and the lengths behind it.
    const early = fc.record({ at: fc.nat(40), byte: fc.constantFrom(0, 1, 50, 51, 128, 255) });
    const changes = fc.array(fc.oneof(change, early), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(message, changes, (sent, made) => {
        const bytes = encodeAudio(sent);
        for (const { at, byte } of made) bytes[at % bytes.length] = byte;
        try {
          const { firstSeq, frames } = decodeAudio(bytes);
          expect(frames.length).toBeLessThanOrEqual(MAX_FRAMES_PER_MESSAGE);
          expect(firstSeq + frames.length - 1).toBeLessThanOrEqual(MAX_SEQ);
          for (const { byteLength } of frames) {
            expect(byteLength).toBeGreaterThan(0);
            expect(byteLength).toBeLessThanOrEqual(MAX_FRAME_BYTES);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'audio_malformed' });
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['no frames', []],
    ['too many frames', Array.from({ length: MAX_FRAMES_PER_MESSAGE + 1 }, () => Uint8Array.of(1))],
    ['an empty frame', [new Uint8Array(0)]],
    ['a frame too long', [new Uint8Array(MAX_FRAME_BYTES + 1)]],
  ])('%s can not be encoded', (_name, frames) => {
    expect(() => encodeAudio({ firstSeq: 0, epoch: 0, frames })).toThrow(malformed);
  });

  test('a seq that would overflow, another version and a used reserved byte are malformed', () => {
    const bytes = encodeAudio({
      firstSeq: 0,
      epoch: 0,
      frames: [Uint8Array.of(1), Uint8Array.of(2)],
    });
    const changed = (at: number, value: number) => {
      const copy = bytes.slice();
      copy[at] = value;
      return copy;
    };
    expect(() => decodeAudio(changed(0, 2))).toThrow(malformed);
    expect(() => decodeAudio(changed(1, 1))).toThrow(malformed);
    const late = bytes.slice();
    late.fill(0xff, 4, 8);
    expect(() => decodeAudio(late)).toThrow(malformed);
  });

  test("the largest message passes Socket.IO's limit, so that the codec is what refuses", () => {
    const frames = Array.from(
      { length: MAX_FRAMES_PER_MESSAGE },
      () => new Uint8Array(MAX_FRAME_BYTES),
    );
    const largest = encodeAudio({ firstSeq: 0, epoch: 0, frames });
    expect(largest.length).toBe(MAX_AUDIO_MESSAGE_BYTES);
    expect(decodeAudio(largest).frames).toHaveLength(MAX_FRAMES_PER_MESSAGE);
    expect(MAX_SOCKET_MESSAGE_BYTES).toBeGreaterThan(2 * MAX_AUDIO_MESSAGE_BYTES);
    expect(AUDIO_HEADER_BYTES).toBe(12);
  });
});
