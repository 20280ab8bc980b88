import { SAMPLES_PER_FRAME } from '../../../../shared/limits.ts';
import type { OpusDecoderStream } from '../opus-decoder-stream.ts';

/**
 * Writes all packets, ends the stream, and answers everything that came out. Before each frame the
 * test may do something, knowing how many frames were heard so far.
 */
export async function decodeAll(
  stream: OpusDecoderStream,
  packets: Iterable<Uint8Array | null>,
  beforeFrame: (frame: number, heardFrames: () => number) => void | Promise<void> = () => {},
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  let heard = 0;
  const reading = (async () => {
    for await (const samples of stream.samples()) {
      parts.push(samples);
      heard += samples.length;
    }
  })();
  const writing = (async () => {
    let frame = 0;
    for (const packet of packets) {
      await beforeFrame(frame, () => heard / SAMPLES_PER_FRAME);
      await stream.write(packet);
      frame += 1;
    }
    await stream.end();
  })();
  await Promise.all([reading, writing]);
  const whole = new Float32Array(heard);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** By how many samples `heard` lags behind `sent`, between 0 and `maxLag`: the best correlation. */
export function lagBehind(sent: Float32Array, heard: Float32Array, maxLag: number): number {
  let best = { lag: -1, correlation: -Infinity };
  for (let lag = 0; lag <= maxLag; lag += 1) {
    let correlation = 0;
    const length = Math.min(sent.length, heard.length - lag);
    for (let at = 0; at < length; at += 1) {
      correlation += (sent[at] ?? 0) * (heard[at + lag] ?? 0);
    }
    if (correlation > best.correlation) best = { lag, correlation };
  }
  return best.lag;
}

/** Root mean square of [from, to). */
export function loudness(samples: Float32Array, from = 0, to = samples.length): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += (samples[at] ?? 0) ** 2;
  return Math.sqrt(sum / Math.max(1, to - from));
}

/** How far two signals of the same length lie apart, relative to the first, in [from, to). */
export function distance(a: Float32Array, b: Float32Array, from = 0, to = a.length): number {
  const difference = a.map((sample, at) => sample - (b[at] ?? 0));
  return loudness(difference, from, to) / loudness(a, from, to);
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: it is gone, and its parent has noticed.
    return false;
  }
}
