/** Largest packet in one page: 255 lacing values, the last one below 255 (RFC 3533, section 6). */
export const MAX_PAGE_PACKET_BYTES = 255 * 255 - 1;
const PAGE_HEADER_BYTES = 27;
const CHECKSUM_AT = 22;
const BEGINNING_OF_STREAM = 2;
const NO_FLAGS = 0;
/** Opus always counts in 48 kHz samples (RFC 7845, section 4). */
export const OPUS_CLOCK_HZ = 48_000;
const OPUS_HEAD_BYTES = 19;
const VENDOR = 'parlance';

/**
 * Wraps Opus packets into an Ogg stream, one packet a page, so that every packet can be read as
 * soon as it is written. Mono, no pre-skip: nothing that is fed is cut off at the beginning.
 * Source: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg).
 */
export class OggOpusMuxer {
  readonly #serial: number;
  readonly #samplesPerPacket: number;
  #pageNumber = 0;
  /** 48 kHz samples up to the end of the last packet. */
  #granule = 0n;

  constructor({ packetMs, serial = 1 }: { packetMs: number; serial?: number }) {
    this.#samplesPerPacket = (OPUS_CLOCK_HZ * packetMs) / 1000;
    this.#serial = serial;
  }

  /** The two header pages that begin the stream. */
  header(): Buffer {
    const head = Buffer.alloc(OPUS_HEAD_BYTES);
    head.write('OpusHead', 'latin1');
    head.writeUInt8(1, 8);
    head.writeUInt8(1, 9);
    head.writeUInt32LE(OPUS_CLOCK_HZ, 12);
    const tags = Buffer.alloc(8 + 4 + VENDOR.length + 4);
    tags.write('OpusTags', 'latin1');
    tags.writeUInt32LE(VENDOR.length, 8);
    tags.write(VENDOR, 12, 'latin1');
    return Buffer.concat([this.#page(head, BEGINNING_OF_STREAM), this.#page(tags, NO_FLAGS)]);
  }

  /** One packet as one page; an empty packet would end the decoding and is refused. */
  page(packet: Uint8Array): Buffer {
    if (packet.byteLength < 1 || packet.byteLength > MAX_PAGE_PACKET_BYTES) {
      throw new RangeError(
        `Expected a packet of 1 to ${MAX_PAGE_PACKET_BYTES} bytes, got ${packet.byteLength}.`,
      );
    }
    this.#granule += BigInt(this.#samplesPerPacket);
    return this.#page(packet, NO_FLAGS);
  }

  #page(packet: Uint8Array, flags: number): Buffer {
    const lacing = Math.floor(packet.byteLength / 255) + 1;
    const page = Buffer.alloc(PAGE_HEADER_BYTES + lacing + packet.byteLength);
    page.write('OggS', 'latin1');
    page.writeUInt8(flags, 5);
    page.writeBigUInt64LE(this.#granule, 6);
    page.writeUInt32LE(this.#serial, 14);
    page.writeUInt32LE(this.#pageNumber, 18);
    page.writeUInt8(lacing, 26);
    page.fill(255, PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + lacing - 1);
    page.writeUInt8(packet.byteLength % 255, PAGE_HEADER_BYTES + lacing - 1);
    page.set(packet, PAGE_HEADER_BYTES + lacing);
    page.writeUInt32LE(oggChecksum(page), CHECKSUM_AT);
    this.#pageNumber = (this.#pageNumber + 1) >>> 0;
    return page;
  }
}

const CHECKSUM_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let remainder = index << 24;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = (remainder & 0x8000_0000) === 0 ? remainder << 1 : (remainder << 1) ^ 0x04c1_1db7;
  }
  return remainder >>> 0;
});

/** CRC-32 with polynomial 0x04c11db7, not reflected, starting at 0 (RFC 3533, section 6). */
export function oggChecksum(page: Uint8Array): number {
  let sum = 0;
  for (const byte of page) {
    sum = ((sum << 8) ^ (CHECKSUM_TABLE[(sum >>> 24) ^ byte] ?? 0)) >>> 0;
  }
  return sum;
}
