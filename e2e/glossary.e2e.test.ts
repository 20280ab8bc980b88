import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../client/testing/browser.ts';
import { addTerms, openGlossary } from '../client/testing/glossary-script.ts';
import { DESKTOP, picture, watchForErrors } from './support/browsers.ts';
import { ownClip } from './support/clip.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

/** Real time for the clip, and what a busy machine needs on top. */
const SPOKEN_LIMIT_MS = 60_000;

const clip = ownClip();
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({}), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  expect(await server?.stop()).toBe(0);
});

/** Plays the clip, which begins with “Printing”, into the room. */
async function playClip(page: Page): Promise<void> {
  await page.getByTestId('source-file').check();
  await page.getByTestId('file').setInputFiles(clip.path);
  await page.locator('[data-testid=file-state][data-state=ready]').waitFor();
  await page.getByTestId('start').click();
  await page.getByTestId('pause').waitFor();
}

const finals = (page: Page) =>
  page.locator('[data-testid=line][data-final=true] .words').allInnerTexts();

test('terms written in the page are in what is read and in what is translated', async () => {
  const speaker = await browser.newPage({ viewport: DESKTOP });
  const errors = watchForErrors(speaker);
  await speaker.goto(`${server.url}/speak/terms`);
  await openGlossary(speaker);
  await addTerms(speaker, [
    { term: 'Parlance', heardAs: 'printing' },
    { term: 'crafts', translate: true, translations: { es: 'artesanías finas' } },
  ]);
  const reader = await browser.newPage({ viewport: DESKTOP, locale: 'es-ES' });
  await reader.goto(`${server.url}/watch/terms`);
  await playClip(speaker);
  await speaker.getByText('Saved', { exact: true }).waitFor();
  await expect
    .poll(async () => (await finals(speaker)).join(' '), { timeout: SPOKEN_LIMIT_MS })
    .toMatch(/^Parlance\b.* crafts\b/);
  await expect
    .poll(async () => (await finals(reader)).join(' '), { timeout: SPOKEN_LIMIT_MS })
    .toMatch(/^Parlance\b.* artesanías finas\b/);
  await picture(speaker, 'speaker-terms');

  await speaker.getByTestId('after').waitFor({ timeout: SPOKEN_LIMIT_MS });
  await speaker.getByTestId('speak-again').click();
  await playClip(speaker);
  await speaker.getByTestId('glossary-clear').click();
  await speaker.getByTestId('confirm-go').click();
  await expect
    .poll(async () => (await finals(speaker)).join(' '), { timeout: SPOKEN_LIMIT_MS })
    .toMatch(/^Printing\b/);
  expect(errors).toEqual([]);
});

test('a guest reads the room’s terms, and cannot change them', async () => {
  const owner = await browser.newPage({ viewport: DESKTOP });
  await owner.goto(`${server.url}/speak/shared`);
  await openGlossary(owner);
  await addTerms(owner, [{ term: 'Parlance' }]);
  await playClip(owner);
  await owner.getByText('Saved', { exact: true }).waitFor();

  const context = await browser.newContext({ viewport: DESKTOP });
  const guest = await context.newPage();
  await guest.goto(`${server.url}/speak/shared`);
  await openGlossary(guest);
  await addTerms(guest, [{ term: 'mine' }]);
  await playClip(guest);
  await guest.getByTestId('glossary-readonly').waitFor();
  expect(await guest.locator('.term-name').allInnerTexts()).toEqual(['Parlance']);
  expect(await guest.getByTestId('term-add').count()).toBe(0);
});
