import fc from 'fast-check';
import OpusScript from 'opusscript';
import { describe, expect, test } from 'vitest';
import { frameFault, inspectOpusPacket } from './opus-packet.ts';
import { anyOpusPacket, spokenPackets } from './testing/opus-packets.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const celt20 = 31 << 3;
const celt10 = 30 << 3;
const celt5 = 29 << 3;
const silk60 = 3 << 3;

describe('inspectOpusPacket', () => {
  test.each([
    ['silk, 60 ms', bytes(silk60, 1), 60, 1],
    ['hybrid, 10 ms', bytes(12 << 3, 1), 10, 1],
    ['celt, 2.5 ms', bytes(28 << 3, 1), 2.5, 1],
    ['nothing but the first byte', bytes(celt20), 20, 1],
    ['two equal frames', bytes(celt10 | 1, 1, 2, 3, 4), 20, 2],
    ['two equal frames without a byte', bytes(celt10 | 1), 20, 2],
    ['two frames', bytes(celt10 | 2, 1, 7, 8, 9), 20, 2],
    ['two frames, the second empty', bytes(celt10 | 2, 1, 7), 20, 2],
    ['four equal frames', bytes(celt5 | 3, 4, 1, 2, 3, 4), 20, 4],
    ['four frames of told sizes', bytes(celt5 | 3, 0x84, 1, 0, 2, 1, 2, 2, 9, 9), 20, 4],
    ['padding', bytes(celt20 | 3, 0x41, 2, 5, 0, 0), 20, 1],
    ['nothing but padding', bytes(celt20 | 3, 0x41, 1, 0), 20, 1],
  ])('%s', (_, packet, durationMs, frames) => {
    expect(inspectOpusPacket(packet)).toEqual({ kind: 'ok', durationMs, frames, channels: 1 });
  });

  test('tells stereo', () => {
    expect(inspectOpusPacket(bytes(celt20 | 4, 1))).toMatchObject({ kind: 'ok', channels: 2 });
  });

  test.each([
    ['R1', 'empty', bytes()],
    ['R2, code 0', 'frame_too_long', filled(celt20, 1277)],
    ['R2, code 1', 'frame_too_long', filled(celt10 | 1, 1 + 2 * 1276)],
    ['R2, code 2', 'frame_too_long', filled(celt10 | 2, 2 + 1276, 0)],
    ['R2, code 3, equal sizes', 'frame_too_long', filled(celt20 | 3, 2 + 1276, 1)],
    ['R2, code 3, told sizes', 'frame_too_long', filled(celt10 | 3, 3 + 1276, 0x82, 0)],
    ['R3', 'odd_length', bytes(celt10 | 1, 1, 2, 3)],
    ['R4, no length', 'length_beyond_end', bytes(celt10 | 2)],
    ['R4, half a length', 'length_beyond_end', bytes(celt10 | 2, 252)],
    ['R4, beyond the end', 'length_beyond_end', bytes(celt10 | 2, 3, 1, 2)],
    ['R5, no count', 'no_frame_count', bytes(celt20 | 3)],
    ['R5, no frames', 'no_frames', bytes(celt20 | 3, 0)],
    ['R5, 140 ms', 'too_long', bytes(celt20 | 3, 7)],
    ['R6, uneven', 'uneven_length', bytes(celt10 | 3, 2, 1, 2, 3)],
    ['R6, no padding count', 'padding_beyond_end', bytes(celt20 | 3, 0x41)],
    ['R6, padding without an end', 'padding_beyond_end', bytes(celt20 | 3, 0x41, 255)],
    ['R6, too much padding', 'padding_beyond_end', bytes(celt20 | 3, 0x41, 3, 0, 0)],
    ['R7, no length', 'length_beyond_end', bytes(celt10 | 3, 0x82)],
    ['R7, half a length', 'length_beyond_end', bytes(celt10 | 3, 0x82, 253)],
    ['R7, beyond the end', 'length_beyond_end', bytes(celt10 | 3, 0x82, 2, 1)],
    ['R7, length inside the padding', 'length_beyond_end', bytes(celt10 | 3, 0xc2, 1, 0)],
  ])('%s: %s', (_, reason, packet) => {
    expect(inspectOpusPacket(packet)).toEqual({ kind: 'corrupt', reason });
  });

  test('long padding is counted in steps of 254', () => {
    const packet = new Uint8Array(2 + 2 + 1 + 254 + 3);
    packet.set([celt20 | 3, 0x41, 255, 3]);
    expect(inspectOpusPacket(packet)).toMatchObject({ kind: 'ok', durationMs: 20 });
    expect(inspectOpusPacket(packet.subarray(0, 2 + 2 + 254 + 3))).toMatchObject({ kind: 'ok' });
    expect(inspectOpusPacket(packet.subarray(0, 2 + 2 + 254 + 2))).toEqual({
      kind: 'corrupt',
      reason: 'padding_beyond_end',
    });
  });

  test('accepts whatever an encoder makes', () => {
    for (const packet of spokenPackets(100)) {
      expect(inspectOpusPacket(packet)).toMatchObject({ kind: 'ok', durationMs: 20, channels: 1 });
    }
  });

  test('accepts every packet that follows the rules, of any configuration', () => {
    fc.assert(
      fc.property(anyOpusPacket(), ({ packet, durationMs, frames }) => {
        expect(inspectOpusPacket(packet)).toMatchObject({ kind: 'ok', durationMs, frames });
      }),
      { numRuns: 500 },
    );
  });

  test('what it accepts, libopus decodes to that many samples; mutations and noise alike', () => {
    const real = spokenPackets(20);
    const mutated = fc
      .record({
        packet: fc.constantFrom(...real),
        at: fc.nat(200),
        byte: fc.nat(255),
        length: fc.nat(200),
      })
      .map(({ packet, at, byte, length }) => {
        const copy = packet.slice(0, Math.max(1, Math.min(packet.length, length)));
        copy[at % copy.length] = byte;
        copy[0] = (copy[0] ?? 0) ^ (at % 4);
        return copy;
      });
    const decoder = new OpusScript(48_000, 1, OpusScript.Application.VOIP);
    try {
      fc.assert(
        fc.property(fc.oneof(mutated, fc.uint8Array({ minLength: 1, maxLength: 60 })), (packet) => {
          const inspection = inspectOpusPacket(packet);
          const samples = decodedSamples(decoder, packet);
          // opusscript takes at most 60 ms, and conceals as much where a packet holds no byte of sound.
          if (inspection.kind === 'corrupt') expect(samples).toBeNull();
          else if (packet.length > 2 && inspection.durationMs <= 60)
            expect(samples).toBe(inspection.durationMs * 48);
          else expect(samples).not.toBeNull();
        }),
        { numRuns: 2000 },
      );
    } finally {
      decoder.delete();
    }
  });
});

describe('frameFault', () => {
  test('only 20 ms are a frame', () => {
    expect(frameFault(bytes(celt20, 1))).toBeNull();
    expect(frameFault(bytes(celt10, 1))).toBe('wrong_duration');
    expect(frameFault(bytes(silk60, 1))).toBe('wrong_duration');
    expect(frameFault(bytes())).toBe('empty');
  });
});

function filled(toc: number, length: number, ...next: number[]): Uint8Array {
  const packet = new Uint8Array(length);
  packet.set([toc, ...next]);
  return packet;
}

/** What libopus makes of a packet; null where it refuses. */
function decodedSamples(decoder: OpusScript, packet: Uint8Array): number | null {
  try {
    return decoder.decode(Buffer.from(packet)).length / 2;
  } catch {
    // Its way to refuse.
    return null;
  }
}
