import fc from 'fast-check';
import OpusScript from 'opusscript';

const RATE = 48_000;
const PACKET_SAMPLES = 960;
const SET_BITRATE = 4002;

/** Encodes 48 kHz samples (16 bit, interleaved) into 20 ms packets; a shorter rest is left out. */
export function encodePackets(
  samples: Int16Array,
  bitrate = 24_000,
  channels: 1 | 2 = 1,
): Uint8Array[] {
  const encoder = new OpusScript(RATE, channels, OpusScript.Application.VOIP);
  try {
    encoder.encoderCTL(SET_BITRATE, bitrate);
    const packets: Uint8Array[] = [];
    const step = PACKET_SAMPLES * channels;
    for (let at = 0; at + step <= samples.length; at += step) {
      const frame = Buffer.from(samples.slice(at, at + step).buffer);
      packets.push(new Uint8Array(encoder.encode(frame, PACKET_SAMPLES)));
    }
    return packets;
  } finally {
    encoder.delete();
  }
}

/** Packets of a voice-like sound: a gliding buzz, syllable by syllable. */
export function spokenPackets(count: number, bitrate = 24_000): Uint8Array[] {
  const samples = Int16Array.from({ length: count * PACKET_SAMPLES }, (_, index) => {
    const seconds = index / RATE;
    const pitch = 120 + 30 * Math.sin(2 * Math.PI * 0.7 * seconds);
    const loudness = Math.max(0, Math.sin(2 * Math.PI * 3 * seconds));
    let sum = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic += 1) {
      sum += Math.sin(2 * Math.PI * harmonic * pitch * seconds) / harmonic;
    }
    return Math.round(6000 * loudness * sum);
  });
  return encodePackets(samples, bitrate);
}

/** Packets in which the frames named by `isLoud` hold a 1 kHz tone and all others silence. */
export function burstPackets(count: number, isLoud: (frame: number) => boolean): Uint8Array[] {
  const samples = Int16Array.from({ length: count * PACKET_SAMPLES }, (_, index) =>
    isLoud(Math.floor(index / PACKET_SAMPLES))
      ? Math.round(20_000 * Math.sin((2 * Math.PI * 1000 * index) / RATE))
      : 0,
  );
  return encodePackets(samples, 64_000);
}

export interface AnyOpusPacket {
  readonly packet: Uint8Array;
  readonly durationMs: number;
  readonly frames: number;
}

/** Any packet that follows RFC 6716, section 3: every configuration and packing, random content. */
export function anyOpusPacket(
  onlyMs: number | null = null,
  maxFrameBytes = 200,
): fc.Arbitrary<AnyOpusPacket> {
  const shapes = allShapes().filter(({ ms }) => onlyMs === null || ms === onlyMs);
  return fc
    .record({
      shape: fc.constantFrom(...shapes),
      stereo: fc.boolean(),
      content: fc.array(fc.uint8Array({ maxLength: maxFrameBytes }), {
        minLength: 48,
        maxLength: 48,
      }),
      padding: fc.option(fc.nat(600)),
      told: fc.boolean(),
    })
    .map(({ shape, stereo, content, padding, told }) => ({
      packet: pack(
        (shape.configuration << 3) | (stereo ? 4 : 0) | shape.code,
        content.slice(0, shape.frames),
        { padding, told },
      ),
      durationMs: shape.ms,
      frames: shape.frames,
    }));
}

interface Shape {
  readonly configuration: number;
  readonly code: number;
  readonly frames: number;
  readonly ms: number;
}

function allShapes(): Shape[] {
  const shapes: Shape[] = [];
  for (let configuration = 0; configuration < 32; configuration += 1) {
    const silk = [10, 20, 40, 60][configuration & 3] ?? 0;
    const celt = [2.5, 5, 10, 20][configuration & 3] ?? 0;
    const hybrid = configuration % 2 === 0 ? 10 : 20;
    const frameMs = configuration < 12 ? silk : configuration < 16 ? hybrid : celt;
    for (const [code, frames] of [[0, 1] as const, [1, 2] as const, [2, 2] as const]) {
      shapes.push({ configuration, code, frames, ms: frames * frameMs });
    }
    for (let frames = 1; frames * frameMs <= 120; frames += 1) {
      shapes.push({ configuration, code: 3, frames, ms: frames * frameMs });
    }
  }
  return shapes;
}

function pack(
  toc: number,
  content: readonly Uint8Array[],
  { padding, told }: { padding: number | null; told: boolean },
): Uint8Array {
  const [first = new Uint8Array()] = content;
  const equal = content.map(() => first).flatMap((frame) => [...frame]);
  const lengths = content.slice(0, -1).flatMap((frame) => lengthBytes(frame.length));
  const all = content.flatMap((frame) => [...frame]);
  switch (toc & 3) {
    case 0:
    case 1:
      return Uint8Array.from([toc, ...equal]);
    case 2:
      return Uint8Array.from([toc, ...lengths, ...all]);
    default: {
      const count = content.length | (told ? 0x80 : 0) | (padding === null ? 0 : 0x40);
      const counts = padding === null ? [] : paddingBytes(padding);
      const body = told ? [...lengths, ...all] : equal;
      return Uint8Array.from([toc, count, ...counts, ...body, ...Array(padding ?? 0).fill(0)]);
    }
  }
}

/** RFC 6716, section 3.2.1. */
function lengthBytes(length: number): number[] {
  if (length < 252) return [length];
  const first = 252 + (length % 4);
  return [first, (length - first) / 4];
}

/** RFC 6716, section 3.2.5. */
function paddingBytes(padding: number): number[] {
  return [...Array(Math.floor(padding / 254)).fill(255), padding % 254];
}
