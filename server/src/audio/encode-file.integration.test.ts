import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChildProcesses } from '../limits/child-processes.ts';
import { memoryUsageMb } from '../limits/memory-usage.ts';
import { createDecoderPool } from './decoder-pool.ts';
import { ENCODER_DELAY_MS, encodeFile } from './encode-file.ts';
import { DECODER_DELAY_SAMPLES } from './ffmpeg-decoder.ts';
import { MAX_FFMPEG_MB } from './ffmpeg-limits.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { inspectOpusPacket } from './opus-packet.ts';
import { decodeAll, lagBehind, loudness } from './testing/heard.ts';
import { writeProgram } from './testing/programs.ts';

const ffmpeg = findFfmpeg();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlance-encode-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Makes a file with FFmpeg's own sound sources. */
function makeFile(name: string, source: string, ...options: string[]): string {
  const path = join(folder, name);
  const args = ['-loglevel', 'error', '-f', 'lavfi', '-i', source, ...options, path];
  const { status, stderr } = spawnSync(ffmpeg, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return path;
}

async function allPackets(path: string, program = ffmpeg, stallLimitMs = 30_000) {
  const packets: Uint8Array[] = [];
  const options = { path, ffmpeg: program, stallLimitMs };
  for await (const packet of encodeFile(options)) packets.push(packet);
  return packets;
}

test.each([
  ['speech.wav', ['-ar', '44100', '-ac', '2']],
  ['speech.flac', ['-ar', '16000']],
  ['speech.mp3', ['-ar', '22050']],
  ['with:colon and space.ogg', ['-c:a', 'libvorbis', '-ac', '1', '-ar', '48000']],
])('%s becomes sound 20 ms packets, as many as it is long', async (name, options) => {
  const path = makeFile(name, 'anoisesrc=duration=2:seed=1:amplitude=0.3', ...options);
  const packets = await allPackets(path);
  for (const packet of packets) {
    expect(inspectOpusPacket(packet)).toMatchObject({ kind: 'ok', durationMs: 20, channels: 1 });
  }
  // 2 s are 100 packets, and the encoder's delay begins another one; mp3 adds padding of its own.
  expect(packets.length).toBeGreaterThanOrEqual(101);
  expect(packets.length).toBeLessThanOrEqual(105);
});

test('sound comes ENCODER_DELAY_MS later in the packets than in the file, nothing is cut', async () => {
  const source = 'anoisesrc=duration=3.005:seed=5:amplitude=0.5:sample_rate=16000,lowpass=f=3000';
  const path = makeFile('noise.wav', source, '-ac', '1');
  const raw = spawnSync(ffmpeg, ['-loglevel', 'error', '-i', path, '-f', 's16le', 'pipe:1']).stdout;
  const sent = Float32Array.from({ length: raw.length / 2 }, (_, at) => raw.readInt16LE(at * 2));
  const pool = createDecoderPool({
    ...{ slots: 1, waitingLimit: 0, maxWaitMs: 30_000, prewarmed: 1, ffmpeg },
  });
  const stream = await pool.acquire(new AbortController().signal);
  const packets = await allPackets(path);
  const heard = await decodeAll(stream, packets);
  await stream.close();
  await pool.close();
  // 3005 ms of sound and the delay, filled up to whole packets.
  expect(packets).toHaveLength(Math.ceil((3005 + ENCODER_DELAY_MS) / 20));
  const lag = ENCODER_DELAY_MS * 16 + DECODER_DELAY_SAMPLES;
  const second = (signal: Float32Array, from: number, extra: number) =>
    signal.subarray(from * 16_000, (from + 1) * 16_000 + extra);
  for (const from of [0, 1, 2]) {
    expect(lagBehind(second(sent, from, 0), second(heard, from, 400), 400)).toBe(lag);
  }
  const lastSound = heard.subarray(3005 * 16 + lag - 80, 3005 * 16 + lag);
  expect(loudness(lastSound)).toBeGreaterThan(0.05);
});

describe('leaving and failing', () => {
  test('leaving the loop ends FFmpeg: a file without end is no obstacle', async () => {
    const path = makeFile('long.wav', 'sine=frequency=300:duration=600', '-ar', '8000');
    let packets = 0;
    for await (const packet of encodeFile({ path, ffmpeg })) {
      packets += packet.length > 0 ? 1 : 0;
      if (packets === 10) break;
    }
    expect(packets).toBe(10);
  });

  test.each([
    ['no such file', () => join(folder, 'missing.wav'), /no such file/],
    ['a folder', () => folder, /a folder/],
    ['a text', () => writeText('notes.txt', 'Hello, this is no sound at all.\n'), /without sound/],
    ['an empty file', () => writeText('empty.wav', ''), /without sound/],
    [
      'a picture',
      () => makeFile('picture.png', 'color=red:size=8x8', '-frames:v', '1'),
      /without sound/,
    ],
    ['a playlist of an address', () => writeText('list.m3u8', PLAYLIST), /without sound/],
    ['a playlist of a file', () => writeText('files.m3u8', playlistOf(secret())), /without sound/],
    ['one that hides as sound', () => writeText('list.mp3', playlistOf(secret())), /without sound/],
    [
      'a list of files',
      () => writeText('a.ffconcat', `ffconcat version 1.0\nfile ${basename(secret())}\n`),
      /without sound/,
    ],
    ['a description of a session', () => writeText('call.sdp', SESSION), /without sound/],
    ['a bare film', () => makeFile('film.avi', 'testsrc=duration=0.1:size=32x32'), /without sound/],
  ])('%s is file_unreadable', async (_, path, got) => {
    const failed = allPackets(path());
    await expect(failed).rejects.toMatchObject({
      code: 'file_unreadable',
      message: expect.stringMatching(got),
    });
  });

  test('a film with sound gives its sound, and its pictures are not decoded', async () => {
    const path = join(folder, 'film.mp4');
    const picture = ['-f', 'lavfi', '-i', 'testsrc=duration=1:size=64x64'];
    const tone = ['-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac'];
    const args = ['-loglevel', 'error', ...picture, ...tone, path];
    expect(spawnSync(ffmpeg, args, { encoding: 'utf8' }).stderr).toBe('');
    expect((await allPackets(path)).length).toBeGreaterThanOrEqual(50);
  });

  test('[INV4] a file that FFmpeg does not get through ends after a while, by name', async () => {
    const path = makeFile('hangs.wav', 'sine=duration=0.1');
    const hanging = writeProgram('setInterval(() => {}, 1_000_000);');
    await expect(allPackets(path, hanging, 300)).rejects.toMatchObject({
      code: 'file_unreadable',
      message: expect.stringMatching(/does not get through/),
    });
  });

  test('[INV4] a file that takes more processor time than it may ends, by name', async () => {
    const path = makeFile('slow.flac', 'anullsrc=r=16000:cl=mono', '-t', '3600');
    // The very command, with a second instead of half an hour.
    const hurried = writeProgram(`
      const args = process.argv.slice(2);
      args[args.indexOf('-timelimit') + 1] = '1';
      const { spawn } = require('node:child_process');
      const child = spawn(${JSON.stringify(ffmpeg)}, args, { stdio: 'inherit' });
      child.on('exit', (code) => process.exit(code ?? 1));
    `);
    await expect(allPackets(path, hurried)).rejects.toMatchObject({ code: 'decoder_failed' });
  });

  test('[INV4] a small file that holds an hour takes no more memory than another', async () => {
    const path = makeFile('hour.flac', 'anullsrc=r=16000:cl=mono', '-t', '3600');
    expect(statSync(path).size).toBeLessThan(1_000_000);
    const children = new ChildProcesses();
    try {
      let packets = 0;
      for await (const packet of encodeFile({ path, ffmpeg })) {
        packets += packet.length > 0 ? 1 : 0;
        // A minute of it has come; the hour behind it waits for its reader.
        if (packets === 3_000) break;
        if (packets % 1_000 !== 0) continue;
        expect(children.pids).toHaveLength(1);
        expect(memoryUsageMb(children.pids) - memoryUsageMb([])).toBeLessThan(MAX_FFMPEG_MB / 2);
      }
      expect(packets).toBe(3_000);
    } finally {
      children.close();
    }
  });

  test.each([
    ['channels', 22, 0xff_ff],
    ['samples a second', 24, 0x7f_ff_ff_ff],
  ])('[INV4] a file that claims far too many %s is file_unreadable', async (_, at, claim) => {
    const path = makeFile(`claims-${at}.wav`, 'sine=duration=1');
    const bytes = readFileSync(path);
    if (at === 22) bytes.writeUInt16LE(claim, at);
    else bytes.writeUInt32LE(claim, at);
    writeFileSync(path, bytes);
    await expect(allPackets(path)).rejects.toMatchObject({ code: 'file_unreadable' });
  });

  test('a missing program is program_missing', async () => {
    const path = makeFile('short.wav', 'sine=duration=0.1');
    await expect(allPackets(path, '/nowhere/ffmpeg')).rejects.toMatchObject({
      code: 'program_missing',
    });
  });
});

const PLAYLIST = `#EXTM3U
#EXT-X-TARGETDURATION:10
#EXTINF:10,
http://127.0.0.1:9/speech.ts
#EXT-X-ENDLIST
`;

const SESSION = `v=0
o=- 0 0 IN IP4 127.0.0.1
c=IN IP4 127.0.0.1
m=audio 5004 RTP/AVP 0
`;

/** A sound file that nobody was asked to read; FFmpeg follows lists to one of this name by itself. */
const secret = () => makeFile(`secret-${secrets++}.mp3`, 'sine=duration=1');
let secrets = 0;

const playlistOf = (path: string) => PLAYLIST.replace('http://127.0.0.1:9/speech.ts', path);

function writeText(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
