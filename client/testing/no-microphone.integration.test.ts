import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { PageBench } from './page-bench.ts';

let bench: PageBench;

beforeAll(async () => {
  bench = await PageBench.open({ microphone: false });
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

describe('a browser without a microphone', () => {
  it('says so when one is wanted', async () => {
    const page = await bench.visit('/speak/room-1');
    await page.getByTestId('start').click();
    await page.locator('[data-code=microphone_missing]').waitFor();
    expect(bench.server.sessions).toEqual([]);
    await page.getByTestId('check-microphone').click();
    await expect.poll(() => page.locator('[data-code=microphone_missing]').count()).toBe(2);
  });

  it('says that it was refused', async () => {
    const browser = await launchBrowser({ allowed: false });
    try {
      const page = await browser.newPage();
      await page.goto(`${bench.server.url}/speak/room-1`);
      await page.getByTestId('start').click();
      await page.locator('[data-code=microphone_refused]').waitFor();
      expect(await page.getByTestId('start').isEnabled()).toBe(true);
    } finally {
      await browser.close();
    }
  });

  it('says that microphones need a secure address, and still plays files', async () => {
    const page = await bench.visit('/speak/room-1');
    const plain = await bench.browser.newContext();
    const far = await plain.newPage();
    await far.goto(`http://parlance.test:${bench.server.port}/speak/room-1`);
    await far.getByTestId('start').waitFor();
    expect(await far.evaluate(() => window.isSecureContext)).toBe(false);
    expect(await far.getByTestId('source-file').isChecked()).toBe(true);
    await far.getByTestId('source-microphone').check();
    await far.locator('[data-code=insecure_context]').waitFor();
    await bench.chooseClip(far);
    await far.getByTestId('start').click();
    await far.getByTestId('after').waitFor({ timeout: 40_000 });
    expect(bench.server.sessions).toHaveLength(1);
    await page.close();
  });
});
