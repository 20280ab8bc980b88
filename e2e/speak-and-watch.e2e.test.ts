import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wordErrorRate } from '../bench/scoring/wer.ts';
import { INSECURE_HOST, launchBrowser } from '../client/testing/browser.ts';
import {
  DESKTOP,
  PHONE,
  picture,
  recordingForMicrophone,
  watchForErrors,
} from './support/browsers.ts';
import { ownClip } from './support/clip.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

/** Whole-clip reading of the clip makes no error; live cuts may cost a word or two. */
const MAX_WORD_ERROR_RATE = 0.25;
/** Real time for the clip, and what a busy machine needs on top. */
const SPOKEN_LIMIT_MS = 60_000;

const clip = ownClip();
let folder: string;
let server: ServerProcess;
let speakerBrowser: Browser;
let viewerBrowser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-browser-'));
  const recording = await recordingForMicrophone(clip.path, folder);
  [server, speakerBrowser, viewerBrowser] = await Promise.all([
    startServer({
      ...{ MAX_LIVE_SESSIONS: '4', MAX_WAITING_SESSIONS: '0', SLOT_WAIT_MS: '500' },
      // On loopback every other name is refused.
      ALLOWED_ORIGINS: `http://${INSECURE_HOST}`,
    }),
    launchBrowser({ recording, allowed: true }),
    launchBrowser(),
  ]);
});

afterAll(async () => {
  await Promise.all([speakerBrowser?.close(), viewerBrowser?.close()]);
  expect(await server?.stop()).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

/** What is shown for good, line by line. */
async function finalText(page: Page, selector = '.caption'): Promise<string> {
  const lines = page.locator(`[data-testid="line"][data-kind="speech"][data-final="true"]`);
  const texts = await lines.locator(selector).allInnerTexts();
  return texts.join(' ').replace(/\s+/g, ' ').trim();
}

async function openSpeaker(path: string): Promise<{ page: Page; errors: string[] }> {
  const page = await speakerBrowser.newPage({ viewport: DESKTOP });
  const errors = watchForErrors(page);
  await page.goto(server.url + path);
  return { page, errors };
}

async function openViewer(link: string, language: string) {
  const page = await viewerBrowser.newPage({ viewport: PHONE, locale: language });
  const errors = watchForErrors(page);
  await page.goto(link);
  return { page, errors };
}

test('a person speaks into a microphone, and another reads it live in Spanish', async () => {
  const speaker = await openSpeaker('/speak/kitchen');
  await speaker.page.getByTestId('start').click();
  await expect
    .poll(() => speaker.page.getByTestId('controls').getAttribute('data-phase'))
    .toBe('live');
  const link = await speaker.page.getByTestId('watch-link').inputValue();
  expect(link).toContain('/watch/kitchen');
  const viewer = await openViewer(link, 'es-ES');
  await picture(speaker.page, 'speaker-live');

  await expect
    .poll(async () => wordErrorRate(clip.reference, await finalText(speaker.page)), {
      timeout: SPOKEN_LIMIT_MS,
    })
    .toBeLessThanOrEqual(MAX_WORD_ERROR_RATE);
  await expect
    .poll(async () => (await finalText(viewer.page)).split(' ').length, {
      timeout: SPOKEN_LIMIT_MS,
    })
    .toBeGreaterThan(clip.reference.split(' ').length * 0.6);
  const spanish = await finalText(viewer.page);
  expect(wordErrorRate(clip.reference, spanish)).toBeGreaterThan(0.5);
  expect(await viewer.page.getByTestId('translator').getAttribute('data-quality')).toBe('basic');
  await picture(speaker.page, 'speaker-spoken');
  await picture(viewer.page, 'viewer-spanish');

  await speaker.page.getByTestId('stop').click();
  await speaker.page.getByTestId('after').waitFor();
  expect(speaker.errors).toEqual([]);
  expect(viewer.errors).toEqual([]);
  await speaker.page.close();
  await viewer.page.close();
});

test('an audio file through the WebAssembly encoder; a late viewer reads what was said before', async () => {
  const speaker = await openSpeaker('/speak/library?encoder=wasm');
  await speaker.page.getByTestId('source-file').check({ force: true });
  await speaker.page.getByTestId('file').setInputFiles(clip.path);
  await speaker.page.locator('[data-testid="file-state"][data-state="ready"]').waitFor();
  await speaker.page.getByTestId('start').click();
  await speaker.page.locator('[data-testid="facts"][data-encoder="wasm"]').waitFor();
  const link = await speaker.page.getByTestId('watch-link').inputValue();
  await expect
    .poll(async () => wordErrorRate(clip.reference, await finalText(speaker.page)), {
      timeout: SPOKEN_LIMIT_MS,
    })
    .toBeLessThanOrEqual(MAX_WORD_ERROR_RATE);

  const viewer = await openViewer(link, 'ca');
  await viewer.page.getByTestId('language').selectOption('ca');
  const translated = viewer.page.locator(
    '[data-testid="line"][data-final="true"] .caption:not(.awaiting)',
  );
  await expect
    .poll(async () => (await translated.allInnerTexts()).join(' ').length, {
      timeout: SPOKEN_LIMIT_MS,
    })
    .toBeGreaterThan(clip.reference.length * 0.5);
  expect(wordErrorRate(clip.reference, await finalText(viewer.page))).toBeGreaterThan(0.5);
  await picture(viewer.page, 'viewer-late-catalan');
  expect([...speaker.errors, ...viewer.errors]).toEqual([]);
  await speaker.page.close();
  await viewer.page.close();
});

test("the room's owner ends it and deletes what was kept; viewers are told", async () => {
  const speaker = await openSpeaker('/speak/cellar');
  await speaker.page.getByTestId('start').click();
  await speaker.page.locator('[data-testid="controls"][data-phase="live"]').waitFor();
  const viewer = await openViewer(await speaker.page.getByTestId('watch-link').inputValue(), 'es');
  await viewer.page.getByTestId('room-state').waitFor();
  await speaker.page.getByTestId('end-room').click();
  await speaker.page.getByTestId('erase').check();
  await speaker.page.getByTestId('confirm-go').click();
  await viewer.page.getByTestId('ended').waitFor();
  await picture(viewer.page, 'viewer-ended');
  await speaker.page.close();
  await viewer.page.close();
});

test('no microphone and a refused one are said in plain words, with what to do', async () => {
  const refusing = await launchBrowser({ allowed: false });
  try {
    for (const [browser, name] of [
      [viewerBrowser, 'microphone-missing'],
      [refusing, 'microphone-refused'],
    ] as const) {
      const page = await browser.newPage({ viewport: PHONE });
      await page.goto(`${server.url}/speak/deaf`);
      await page.getByTestId('start').click();
      const notice = page.getByTestId('notice').first();
      await notice.waitFor();
      expect((await notice.innerText()).toLowerCase()).toContain('microphone');
      await picture(page, name);
      await page.close();
    }
  } finally {
    await refusing.close();
  }
});

test('a full server is said in plain words, before and after trying', async () => {
  const pages: Page[] = [];
  for (let at = 0; at < 4; at += 1) {
    const { page } = await openSpeaker(`/speak/full-${at}`);
    await page.getByTestId('start').click();
    await page.locator('[data-testid="controls"][data-phase="live"]').waitFor();
    pages.push(page);
  }
  const { page: late } = await openSpeaker('/speak/full-late');
  await late.getByTestId('start').click();
  const full = late
    .getByTestId('notice')
    .filter({ hasText: /taken|busy/i })
    .first();
  await full.waitFor({ timeout: SPOKEN_LIMIT_MS });
  await picture(late, 'server-full');
  for (const page of [...pages, late]) await page.close();
});

test('a page over plain http from elsewhere says that microphones need a secure address', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: PHONE });
    await page.goto(`${server.url.replace('127.0.0.1', INSECURE_HOST)}/speak/plain`);
    await page.getByTestId('source-microphone').check({ force: true });
    const notice = page.getByTestId('notice').first();
    await notice.waitFor();
    expect(await notice.innerText()).toMatch(/https|secure/i);
    await picture(page, 'insecure-context');
  } finally {
    await browser.close();
  }
});
