import { FRAME_MS } from '../../../shared/limits.ts';

/** Largest coded frame inside a packet (RFC 6716, section 3.2.1). */
const MAX_CODED_FRAME_BYTES = 1275;
/** Longest packet (RFC 6716, section 3.2.5). */
const MAX_PACKET_MS = 120;
/** A length whose first byte is at least this has a second byte (RFC 6716, section 3.2.1). */
const TWO_BYTE_LENGTH = 252;
/** A padding count of this value is followed by another (RFC 6716, section 3.2.5). */
const MORE_PADDING = 255;

/** Why a packet is not an Opus packet: the rules of RFC 6716, section 3.4. */
export type OpusFault =
  /** R1: no byte at all. */
  | 'empty'
  /** R2: a coded frame above 1275 bytes. */
  | 'frame_too_long'
  /** R3: two frames of equal size in an odd number of bytes. */
  | 'odd_length'
  /** R4, R7: a length that lies outside the packet. */
  | 'length_beyond_end'
  /** R5: no frame count byte. */
  | 'no_frame_count'
  /** R5: a frame count of 0. */
  | 'no_frames'
  /** R5: more than 120 ms. */
  | 'too_long'
  /** R6, R7: more padding than there are bytes. */
  | 'padding_beyond_end'
  /** R6: frames of equal size that do not fill the packet. */
  | 'uneven_length';

export type OpusInspection =
  | { kind: 'ok'; durationMs: number; frames: number; channels: 1 | 2 }
  | { kind: 'corrupt'; reason: OpusFault };

/** Frame durations of the configurations 0 to 31 (RFC 6716, table 2). */
const SILK_MS = [10, 20, 40, 60] as const;
const HYBRID_MS = [10, 20] as const;
const CELT_MS = [2.5, 5, 10, 20] as const;
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;

/**
 * Checks a packet's structure, not what is coded inside: FFmpeg drops a packet whose structure is
 * wrong and the samples behind it would slip, while any bits in a sound structure decode to
 * something of the right length. Source: RFC 6716, sections 3.1 to 3.4.
 */
export function inspectOpusPacket(packet: Uint8Array): OpusInspection {
  const toc = packet[0];
  if (toc === undefined) return corrupt('empty');
  const frameMs = frameMsOf(toc >> 3);
  const channels = (toc & 4) === 0 ? 1 : 2;
  const payloadBytes = packet.length - 1;
  switch (toc & 3) {
    case 0:
      if (payloadBytes > MAX_CODED_FRAME_BYTES) return corrupt('frame_too_long');
      return { kind: 'ok', durationMs: frameMs, frames: 1, channels };
    case 1:
      if (payloadBytes % 2 !== 0) return corrupt('odd_length');
      if (payloadBytes / 2 > MAX_CODED_FRAME_BYTES) return corrupt('frame_too_long');
      return { kind: 'ok', durationMs: 2 * frameMs, frames: 2, channels };
    case 2: {
      const fault = checkLengths(packet, 1, packet.length, 2);
      return fault ?? { kind: 'ok', durationMs: 2 * frameMs, frames: 2, channels };
    }
    default: {
      const frames = (packet[1] ?? 0) & 0x3f;
      const fault = checkManyFrames(packet, frames, frameMs);
      return fault ?? { kind: 'ok', durationMs: frames * frameMs, frames, channels };
    }
  }
}

/** Whether the packet is sound and lasts one frame of ours; else why not. */
export function frameFault(packet: Uint8Array): OpusFault | 'wrong_duration' | null {
  const inspection = inspectOpusPacket(packet);
  if (inspection.kind === 'corrupt') return inspection.reason;
  return inspection.durationMs === FRAME_MS ? null : 'wrong_duration';
}

type Corrupt = Extract<OpusInspection, { kind: 'corrupt' }>;

function corrupt(reason: OpusFault): Corrupt {
  return { kind: 'corrupt', reason };
}

function frameMsOf(configuration: number): number {
  if (configuration < FIRST_HYBRID) return SILK_MS[configuration & 3] ?? 0;
  if (configuration < FIRST_CELT) return HYBRID_MS[configuration & 1] ?? 0;
  return CELT_MS[configuration & 3] ?? 0;
}

/** Code 3: a count byte, padding, then frames of equal or of told sizes. */
function checkManyFrames(packet: Uint8Array, frames: number, frameMs: number): Corrupt | null {
  const countByte = packet[1];
  if (countByte === undefined) return corrupt('no_frame_count');
  if (frames === 0) return corrupt('no_frames');
  if (frames * frameMs > MAX_PACKET_MS) return corrupt('too_long');
  let offset = 2;
  let end = packet.length;
  if ((countByte & 0x40) !== 0) {
    for (let more = true; more; offset += 1) {
      const count = packet[offset];
      if (count === undefined) return corrupt('padding_beyond_end');
      more = count === MORE_PADDING;
      // The count byte 255 stands for 254 bytes of padding and another count byte.
      end -= more ? MORE_PADDING - 1 : count;
    }
    if (end < offset) return corrupt('padding_beyond_end');
  }
  if ((countByte & 0x80) !== 0) return checkLengths(packet, offset, end, frames);
  if ((end - offset) % frames !== 0) return corrupt('uneven_length');
  return (end - offset) / frames > MAX_CODED_FRAME_BYTES ? corrupt('frame_too_long') : null;
}

/** All frames but the last one tell their length, the last one takes the rest up to `end`. */
function checkLengths(
  packet: Uint8Array,
  start: number,
  end: number,
  frames: number,
): Corrupt | null {
  let offset = start;
  let told = 0;
  for (let frame = 1; frame < frames; frame += 1) {
    const first = packet[offset];
    if (first === undefined || offset >= end) return corrupt('length_beyond_end');
    offset += 1;
    told += first;
    if (first >= TWO_BYTE_LENGTH) {
      const second = packet[offset];
      if (second === undefined || offset >= end) return corrupt('length_beyond_end');
      offset += 1;
      // At most 255 + 4 × 255 = 1275 bytes: a told length cannot break R2.
      told += 4 * second;
    }
  }
  const rest = end - offset - told;
  if (rest < 0) return corrupt('length_beyond_end');
  return rest > MAX_CODED_FRAME_BYTES ? corrupt('frame_too_long') : null;
}
