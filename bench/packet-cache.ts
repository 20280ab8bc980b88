import { fileURLToPath } from 'node:url';
import { encodeFile } from '../server/src/audio/encode-file.ts';
import { hashOfFiles, type KeptForm, keep, keptPath } from './kept.ts';

/** The module that encodes: packets made by another version of it are left alone. */
const ENCODER = fileURLToPath(
  new URL(
    `../server/src/audio/encode-file${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
    import.meta.url,
  ),
);
const LENGTH_BYTES = 2;

const PACKETS: KeptForm<Uint8Array[]> = {
  ending: 'packets',
  parse: unpackPackets,
  pack: packPackets,
};

export interface KeptPackets {
  readonly packets: readonly Uint8Array[];
  /** File that {@link unpackPackets} reads, for a process of its own. */
  readonly path: string;
}

/**
 * A recording as 20 ms Opus packets, just as `parlance speak` sends it. Encoded once and kept
 * under the hash of recording and encoder, so that none takes processor time while others are timed.
 */
export async function packetsOf(path: string, ffmpeg: string): Promise<readonly Uint8Array[]> {
  return (await keptPacketsOf(path, ffmpeg)).packets;
}

/** The same with the file that they are kept in. */
export async function keptPacketsOf(path: string, ffmpeg: string): Promise<KeptPackets> {
  const hash = await hashOfFiles([ENCODER, path]);
  const packets = await keep(hash, PACKETS, async () => {
    const made: Uint8Array[] = [];
    for await (const packet of encodeFile({ path, ffmpeg })) made.push(Uint8Array.from(packet));
    return made;
  });
  return { packets, path: keptPath(hash, PACKETS) };
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

/** Views into `packed`, not copies. Throws where the lengths do not add up. */
export function unpackPackets(packed: Uint8Array): Uint8Array[] {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const packets: Uint8Array[] = [];
  for (let at = 0; at < packed.byteLength; ) {
    const end = at + LENGTH_BYTES + view.getUint16(at);
    if (end > packed.byteLength) {
      throw new RangeError(`Expected packets up to byte ${end}, got ${packed.byteLength}.`);
    }
    packets.push(packed.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return packets;
}
