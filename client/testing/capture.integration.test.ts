import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FRAME_SAMPLES } from '../src/capture/audio-frame.ts';
import { opusPacketMs } from '../src/capture/opus-packet.ts';
import { TAIL_FRAMES } from '../src/capture/pause-gate.ts';
import { PageBench } from './page-bench.ts';
import { decodePackets, likeness, loudness, readWav } from './recordings.ts';
import type { ScriptedSession } from './scripted-server.ts';

/** Below this a frame counts as silent, in 16-bit samples. */
const SILENT = 30;
/** Cutting Opus at 32 kbit/s leaves the rise and fall of speech as it was. */
const SAME_SPEECH = 0.95;
/** Room for slow machines; nothing waits for it where things go well. */
const PATIENCE = { timeout: 40_000, interval: 50 };

vi.setConfig({ testTimeout: 120_000 });

let bench: PageBench;
let clip: Int16Array;
let clipFrames: number;

beforeAll(async () => {
  bench = await PageBench.open();
  clip = await readWav(bench.clipPath);
  clipFrames = Math.ceil(clip.length / FRAME_SAMPLES);
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

/** The one session of a test; its packets are whole and each holds 20 ms. */
function onlySession(): ScriptedSession {
  expect(bench.server.sessions).toHaveLength(1);
  const [session] = bench.server.sessions;
  if (session === undefined) throw new Error('Expected a session, got none.');
  for (let seq = 0; seq < session.packets.length; seq += 1) {
    const packet = session.packets[seq];
    expect(packet, `packet ${seq}`).toBeDefined();
    expect(packet && opusPacketMs(packet), `packet ${seq}`).toBe(20);
  }
  return session;
}

function received(): number {
  return bench.server.sessions[0]?.packets.length ?? 0;
}

async function playClip(page: Page): Promise<void> {
  await bench.chooseClip(page);
  await page.getByTestId('start').click();
}

async function untilOver(page: Page): Promise<ScriptedSession> {
  await page.getByTestId('after').waitFor({ timeout: PATIENCE.timeout });
  return onlySession();
}

/** The whole clip arrived, at its place on the timeline, and nothing else. */
function expectClip(session: ScriptedSession): void {
  expect(session.packets).toHaveLength(clipFrames);
  expect(session.stoppedAt).toBe(clipFrames);
  expect(session.gaps).toEqual([]);
  const { correlation, lagFrames } = likeness(
    loudness(decodePackets(session.packets)),
    loudness(clip),
  );
  expect(correlation).toBeGreaterThan(SAME_SPEECH);
  expect(Math.abs(lagFrames)).toBeLessThanOrEqual(1);
}

describe('an audio file', () => {
  it('is sent frame for frame by the browser’s own encoder', async () => {
    const page = await bench.visit('/speak/room-1');
    await playClip(page);
    await page.locator('[data-encoder=webcodecs]').waitFor({ state: 'attached' });
    expectClip(await untilOver(page));
  });

  it('is sent frame for frame by the WebAssembly encoder', async () => {
    const page = await bench.visit('/speak/room-1?encoder=wasm');
    await playClip(page);
    await page.locator('[data-encoder=wasm]').waitFor({ state: 'attached' });
    expectClip(await untilOver(page));
  });

  it('needs neither a microphone nor permission', async () => {
    const page = await bench.visit('/speak/room-1', { permissions: [] }, async (opened) => {
      await opened.addInitScript(() => {
        Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
      });
    });
    await playClip(page);
    expectClip(await untilOver(page));
  });

  it('falls back by itself where there is no WebCodecs', async () => {
    const page = await bench.visit('/speak/room-1', {}, async (opened) => {
      await opened.addInitScript(() => {
        Reflect.deleteProperty(window, 'AudioEncoder');
      });
    });
    await playClip(page);
    expectClip(await untilOver(page));
  });

  it('[INV1] loses and repeats nothing when the encoder dies in mid-sentence, twice', async () => {
    const page = await bench.visit('/speak/room-1', {}, async (opened) => {
      await opened.addInitScript(() => {
        const Native = window.AudioEncoder;
        let encoders = 0;
        window.AudioEncoder = class extends Native {
          constructor(init: AudioEncoderInit) {
            encoders += 1;
            const dying = encoders <= 2;
            let packets = 0;
            super({
              output: (chunk, metadata) => {
                packets += 1;
                if (dying && packets === 60)
                  init.error(new DOMException('Reclaimed', 'QuotaExceededError'));
                else if (!dying || packets < 60) init.output(chunk, metadata);
              },
              error: init.error,
            });
          }
        };
      });
    });
    await playClip(page);
    const session = await untilOver(page);
    expect(session.packets).toHaveLength(clipFrames);
    const heard = loudness(decodePackets(session.packets));
    expect(likeness(heard, loudness(clip)).correlation).toBeGreaterThan(0.9);
  });

  it('[INV1] goes on after a connection that was cut', async () => {
    const page = await bench.visit('/speak/room-1');
    await playClip(page);
    await expect.poll(received, PATIENCE).toBeGreaterThan(60);
    bench.server.cut();
    expectClip(await untilOver(page));
  });

  it('stands still while paused, with a second of silence in between', async () => {
    const page = await bench.visit('/speak/room-1');
    await playClip(page);
    await expect.poll(received, PATIENCE).toBeGreaterThan(60);
    await page.getByTestId('pause').click();
    // The silence is over when as many frames came as a second holds since the pause.
    const playedMs = Number(await page.getByTestId('file-progress').getAttribute('value'));
    const paused = playedMs / 20 + TAIL_FRAMES;
    await expect.poll(received, PATIENCE).toBe(paused);
    await page.getByTestId('pause').click();
    const session = await untilOver(page);
    expect(session.packets).toHaveLength(clipFrames + TAIL_FRAMES);
    const silence = loudness(decodePackets(session.packets)).slice(
      paused - TAIL_FRAMES + 5,
      paused,
    );
    expect(Math.max(...silence)).toBeLessThan(SILENT);
  });

  it('[INV4] waits while the server takes no more', async () => {
    bench.server.acknowledges = false;
    const page = await bench.visit('/speak/room-1');
    await playClip(page);
    await expect.poll(received, PATIENCE).toBeGreaterThan(100);
    bench.server.acknowledges = true;
    expectClip(await untilOver(page));
  });

  it('is refused by name where it holds no sound', async () => {
    const page = await bench.visit('/speak/room-1');
    await page.getByTestId('source-file').check();
    const buffer = Buffer.from('This is a letter, not a recording.');
    await page
      .getByTestId('file')
      .setInputFiles({ name: 'letter.txt', mimeType: 'text/plain', buffer });
    await page.locator('[data-code=file_unreadable]').waitFor();
    expect(await page.getByTestId('start').isDisabled()).toBe(true);
  });
});

describe('the microphone', () => {
  it('is heard: packets follow what it takes up', async () => {
    const page = await bench.visit('/speak/room-1');
    await page.getByTestId('clean-up').uncheck();
    await page.getByTestId('start').click();
    await expect.poll(received, PATIENCE).toBeGreaterThan(200);
    await page.getByTestId('stop').click();
    const session = await untilOver(page);
    expect(session.stoppedAt).toBe(session.packets.length);
    const heard = loudness(decodePackets(session.packets));
    const meant = loudness(clip).slice(0, heard.length);
    expect(likeness(heard, meant).correlation).toBeGreaterThan(0.8);
  });

  it('is heard through the WebAssembly encoder as well', async () => {
    const page = await bench.visit('/speak/room-1?encoder=wasm');
    await page.getByTestId('clean-up').uncheck();
    await page.getByTestId('start').click();
    await expect.poll(received, PATIENCE).toBeGreaterThan(200);
    await page.getByTestId('stop').click();
    const session = await untilOver(page);
    expect(session.stoppedAt).toBe(session.packets.length);
    const heard = loudness(decodePackets(session.packets));
    const meant = loudness(clip).slice(0, heard.length);
    expect(likeness(heard, meant).correlation).toBeGreaterThan(0.8);
  });

  it('is heard where the browser insists on the microphone’s own rate', async () => {
    const page = await bench.visit('/speak/room-1', {}, async (opened) => {
      await opened.addInitScript(() => {
        const Native = window.AudioContext;
        window.AudioContext = class extends Native {
          constructor(options?: AudioContextOptions) {
            super({ sampleRate: 44_100, ...options });
          }
          override createMediaStreamSource(stream: MediaStream) {
            if (this.sampleRate === 48_000) throw new DOMException('', 'NotSupportedError');
            return super.createMediaStreamSource(stream);
          }
        };
      });
    });
    await page.getByTestId('clean-up').uncheck();
    await page.getByTestId('start').click();
    await expect.poll(received, PATIENCE).toBeGreaterThan(200);
    await page.getByTestId('stop').click();
    const heard = loudness(decodePackets((await untilOver(page)).packets));
    const meant = loudness(clip).slice(0, heard.length);
    expect(likeness(heard, meant).correlation).toBeGreaterThan(0.8);
  });

  it('is silent after a pause: a second of silence, then nothing', async () => {
    const page = await bench.visit('/speak/room-1');
    await page.getByTestId('clean-up').uncheck();
    await page.getByTestId('start').click();
    await expect.poll(received, PATIENCE).toBeGreaterThan(60);
    await page.getByTestId('pause').click();
    await page.getByText('Paused', { exact: true }).first().waitFor();
    const before = received();
    await expect.poll(received, PATIENCE).toBeGreaterThanOrEqual(before + TAIL_FRAMES);
    await page.getByTestId('stop').click();
    const { packets } = await untilOver(page);
    const tail = loudness(decodePackets(packets)).slice(-TAIL_FRAMES + 5);
    expect(Math.max(...tail)).toBeLessThan(SILENT);
    // At most the frames that were on their way when the button was pressed.
    expect(packets.length).toBeLessThan(before + TAIL_FRAMES + 50);
  });
});

describe('a browser tab', () => {
  it('is heard', async () => {
    const page = await bench.visit('/speak/room-1');
    await page.getByTestId('source-tab').check();
    await page.getByTestId('start').click();
    await expect.poll(received, PATIENCE).toBeGreaterThan(100);
    await page.getByTestId('stop').click();
    const { packets, stoppedAt } = await untilOver(page);
    expect(stoppedAt).toBe(packets.length);
    // The browser's stand-in for a tab beeps once a second.
    expect(Math.max(...loudness(decodePackets(packets)))).toBeGreaterThan(1000);
  });
});

describe('several pages in one browser', () => {
  it('play a file each, beyond what microphones there are', async () => {
    const speakers = 6;
    const pages = await Promise.all(
      Array.from({ length: speakers }, () => bench.visit('/speak/room-1')),
    );
    for (const page of pages) await playClip(page);
    for (const page of pages) await page.getByTestId('after').waitFor({ timeout: 60_000 });
    expect(bench.server.sessions.map(({ packets }) => packets.length)).toEqual(
      Array.from({ length: speakers }, () => clipFrames),
    );
  });
});
