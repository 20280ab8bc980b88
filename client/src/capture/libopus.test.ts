import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import OpusScript from 'opusscript';
import { describe, expect, it } from 'vitest';
import { CAPTURE_RATE, FRAME_SAMPLES, silence } from './audio-frame.ts';
import { LibopusEncoder, loadLibopus } from './libopus.ts';
import { opusPacketMs } from './opus-packet.ts';

const wasmPath = createRequire(import.meta.url).resolve('@evan/opus/wasm/opus.wasm');

async function openEncoder(): Promise<LibopusEncoder> {
  return new LibopusEncoder(await loadLibopus(await readFile(wasmPath)));
}

function tone(frames: number, hz: number): Float32Array[] {
  return Array.from({ length: frames }, (_, frame) =>
    Float32Array.from(
      { length: FRAME_SAMPLES },
      (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * (frame * FRAME_SAMPLES + n)) / CAPTURE_RATE),
    ),
  );
}

/** Strength of one frequency in 16-bit samples. */
function strength(samples: Int16Array, hz: number): number {
  let sin = 0;
  let cos = 0;
  for (const [n, sample] of samples.entries()) {
    sin += sample * Math.sin((2 * Math.PI * hz * n) / CAPTURE_RATE);
    cos += sample * Math.cos((2 * Math.PI * hz * n) / CAPTURE_RATE);
  }
  return Math.hypot(sin, cos) / samples.length;
}

describe('LibopusEncoder', () => {
  it('makes packets of 20 ms that another libopus decodes to the same tone', async () => {
    const encoder = await openEncoder();
    const decoder = new OpusScript(CAPTURE_RATE, 1, OpusScript.Application.VOIP);
    const decoded: number[] = [];
    for (const frame of tone(50, 440)) {
      const packet = encoder.encode(frame);
      expect(opusPacketMs(packet)).toBe(20);
      const pcm = decoder.decode(Buffer.from(packet));
      decoded.push(...new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength / 2));
    }
    decoder.delete();
    expect(decoded).toHaveLength(50 * FRAME_SAMPLES);
    const settled = Int16Array.from(decoded.slice(10 * FRAME_SAMPLES));
    expect(strength(settled, 440)).toBeGreaterThan(20 * strength(settled, 900));
  });

  it('survives samples beyond full scale', async () => {
    const encoder = await openEncoder();
    expect(opusPacketMs(encoder.encode(silence(1).fill(7)))).toBe(20);
  });

  it('refuses a frame of another length', async () => {
    const encoder = await openEncoder();
    expect(() => encoder.encode(new Float32Array(480))).toThrow('Expected a frame of 960 samples');
  });
});
