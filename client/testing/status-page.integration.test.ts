import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nodeReport, nodesAnswer } from '../src/status/testing/node-reports.ts';
import { tooFaint, tooSmall } from './legibility.ts';
import { PageBench } from './page-bench.ts';

vi.setConfig({ testTimeout: 60_000 });

const KEY = 'the-key-of-an-operator';
/** The page asks every two seconds. */
const POLL = { timeout: 15_000 };
const NODES = ['node-1:8080', 'node-2:8080', 'node-3:8080'];

let bench: PageBench;

beforeAll(async () => {
  bench = await PageBench.open({ microphone: false });
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

const value = (page: Page, chart: string, node: string) =>
  page.locator(`[data-testid=chart-${chart}] [data-node="${node}"] strong`);

describe('the status page', () => {
  it('draws every node, and goes on by itself', async () => {
    bench.server.nodes = nodesAnswer(
      NODES.map((name, index) =>
        nodeReport({ name, sessions: index, viewers: 10 * index, lagS: 0.8 }),
      ),
    );
    const page = await bench.visit('/operate');
    await page.getByTestId('chart-speakers').waitFor();
    await expect.poll(() => page.getByTestId('node').count(), POLL).toBe(3);
    expect(await value(page, 'viewers', 'node-3:8080').innerText()).toBe('20');
    expect(await value(page, 'caption-lag', 'node-2:8080').innerText()).toBe('0.80 s');
    expect(await page.getByTestId('total-speakers').innerText()).toContain('3');
    bench.server.nodes = nodesAnswer(NODES.map((name) => nodeReport({ name, sessions: 7 })));
    await expect.poll(() => value(page, 'speakers', 'node-1:8080').innerText(), POLL).toBe('7');
    const path = page.locator('[data-testid=chart-speakers] .plot path').first();
    expect(await path.getAttribute('d')).toMatch(/^M.+L.+L/);
  });

  it('says which node is silent, and why only one is shown', async () => {
    const silent = { node: 'two', name: 'node-2:8080', seconds: 31, reason: 'silent' } as const;
    bench.server.nodes = nodesAnswer([nodeReport({ name: 'node-1:8080' })], [silent]);
    const page = await bench.visit('/operate');
    const notice = page.getByTestId('notice');
    await expect.poll(() => notice.innerText(), POLL).toContain('node-2:8080 (for 31 s)');
    const problem = 'Redis does not answer: only the node that was asked is shown.';
    bench.server.nodes = { ...nodesAnswer([nodeReport({ name: 'node-1:8080' })]), problem };
    await expect.poll(() => notice.innerText(), POLL).toContain('Redis does not answer');
  });

  it('is opened by a key that stays in this tab, and out of every address', async () => {
    bench.server.operatorKey = KEY;
    const addresses: string[] = [];
    const page = await bench.visit('/operate', {}, async (opened) => {
      opened.on('request', (request) => addresses.push(request.url()));
    });
    await page.getByTestId('operator-key').fill('not-this-one');
    await page.getByTestId('operator-open').click();
    await page.locator('[data-testid=notice][data-code=wrong]').waitFor();
    await page.getByTestId('operator-key').fill(KEY);
    await page.getByTestId('operator-open').click();
    await page.getByTestId('chart-speakers').waitFor();
    await page.reload();
    await page.getByTestId('chart-speakers').waitFor();
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + location.href);
    expect(kept).not.toContain(KEY);
    expect(addresses.filter((address) => address.includes(KEY))).toEqual([]);
    await page.getByTestId('forget-key').click();
    await page.getByTestId('operator-key').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it('keeps what it knew while the server does not answer, and goes on afterwards', async () => {
    const page = await bench.visit('/operate');
    await page.getByTestId('chart-speakers').waitFor();
    await page.route('**/api/v1/nodes', (route) => route.abort());
    await page.locator('[data-testid=notice][data-code=server_unreachable]').waitFor();
    expect(await page.getByTestId('chart-speakers').isVisible()).toBe(true);
    await page.unroute('**/api/v1/nodes');
    await page.locator('[data-testid=status][data-state=answer]').waitFor();
  });

  it('tells the values of the moment that is pointed at', async () => {
    const page = await bench.visit('/operate');
    const chart = page.locator('[data-testid=chart-viewers]');
    await chart.locator('.plot svg').hover({ position: { x: 4, y: 40 } });
    await expect.poll(() => chart.locator('.times').innerText()).toContain('min');
    expect(await chart.locator('.legend strong').innerText()).toBe('–');
  });

  it.each(['light', 'dark'] as const)(
    'can be read in %s, and fits a phone',
    async (colorScheme) => {
      bench.server.nodes = nodesAnswer([
        ...NODES.map((name) => nodeReport({ name, sessions: 2, lagS: 1 })),
        nodeReport({
          name: 'a-node-with-quite-a-long-name.example:8080',
          problems: ['Redis is away'],
        }),
      ]);
      const viewport = { width: 360, height: 740 };
      const page = await bench.visit('/operate', { colorScheme, viewport });
      await page.getByTestId('chart-speakers').waitFor();
      expect(await tooFaint(page)).toEqual([]);
      expect(await tooSmall(page, 'main')).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
    },
  );
});
