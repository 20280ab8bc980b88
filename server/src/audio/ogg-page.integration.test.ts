import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findFfmpeg } from './find-ffmpeg.ts';
import { OggOpusMuxer, oggChecksum } from './ogg-page.ts';
import { spokenPackets } from './testing/opus-packets.ts';

const ffmpeg = findFfmpeg();

test('FFmpeg reads our stream from a file: every packet, its time stamp, the checksums', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-ogg-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'speech.ogg');
  const muxer = new OggOpusMuxer({ packetMs: 20 });
  const packets = spokenPackets(60);
  writeFileSync(
    file,
    Buffer.concat([muxer.header(), ...packets.map((packet) => muxer.page(packet))]),
  );
  // From a file, FFmpeg also looks at the checksums.
  const framecrc = ['-loglevel', 'warning', '-i', file, '-c', 'copy', '-f', 'framecrc', 'pipe:1'];
  const { stdout, stderr } = spawnSync(ffmpeg, framecrc, { encoding: 'utf8' });
  expect(stderr).toBe('');
  const lines = stdout.split('\n').filter((line) => /^\d/.test(line));
  // stream, dts, pts, duration, size, checksum
  const rows = lines.map((line) => line.split(',').map((cell) => Number.parseInt(cell, 10)));
  expect(rows.map((row) => row.slice(1, 5))).toEqual(
    packets.map((packet, index) => [index * 960, index * 960, 960, packet.length]),
  );
  expect(stdout).toMatch(/#codec_id 0: opus/);
  expect(stdout).toMatch(/#sample_rate 0: 48000/);
});

test('our checksum is that of pages that FFmpeg wrote', () => {
  const args = ['-f', 'lavfi', '-i', 'sine=frequency=300:duration=2', '-c:a', 'libopus'];
  const { stdout } = spawnSync(ffmpeg, ['-loglevel', 'error', ...args, '-f', 'ogg', 'pipe:1']);
  let pages = 0;
  for (let at = 0; at < stdout.length; pages += 1) {
    const lacing = stdout.subarray(at + 27, at + 27 + stdout.readUInt8(at + 26));
    const end = at + 27 + lacing.length + lacing.reduce((sum, length) => sum + length, 0);
    const page = Buffer.from(stdout.subarray(at, end));
    const told = page.readUInt32LE(22);
    page.writeUInt32LE(0, 22);
    expect(oggChecksum(page)).toBe(told);
    at = end;
  }
  expect(pages).toBeGreaterThan(3);
});
