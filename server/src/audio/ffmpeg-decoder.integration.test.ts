import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import { DECODER_DELAY_SAMPLES, FfmpegDecoder, SILENT_PACKET } from './ffmpeg-decoder.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { frameFault } from './opus-packet.ts';
import { isAlive, lagBehind, loudness } from './testing/heard.ts';
import {
  anyOpusPacket,
  burstPackets,
  encodePackets,
  spokenPackets,
} from './testing/opus-packets.ts';
import { writeProgram } from './testing/programs.ts';

const ffmpeg = findFfmpeg();
/** The encoder's look-ahead: 312 samples at 48 kHz (libopus, `OPUS_GET_LOOKAHEAD`). */
const ENCODER_DELAY_SAMPLES = 104;
const decoders: FfmpegDecoder[] = [];

afterEach(async () => {
  for (const decoder of decoders.splice(0)) {
    await decoder.close();
    expect(decoder.pid !== undefined && isAlive(decoder.pid)).toBe(false);
  }
});

function started(options: Partial<ConstructorParameters<typeof FfmpegDecoder>[0]> = {}) {
  const decoder = new FfmpegDecoder({ ffmpeg, ...options });
  decoders.push(decoder);
  return decoder;
}

/** Feeds packets and waits until all samples of them came, or the decoder is lost. */
async function decode(
  decoder: FfmpegDecoder,
  packets: readonly Uint8Array[],
): Promise<Float32Array> {
  const samples = new Float32Array(packets.length * SAMPLES_PER_FRAME);
  let given = 0;
  const all = new Promise<void>((resolve, reject) => {
    decoder.deliverTo((part) => {
      samples.set(part, given);
      given += part.length;
      if (given === samples.length) resolve();
    });
    void decoder.lost.then((loss) => reject(new Error(`Lost: ${loss.reason}`, { cause: loss })));
  });
  await decoder.ready;
  for (const packet of packets) decoder.feed(packet);
  await all;
  return samples;
}

describe('step', () => {
  test('each packet gives its 320 samples at once, without waiting for the next one', async () => {
    const decoder = started();
    await decoder.ready;
    for (const packet of spokenPackets(5)) {
      const samples = await new Promise<Float32Array>((resolve) => {
        decoder.deliverTo(resolve);
        decoder.feed(packet);
      });
      expect(samples).toHaveLength(SAMPLES_PER_FRAME);
    }
  });

  test('sound comes at its place, to the sample, at the beginning and after minutes', async () => {
    const seconds = 180;
    const noise = speechBandNoise(seconds * 48_000);
    const heard = await decode(started(), encodePackets(noise.samples, 64_000));
    const lag = (fromSecond: number) => {
      const cut = (signal: Float32Array, extra: number) =>
        signal.subarray(fromSecond * 16_000, (fromSecond + 1) * 16_000 + extra);
      return lagBehind(cut(noise.at16kHz, 0), cut(heard, 600), 600);
    };
    const expected = ENCODER_DELAY_SAMPLES + DECODER_DELAY_SAMPLES;
    expect([lag(0), lag(90), lag(seconds - 2)]).toEqual([expected, expected, expected]);
  });

  test('bursts lie in the frames that carry them', async () => {
    const isLoud = (frame: number) => (frame * 7919) % 11 === 0;
    const heard = await decode(started(), burstPackets(200, isLoud));
    const delay = ENCODER_DELAY_SAMPLES + DECODER_DELAY_SAMPLES;
    for (let frame = 0; frame < 199; frame += 1) {
      const from = frame * SAMPLES_PER_FRAME + delay;
      const level = loudness(heard, from + 60, from + SAMPLES_PER_FRAME - 60);
      expect(level > 0.2, `frame ${frame}`).toBe(isLoud(frame));
    }
  });

  test('whatever passes the check keeps the step: any configuration, stereo, noise inside', async () => {
    const markers = burstPackets(10, (frame) => frame === 5);
    const strange = fc
      .sample(anyOpusPacket(20, 400), { numRuns: 3000, seed: 20 })
      .map(({ packet }) => packet);
    expect(strange.some((packet) => ((packet[0] ?? 0) & 4) !== 0)).toBe(true);
    expect(strange.every((packet) => frameFault(packet) === null)).toBe(true);
    const heard = await decode(started(), [...strange, ...markers]);
    const at = (strange.length + 5) * SAMPLES_PER_FRAME;
    const delay = ENCODER_DELAY_SAMPLES + DECODER_DELAY_SAMPLES;
    expect(loudness(heard, at + delay + 60, at + delay + 260)).toBeGreaterThan(0.2);
    expect(loudness(heard, at - 640, at)).toBeLessThan(0.05);
  });

  test('mutations of real packets that pass the check keep the step', async () => {
    const real = spokenPackets(50);
    const mutations = fc.record({
      packet: fc.constantFrom(...real),
      at: fc.nat(100),
      byte: fc.nat(255),
      length: fc.nat({ max: 100 }),
    });
    const packets = fc
      .sample(mutations, { numRuns: 3000, seed: 3 })
      .map(({ packet, at, byte, length }) => {
        const copy = packet.slice(0, Math.max(1, length));
        copy[at % copy.length] = byte;
        return frameFault(copy) === null ? copy : SILENT_PACKET;
      });
    expect(await decode(started(), packets)).toHaveLength(packets.length * SAMPLES_PER_FRAME);
  });

  test.each([
    ['left', 0],
    ['right', 1],
  ])('stereo is heard as mono, what is on the %s too', async (_, channel) => {
    const interleaved = Int16Array.from({ length: 50 * 960 * 2 }, (_sample, index) =>
      index % 2 === channel ? Math.round(20_000 * Math.sin((Math.PI * index) / 48)) : 0,
    );
    const stereo = encodePackets(interleaved, 96_000, 2);
    expect(stereo.some((packet) => ((packet[0] ?? 0) & 4) !== 0)).toBe(true);
    const heard = await decode(started(), stereo);
    // Half of a sine of 20,000 / 32,768.
    expect(loudness(heard, 20 * SAMPLES_PER_FRAME)).toBeCloseTo(
      20_000 / 32_768 / 2 / Math.SQRT2,
      1,
    );
  });

  test('silence is silent', async () => {
    const heard = await decode(started(), Array(50).fill(SILENT_PACKET));
    expect(loudness(heard)).toBe(0);
  });
});

describe('loss', () => {
  test('kill -9 is noticed', async () => {
    const decoder = started();
    await decoder.ready;
    if (decoder.pid !== undefined) process.kill(decoder.pid, 'SIGKILL');
    expect(await decoder.lost).toMatchObject({ reason: 'exited' });
    decoder.feed(SILENT_PACKET);
  });

  test('a stopped process is noticed when it is fed, and killed', async () => {
    const decoder = started({ hangLimitMs: () => 200 });
    await decoder.ready;
    if (decoder.pid !== undefined) process.kill(decoder.pid, 'SIGSTOP');
    decoder.feed(SILENT_PACKET);
    expect((await decoder.lost).reason).toBe('hung');
  });

  test('a program that gives more than it was fed is out of step', async () => {
    const program = writeProgram(`process.stdin.once('data', () => {
      process.stdout.write(Buffer.alloc(10_000));
      setInterval(() => {}, 1000);
    });`);
    expect(await started({ ffmpeg: program }).lost).toMatchObject({ reason: 'out_of_step' });
  });

  test('a program that never answers was not started', async () => {
    const program = writeProgram(`process.stdin.resume(); setInterval(() => {}, 1000);`);
    const decoder = started({ ffmpeg: program, startLimitMs: 500 });
    await expect(decoder.ready).rejects.toMatchObject({ code: 'decoder_failed' });
    expect((await decoder.lost).reason).toBe('not_started');
  });

  test.each([
    ['a file of another format', ['-f', 'wav'], /[Ff]ormat not on whitelist 'ogg'/],
    ['another codec in Ogg', ['-c:a', 'flac', '-f', 'ogg'], /[Cc]odec \(flac\) not on whitelist/],
  ])('[INV4] one that is fed %s ends by name, whatever is asked of it', async (_, made, said) => {
    const sound = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', ...made, 'pipe:1'];
    // FFmpeg gets the same command but for what forces Ogg and Opus upon it, and other bytes.
    const misled = writeProgram(`
      const { spawn, spawnSync } = require('node:child_process');
      const ffmpeg = ${JSON.stringify(ffmpeg)};
      const forced = ['-f', 'ogg', '-c:a', 'opus'];
      const args = process.argv.slice(2);
      args.splice(args.indexOf('ogg', args.indexOf('-analyzeduration')) - 1, forced.length);
      const { stdout } = spawnSync(ffmpeg, ${JSON.stringify(sound)});
      const child = spawn(ffmpeg, args, { stdio: ['pipe', 'inherit', 'inherit'] });
      child.stdin.on('error', () => undefined).end(stdout);
      child.on('exit', (code) => process.exit(code ?? 1));
    `);
    const decoder = started({ ffmpeg: misled });
    await expect(decoder.ready).rejects.toMatchObject({ code: 'decoder_failed' });
    const { reason, cause } = await decoder.lost;
    expect(reason).toBe('not_started');
    expect(String(cause)).toMatch(said);
  });

  test('a program that complains and ends: the complaint is the cause', async () => {
    const program = writeProgram(`console.error('x'.repeat(100_000), 'no such decoder');`);
    const decoder = started({ ffmpeg: program });
    await expect(decoder.ready).rejects.toMatchObject({
      code: 'decoder_failed',
      cause: expect.objectContaining({
        message: expect.stringMatching(/code 0.* no such decoder$/s),
      }),
    });
  });

  test('no program at all is program_missing', async () => {
    const decoder = started({ ffmpeg: '/nowhere/ffmpeg' });
    await expect(decoder.ready).rejects.toMatchObject({ code: 'program_missing' });
    expect(await decoder.lost).toMatchObject({ reason: 'not_started' });
  });

  test('closing before it is ready', async () => {
    const decoder = started();
    await decoder.close();
    await expect(decoder.ready).rejects.toMatchObject({ code: 'decoder_failed' });
    expect((await decoder.lost).reason).toBe('closed');
  });
});

/** White noise below 3 kHz, the same every time, at both rates. */
function speechBandNoise(length: number): { samples: Int16Array; at16kHz: Float32Array } {
  let state = 12_345;
  const samples = new Int16Array(length);
  const at16kHz = new Float32Array(Math.floor(length / 3));
  const recent = new Float64Array(24);
  let sum = 0;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const fresh = state / 0x4000_0000 - 1;
    const slot = index % recent.length;
    sum += fresh - (recent[slot] ?? 0);
    recent[slot] = fresh;
    const value = (sum / recent.length) * 2;
    samples[index] = Math.round(value * 12_000);
    if (index % 3 === 0) at16kHz[index / 3] = value;
  }
  return { samples, at16kHz };
}
