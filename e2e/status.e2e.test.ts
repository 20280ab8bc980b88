import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../client/testing/browser.ts';
import { DESKTOP, PHONE, picture, watchForErrors } from './support/browsers.ts';
import { ownClip } from './support/clip.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

const KEY = 'the-key-of-this-operator';
const SPOKEN = { timeout: 90_000 };
const clip = ownClip();
let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ ACCESS_KEY: KEY }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  expect(await server?.stop()).toBe(0);
});

test('an operator sees live who speaks and reads, and how late captions are', async () => {
  const speaker = await (await browser.newContext({ viewport: DESKTOP })).newPage();
  await speaker.goto(`${server.url}/speak/garden#k=${KEY}`);
  await speaker.getByTestId('source-file').check({ force: true });
  await speaker.getByTestId('file').setInputFiles(clip.path);
  await speaker.locator('[data-testid="file-state"][data-state="ready"]').waitFor();

  const operator = await (await browser.newContext({ viewport: DESKTOP })).newPage();
  const errors = watchForErrors(operator);
  const addresses: string[] = [];
  operator.on('request', (request) => addresses.push(request.url()));
  await operator.goto(`${server.url}/operate`);
  await operator.getByTestId('operator-key').fill(KEY);
  await operator.getByTestId('operator-open').click();
  await operator.getByTestId('node').waitFor();
  const told = (chart: string) =>
    operator.locator(`[data-testid=chart-${chart}] .legend strong`).innerText();
  expect(await told('speakers')).toBe('0');

  // There before the first word, so that its translation is wanted at once.
  const reader = await (await browser.newContext({ locale: 'es' })).newPage();
  await reader.goto(`${server.url}/watch/garden#t=${KEY}`);
  await expect.poll(() => told('viewers'), SPOKEN).toBe('1');
  await speaker.getByTestId('start').click();
  await speaker.locator('[data-testid="controls"][data-phase="live"]').waitFor();
  await expect.poll(() => told('speakers'), SPOKEN).toBe('1');
  await expect.poll(() => told('caption-lag'), SPOKEN).toMatch(/^\d+\.\d+ s$/);
  await expect.poll(() => told('translation-lag'), SPOKEN).toMatch(/^\d+\.\d+ s$/);
  await picture(operator, 'status');
  await operator.setViewportSize(PHONE);
  await picture(operator, 'status-phone');

  // A page without a key asks once, and the browser notes that it was refused.
  const refused = (text: string) => text.includes('401');
  expect(errors.filter((text) => !refused(text))).toEqual([]);
  expect(errors.filter(refused)).toHaveLength(1);
  expect(addresses.filter((address) => address.includes(KEY))).toEqual([]);
  expect(server.log()).not.toContain(KEY);
  expect(server.log()).toContain('"msg":"session started"');
  expect(server.log()).not.toContain('garden');
});

test('what Prometheus reads has moved with what was said', async () => {
  const answer = await fetch(`${server.url}/metrics`, {
    headers: { Authorization: `Bearer ${KEY}` },
  });
  const text = await answer.text();
  const figure = (series: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1),
    );
  expect(figure('parlance_caption_lag_seconds_count{kind="final"}')).toBeGreaterThan(0);
  expect(figure('parlance_caption_lag_seconds_sum{kind="final"}')).toBeGreaterThan(0);
  expect(figure('parlance_delivery_lag_seconds_count')).toBeGreaterThan(0);
  expect(figure('parlance_final_words_total')).toBeGreaterThan(0);
  expect(figure('parlance_tasks_total{task="recognition",outcome="done"}')).toBeGreaterThan(0);
  expect(figure('parlance_tasks_total{task="translation",outcome="done"}')).toBeGreaterThan(0);
  expect(figure('parlance_task_duration_seconds_count{task="conversion"}')).toBeGreaterThan(0);
  expect(figure('parlance_redis_up')).toBe(1);
  expect(text).toMatch(/^parlance_translation_lag_seconds_count\{engine="\w[^"]*"\} [1-9]/m);
  expect(text).toMatch(/^parlance_model_load_seconds\{engine="moonshine[^"]*",model=""\} \d/m);
  expect(text).not.toMatch(/garden/);
});
