import fc from 'fast-check';
import prism from 'prism-media';
import { describe, expect, test } from 'vitest';
import { MAX_PAGE_PACKET_BYTES, OggOpusMuxer, oggChecksum } from './ogg-page.ts';
import { spokenPackets } from './testing/opus-packets.ts';

/** What prism-media's demuxer reads: the headers, then the packets. */
async function readBack(pages: readonly Buffer[]) {
  const demuxer = new prism.opus.OggDemuxer();
  const headers: Buffer[] = [];
  demuxer.on('head', (head: Buffer) => headers.push(head));
  demuxer.on('tags', (tags: Buffer) => headers.push(tags));
  const packets: Uint8Array[] = [];
  demuxer.on('data', (packet: Buffer) => packets.push(new Uint8Array(packet)));
  const ended = new Promise((resolve) => demuxer.on('end', resolve));
  demuxer.end(Buffer.concat(pages));
  await ended;
  return { headers, packets };
}

describe('OggOpusMuxer', () => {
  test('a demuxer reads the same packets back', async () => {
    const muxer = new OggOpusMuxer({ packetMs: 20 });
    const packets = spokenPackets(30);
    const pages = [muxer.header(), ...packets.map((packet) => muxer.page(packet))];
    expect((await readBack(pages)).packets).toEqual(packets);
  });

  test.each([1, 254, 255, 256, 509, 510, 1275, 7650, MAX_PAGE_PACKET_BYTES])(
    'a packet of %i bytes fits into its page',
    async (length) => {
      const muxer = new OggOpusMuxer({ packetMs: 20 });
      const packet = new Uint8Array(length).fill(7);
      const after = Uint8Array.of(1, 2, 3);
      const pages = [muxer.header(), muxer.page(packet), muxer.page(after)];
      expect((await readBack(pages)).packets).toEqual([packet, after]);
    },
  );

  test('content that looks like a page is no page', async () => {
    const muxer = new OggOpusMuxer({ packetMs: 20 });
    const packet = new Uint8Array(muxer.page(Uint8Array.of(1, 2)));
    const pages = [muxer.header(), muxer.page(packet)];
    expect((await readBack(pages)).packets).toEqual([packet]);
  });

  test('the headers are those of RFC 7845: version 1, mono, no pre-skip, 48 kHz, no gain', async () => {
    const { headers } = await readBack([new OggOpusMuxer({ packetMs: 20 }).header()]);
    const [head, tags] = headers;
    expect(head?.toString('hex')).toBe(
      `${Buffer.from('OpusHead').toString('hex')}01 01 0000 80bb0000 0000 00`.replaceAll(' ', ''),
    );
    expect(tags?.toString('latin1')).toBe('OpusTags\x08\0\0\0parlance\0\0\0\0');
  });

  test('pages are numbered and stamped with the samples up to their end, at 48 kHz', () => {
    const muxer = new OggOpusMuxer({ packetMs: 20, serial: 9 });
    expect(muxer.header().readUInt8(5)).toBe(2);
    const stamps = [1, 2, 3].map(() => {
      const page = muxer.page(Uint8Array.of(0xf8));
      return [
        page.readUInt8(5),
        page.readBigUInt64LE(6),
        page.readUInt32LE(14),
        page.readUInt32LE(18),
      ];
    });
    expect(stamps).toEqual([
      [0, 960n, 9, 2],
      [0, 1920n, 9, 3],
      [0, 2880n, 9, 4],
    ]);
  });

  test('every page carries its own checksum', () => {
    const muxer = new OggOpusMuxer({ packetMs: 20 });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 600 }), (packet) => {
        const page = muxer.page(packet);
        const told = page.readUInt32LE(22);
        page.writeUInt32LE(0, 22);
        expect(oggChecksum(page)).toBe(told);
      }),
    );
  });

  test.each([0, MAX_PAGE_PACKET_BYTES + 1])('refuses a packet of %i bytes', (length) => {
    const muxer = new OggOpusMuxer({ packetMs: 20 });
    expect(() => muxer.page(new Uint8Array(length))).toThrow(/^Expected a packet of 1 to 65024/);
  });
});

test('oggChecksum gives the check value of its CRC', () => {
  // CRC-32/CKSUM of "123456789" is 0x765e7680; Ogg leaves out the final inversion.
  expect(oggChecksum(Buffer.from('123456789'))).toBe(~0x765e7680 >>> 0);
});
