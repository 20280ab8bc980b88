import { describe, expect, it } from 'vitest';
import { opusPacketMs } from './opus-packet.ts';

/** Builds the first byte: configuration, mono, frame count code (RFC 6716, section 3.1). */
function toc(config: number, code: number): number {
  return (config << 3) | code;
}

describe('opusPacketMs', () => {
  it('reads one frame of each mode', () => {
    expect(opusPacketMs(Uint8Array.of(toc(1, 0), 1))).toBe(20);
    expect(opusPacketMs(Uint8Array.of(toc(3, 0), 1))).toBe(60);
    expect(opusPacketMs(Uint8Array.of(toc(13, 0), 1))).toBe(20);
    expect(opusPacketMs(Uint8Array.of(toc(16, 0), 1))).toBe(2.5);
    expect(opusPacketMs(Uint8Array.of(toc(31, 0), 1))).toBe(20);
  });

  it('counts the frames of a packet', () => {
    expect(opusPacketMs(Uint8Array.of(toc(0, 1), 1))).toBe(20);
    expect(opusPacketMs(Uint8Array.of(toc(1, 2), 1))).toBe(40);
    expect(opusPacketMs(Uint8Array.of(toc(1, 3), 3))).toBe(60);
    expect(opusPacketMs(Uint8Array.of(toc(1, 3)))).toBe(0);
  });

  it('is 0 for an empty packet', () => {
    expect(opusPacketMs(new Uint8Array())).toBe(0);
  });
});
