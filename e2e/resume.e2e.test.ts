import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judgeSession, type ReaderLog } from '../chaos/judge/judge-session.ts';
import { RedisServer } from '../chaos/support/redis-server.ts';
import { TcpProxy } from '../chaos/support/tcp-proxy.ts';
import { TestViewer } from '../chaos/support/test-viewer.ts';
import { LIVE_BATCH_FRAMES } from '../client/src/live/audio-pump.ts';
import { MIRROR_INTERVAL_MS } from '../client/src/live/session-mirror.ts';
import { launchBrowser } from '../client/testing/browser.ts';
import { FRAME_MS } from '../shared/limits.ts';
import {
  DESKTOP,
  PHONE,
  picture,
  recordingForMicrophone,
  watchForErrors,
} from './support/browsers.ts';
import { ownClip } from './support/clip.ts';
import { SentAudio } from './support/sent-audio.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

/** Real time for what is spoken, and what a busy machine needs on top. */
const LIMIT = { timeout: 60_000 };
/** In mid-sentence: the clip's first pause for breath comes later. */
const INTERRUPTED_AT_FRAME = 4_000 / FRAME_MS;
/** What one write of the mirror holds, and the batch that was on its way to it. */
const LAST_WRITE_FRAMES = MIRROR_INTERVAL_MS / FRAME_MS + LIVE_BATCH_FRAMES;
/** The pause before the recording, all of it, and the silence behind. */
const SPOKEN_FRAMES = 12_500 / FRAME_MS;

const clip = ownClip();
let folder: string;
let redis: RedisServer;
let nodes: ServerProcess[];
let proxy: TcpProxy;
let speakerBrowser: Browser;
let viewerBrowser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-resume-'));
  const recording = await recordingForMicrophone(clip.path, folder);
  redis = await RedisServer.start();
  const settings = { REDIS_URL: redis.url };
  [nodes, speakerBrowser, viewerBrowser] = await Promise.all([
    Promise.all([startServer(settings), startServer(settings)]),
    launchBrowser({ recording, allowed: true }),
    launchBrowser(),
  ]);
  proxy = await TcpProxy.listen(
    nodes.map(({ url }) => ({ host: '127.0.0.1', port: Number(new URL(url).port) })),
  );
});

afterAll(async () => {
  await Promise.all([speakerBrowser?.close(), viewerBrowser?.close(), proxy?.close()]);
  await Promise.all((nodes ?? []).map((node) => node.stop()));
  await redis?.close();
  await rm(folder, { recursive: true, force: true });
});

const node = (index: number): ServerProcess => {
  const found = nodes[index];
  if (found === undefined) throw new Error(`Expected a node ${index}, got none.`);
  return found;
};

interface Speaking {
  readonly page: Page;
  readonly sent: SentAudio;
  readonly errors: string[];
}

async function openSpeaker(url: string): Promise<Speaking> {
  const context = await speakerBrowser.newContext({
    viewport: DESKTOP,
    permissions: ['microphone'],
  });
  const page = await context.newPage();
  const sent = new SentAudio(page);
  const errors = watchForErrors(page);
  await page.goto(url);
  return { page, sent, errors };
}

const phaseOf = (page: Page) => page.getByTestId('controls').getAttribute('data-phase');

async function startSpeaking(page: Page): Promise<void> {
  await page.getByTestId('start').click();
  await expect.poll(() => phaseOf(page), LIMIT).toBe('live');
}

/** A reader in a browser of its own, and one that keeps the record for the judge. */
async function openReaders(url: string, room: string) {
  const page = await viewerBrowser.newPage({ viewport: PHONE, locale: 'es-ES' });
  const errors = watchForErrors(page);
  await page.goto(`${url}/watch/${room}`);
  await page.getByTestId('room-state').waitFor();
  const record = new TestViewer('the record', { url, room, language: 'es' });
  await record.start();
  return {
    page,
    errors,
    record,
    gaps: () => page.locator('[data-testid="line"][data-kind="gap"]').count(),
    segments: async (): Promise<string[]> =>
      await page
        .locator('[data-testid="line"][data-kind="speech"][data-final="true"]')
        .evaluateAll((lines) => lines.map((line) => line.getAttribute('data-segment') ?? '')),
    close: async () => {
      record.close();
      await page.close();
    },
  };
}

type Readers = Awaited<ReturnType<typeof openReaders>>;

const finalsIn = ({ entries }: ReaderLog) =>
  entries.flatMap((entry) =>
    entry.type === 'final' && entry.caption.language === 'en' ? [entry.caption] : [],
  );

/** Stops, and holds what everybody read against what really went over the wire. */
async function stopAndJudge({ page, sent }: Speaking, readers: Readers) {
  await page.getByTestId('stop').click();
  await page.getByTestId('after').waitFor(LIMIT);
  const finals = () => finalsIn(readers.record.log);
  const [first] = finals();
  if (first === undefined) throw new Error('Expected finals, got none.');
  const all = new AbortController().signal;
  await readers.record.complete(first.session, finals().length, LIMIT.timeout, all);
  const verdict = judgeSession(await sent.asSpoken(first.session), [readers.record.log]);
  const withWords = finals().filter(({ text, notice }) => text !== '' || notice !== undefined);
  await expect
    .poll(readers.segments, LIMIT)
    .toEqual(withWords.map(({ segment }) => String(segment)));
  return { verdict, finals: finals() };
}

/** How many sessions and runs of frames this browser keeps. In words, for the page to read. */
const keptIn = (page: Page): Promise<number[]> =>
  page.evaluate(`(async () => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await done(indexedDB.open('parlance.sessions'));
    const count = (store) => done(database.transaction(store).objectStore(store).count());
    const counts = [await count('heads'), await count('frames')];
    database.close();
    return counts;
  })()`);

test('[R11] [R12] [INV1] [INV2] a page that is reloaded in mid-sentence goes on: nothing lost, nothing doubled', async () => {
  const speaking = await openSpeaker(`${node(0).url}/speak/reloaded`);
  const { page, sent } = speaking;
  await startSpeaking(page);
  const readers = await openReaders(node(1).url, 'reloaded');

  // The same page in another tab must not take the session.
  const twin = await page.context().newPage();
  await twin.goto(`${node(0).url}/speak/reloaded`);
  await twin.getByTestId('setup').waitFor(LIMIT);
  await twin.locator('[data-testid="notice"][data-code="other_tab"]').waitFor();
  await twin.close();

  await expect.poll(() => sent.nextSeq, LIMIT).toBeGreaterThan(INTERRUPTED_AT_FRAME);
  let sentBefore = 0;
  page.once('websocket', () => {
    sentBefore = sent.nextSeq;
  });
  await page.reload();
  await page.locator('[data-testid="notice"][data-code="absence"]').waitFor(LIMIT);
  await expect.poll(() => phaseOf(page)).toBe('live');
  await picture(page, 'speaker-reloaded');
  await page.setViewportSize(PHONE);
  await picture(page, 'speaker-reloaded-phone');
  await page.setViewportSize(DESKTOP);

  await expect.poll(() => sent.gaps.length, LIMIT).toBe(1);
  const afterGap = (sent.gaps[0]?.toSeq ?? 0) + SPOKEN_FRAMES;
  await expect.poll(() => sent.nextSeq, LIMIT).toBeGreaterThan(afterGap);
  const { verdict, finals } = await stopAndJudge(speaking, readers);
  expect(verdict.problems).toEqual([]);
  expect(verdict.speechFrames).toBeGreaterThan(500);
  // What was sent before the reload is no part of the gap, and was sent again as it was. Of the last
  // write a browser promises nothing.
  expect(sent.gaps).toHaveLength(1);
  expect(sent.gaps[0]?.fromSeq).toBeGreaterThanOrEqual(sentBefore - LAST_WRITE_FRAMES);
  expect(sentBefore).toBeGreaterThan(INTERRUPTED_AT_FRAME);
  expect(sent.changed).toEqual([]);
  expect(finals.length).toBeGreaterThan(1);
  expect(await readers.gaps()).toBe(1);
  await picture(readers.page, 'viewer-after-reload');
  // [INV7] Nothing of it stays in the browser.
  await expect.poll(() => keptIn(page)).toEqual([0, 0]);
  expect([...speaking.errors, ...readers.errors]).toEqual([]);
  await readers.close();
  await page.context().close();
});

test('[R12] [INV1] a recording that was playing is gone after a reload: what was played is delivered', async () => {
  const speaking = await openSpeaker(`${node(0).url}/speak/recorded`);
  const { page, sent } = speaking;
  await page.getByTestId('source-file').check({ force: true });
  await page.getByTestId('file').setInputFiles(clip.path);
  await page.locator('[data-testid="file-state"][data-state="ready"]').waitFor();
  await startSpeaking(page);
  const readers = await openReaders(node(1).url, 'recorded');
  await expect.poll(() => sent.nextSeq, LIMIT).toBeGreaterThan(INTERRUPTED_AT_FRAME);
  await page.reload();
  await page.getByTestId('go-on').waitFor(LIMIT);
  await expect.poll(() => finalsIn(readers.record.log).length, LIMIT).toBeGreaterThan(0);
  await picture(page, 'recording-reloaded');
  await page.setViewportSize(PHONE);
  await picture(page, 'recording-reloaded-phone');
  const { verdict } = await stopAndJudge(speaking, readers);
  expect(verdict.problems).toEqual([]);
  expect(verdict.speechFrames).toBeGreaterThan(100);
  expect(sent.changed).toEqual([]);
  await expect.poll(() => keptIn(page)).toEqual([0, 0]);
  await readers.close();
  await page.context().close();
});

test('[R11] a session that ended while the page was away is said plainly, and nothing of it is kept', async () => {
  const { page } = await openSpeaker(`${node(0).url}/speak/abandoned`);
  await startSpeaking(page);
  await expect.poll(() => keptIn(page), LIMIT).not.toEqual([0, 0]);
  // The page is left; its owner ends the room from elsewhere.
  await page.goto('about:blank');
  const owner = await page.context().newPage();
  await owner.goto(`${node(0).url}/speak/abandoned`);
  await owner.getByTestId('go-on').waitFor(LIMIT);
  await owner.getByTestId('end-room').click();
  await owner.getByTestId('confirm-go').click();
  await expect.poll(() => keptIn(owner), LIMIT).toEqual([0, 0]);
  await owner.close();
  await page.context().close();
});

test("[R5] [R8] [R10] [INV1] [INV2] the speaker's node is killed: the page says so, goes on elsewhere, and the reader misses nothing", async () => {
  const speaking = await openSpeaker(`${proxy.url}/speak/killed`);
  const { page, sent } = speaking;
  await startSpeaking(page);
  const dying = await nodeWithSpeaker();
  const readers = await openReaders(node(1 - dying).url, 'killed');
  await expect.poll(() => sent.nextSeq, LIMIT).toBeGreaterThan(INTERRUPTED_AT_FRAME);
  const said = page.locator('[data-testid="notice"][data-code="reconnecting"]').waitFor(LIMIT);
  process.kill(node(dying).pid, 'SIGKILL');
  await said;
  await picture(page, 'speaker-reconnecting');
  await expect.poll(() => page.getByTestId('fact-connection').innerText(), LIMIT).toBe('Connected');
  await expect.poll(() => sent.nextSeq, LIMIT).toBeGreaterThan(SPOKEN_FRAMES);
  const { verdict, finals } = await stopAndJudge(speaking, readers);
  expect(verdict.problems).toEqual([]);
  expect(verdict.speechFrames).toBeGreaterThan(300);
  expect(sent.gaps).toEqual([]);
  expect(sent.changed).toEqual([]);
  expect(finals.length).toBeGreaterThan(0);
  expect(await readers.gaps()).toBe(0);
  await readers.close();
  await page.context().close();
});

async function nodeWithSpeaker(): Promise<number> {
  for (const [index, { url }] of nodes.entries()) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    if (/^parlance_sessions 1$/m.test(metrics)) return index;
  }
  throw new Error('Expected a node with one live session, got none.');
}
