import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFile } from '../server/src/audio/encode-file.ts';
import { resultsFolder } from './results.ts';

/** The module that encodes: packets made by another version of it are left alone. */
const ENCODER = new URL(
  `../server/src/audio/encode-file${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);
const LENGTH_BYTES = 2;

/**
 * A recording as 20 ms Opus packets, just as `parlance speak` sends it. Encoded once and kept
 * under the hash of recording and encoder, so that none takes processor time while others are timed.
 */
export async function packetsOf(path: string, ffmpeg: string): Promise<Uint8Array[]> {
  const [encoder, recording] = await Promise.all([readFile(ENCODER), readFile(path)]);
  const hash = createHash('sha256').update(encoder).update(recording).digest('hex');
  const folder = join(resultsFolder(), 'cache');
  const kept = join(folder, `${hash}.packets`);
  try {
    return unpackPackets(await readFile(kept));
  } catch {
    // Not there, or cut short by an interrupt: it is made again.
  }
  const packets: Uint8Array[] = [];
  for await (const packet of encodeFile({ path, ffmpeg })) packets.push(Uint8Array.from(packet));
  await mkdir(folder, { recursive: true });
  const unfinished = `${kept}.${process.pid}`;
  await writeFile(unfinished, packPackets(packets));
  await rename(unfinished, kept);
  return packets;
}

/** Each packet with its length in front, two bytes big endian. */
export function packPackets(packets: readonly Uint8Array[]): Uint8Array {
  const total = packets.reduce((sum, packet) => sum + LENGTH_BYTES + packet.byteLength, 0);
  const packed = new Uint8Array(total);
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const packet of packets) {
    view.setUint16(at, packet.byteLength);
    packed.set(packet, at + LENGTH_BYTES);
    at += LENGTH_BYTES + packet.byteLength;
  }
  return packed;
}

/** Throws where the lengths do not add up. */
export function unpackPackets(packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const packets: Uint8Array[] = [];
  for (let at = 0; at < packed.byteLength; ) {
    const end = at + LENGTH_BYTES + view.getUint16(at);
    if (end > packed.byteLength) {
      throw new RangeError(`Expected packets up to byte ${end}, got ${packed.byteLength}.`);
    }
    packets.push(packed.slice(at + LENGTH_BYTES, end));
    at = end;
  }
  return packets;
}
