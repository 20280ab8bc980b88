import type { DecoderPool } from '../../server/src/audio/decoder-pool.ts';

/** What the server hears of these packets: 16 kHz mono through its own decoder. */
export async function decodePackets(
  packets: readonly Uint8Array[],
  pool: DecoderPool,
  signal: AbortSignal,
): Promise<Float32Array> {
  const decoder = await pool.acquire(signal);
  try {
    const fed = (async () => {
      for (const packet of packets) await decoder.write(packet);
      await decoder.end();
    })();
    fed.catch(() => undefined);
    const parts: Float32Array[] = [];
    for await (const samples of decoder.samples()) parts.push(samples.slice());
    await fed;
    const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  } finally {
    await decoder.close();
  }
}
