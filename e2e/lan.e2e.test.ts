import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wordErrorRate } from '../bench/scoring/wer.ts';
import { launchBrowser } from '../client/testing/browser.ts';
import type { RoomTokenAnswer } from '../shared/room-tokens.ts';
import { PHONE, picture, watchForErrors } from './support/browsers.ts';
import { ownClip } from './support/clip.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

const SPOKEN_LIMIT_MS = 60_000;
const clip = ownClip();
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({}, ['--lan']), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  expect(await server?.stop()).toBe(0);
});

/** The same link over loopback: tests send nothing into the network. */
const onLoopback = (link: string): string => {
  const url = new URL(link);
  url.hostname = '127.0.0.1';
  return url.href;
};

test('in a network: the key speaks, the shared link only watches, and neither is ever sent in an address', async () => {
  const [link = ''] = server.links;
  expect(link).toMatch(/^https:\/\/[^/]+\/#k=[A-Za-z0-9_-]{32}$/);
  const phone = await browser.newContext({ viewport: PHONE, ignoreHTTPSErrors: true });
  const speaker = await phone.newPage();
  const errors = watchForErrors(speaker);
  const addresses: string[] = [];
  speaker.on('request', (request) => addresses.push(request.url()));
  await speaker.goto(onLoopback(link));
  await speaker.getByTestId('new-room').fill('garden');
  await speaker.getByTestId('open-room').click();
  await speaker.getByTestId('source-file').check({ force: true });
  await speaker.getByTestId('file').setInputFiles(clip.path);
  await speaker.locator('[data-testid="file-state"][data-state="ready"]').waitFor();
  await speaker.getByTestId('start').click();
  await speaker.locator('[data-testid="controls"][data-phase="live"]').waitFor();
  await picture(speaker, 'lan-speaker-phone');
  const shared = await speaker.getByTestId('watch-link').inputValue();
  expect(shared).toMatch(/\/watch\/garden#t=/);

  const other = await browser.newContext({
    viewport: PHONE,
    ignoreHTTPSErrors: true,
    locale: 'es',
  });
  const viewer = await other.newPage();
  await viewer.goto(onLoopback(shared));
  const captions = viewer.locator(
    '[data-testid="line"][data-final="true"] .caption:not(.awaiting)',
  );
  await expect
    .poll(async () => (await captions.allInnerTexts()).join(' ').length, {
      timeout: SPOKEN_LIMIT_MS,
    })
    .toBeGreaterThan(clip.reference.length * 0.5);
  const spanish = (await captions.allInnerTexts()).join(' ');
  expect(wordErrorRate(clip.reference, spanish)).toBeGreaterThan(0.5);
  await picture(viewer, 'lan-viewer-phone');

  await viewer.goto(onLoopback(shared).replace('/watch/garden', '/watch/kitchen'));
  await viewer.getByTestId('notice').filter({ hasText: /link/i }).first().waitFor();
  await viewer.goto(onLoopback(shared).replace('/watch/garden', '/speak/garden'));
  await viewer.getByTestId('start').waitFor();
  await viewer.getByTestId('key').waitFor();
  await picture(viewer, 'lan-no-key');

  // A program with the key makes a link for one room; it speaks, and is gone from the address at once.
  const secret = new URL(link).hash.slice('#k='.length);
  const asked = await other.request.post(onLoopback(`${new URL(link).origin}/api/v1/tokens`), {
    headers: { 'x-api-key': secret },
    data: { room: 'terrace', role: 'speak', seconds: 60 },
  });
  const token: RoomTokenAnswer = await asked.json();
  const guest = await other.newPage();
  guest.on('request', (request) => addresses.push(request.url()));
  await guest.goto(onLoopback(new URL(token.link, link).href));
  await guest.getByTestId('source-file').check({ force: true });
  await guest.getByTestId('file').setInputFiles(clip.path);
  await guest.locator('[data-testid="file-state"][data-state="ready"]').waitFor();
  expect(await guest.getByTestId('key').count()).toBe(0);
  expect(new URL(guest.url()).hash).toBe('');
  await guest.getByTestId('start').click();
  await guest.locator('[data-testid="controls"][data-phase="live"]').waitFor();
  expect(await guest.getByTestId('watch-link').inputValue()).toMatch(/\/watch\/terrace#t=/);
  expect(addresses.filter((address) => address.includes(token.token))).toEqual([]);
  expect(server.log()).not.toContain(token.token);

  expect(addresses.filter((address) => address.includes(secret))).toEqual([]);
  expect(server.log()).not.toContain(secret);
  expect(errors).toEqual([]);
});
