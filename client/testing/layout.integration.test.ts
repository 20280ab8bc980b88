import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { scriptedFinal, scriptedPartial } from './caption-script.ts';
import { tooFaint } from './legibility.ts';
import { PageBench } from './page-bench.ts';

vi.setConfig({ testTimeout: 60_000 });

const PATHS = [
  '/',
  '/speak/a-room-with-quite-a-long-name-indeed-417',
  '/watch/room-1',
  '/operate',
  '/nowhere',
];
const SCHEMES = ['light', 'dark'] as const;
const NARROW = { width: 360, height: 640 };

let bench: PageBench;

beforeAll(async () => {
  bench = await PageBench.open({ microphone: false });
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

async function open(path: string, options: Parameters<PageBench['visit']>[1] = {}): Promise<Page> {
  const page = await bench.visit(path, options);
  await page.getByRole('main').waitFor();
  await page.waitForLoadState('networkidle');
  return page;
}

describe.each(PATHS)('%s', (path) => {
  it('fits a narrow phone', async () => {
    const page = await open(path, { viewport: NARROW });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBe(NARROW.width);
  });

  it('has one main part, one first heading, and a name for everything that can be used', async () => {
    const page = await open(path);
    expect(await page.getByRole('main').count()).toBe(1);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.title()).toContain('Parlance');
    const nameless = await page
      .locator('button, a[href], input, select, summary')
      .evaluateAll((controls) =>
        controls
          .filter((control) => {
            const { labels } = control as HTMLInputElement;
            const label = control.getAttribute('aria-label') ?? labels?.[0]?.textContent;
            return (label ?? control.textContent ?? '').trim() === '';
          })
          .map((control) => control.outerHTML),
      );
    expect(nameless).toEqual([]);
  });

  it.each(SCHEMES)('can be read in %s', async (colorScheme) => {
    const page = await open(path, { colorScheme });
    expect(await tooFaint(page)).toEqual([]);
  });

  it('loads nothing from elsewhere', async () => {
    const asked: string[] = [];
    const page = await bench.visit(path, {}, async (opened) => {
      opened.on('request', (request) => asked.push(new URL(request.url()).host));
    });
    await page.waitForLoadState('networkidle');
    expect([...new Set(asked)]).toEqual([new URL(bench.server.url).host]);
  });
});

describe.each(SCHEMES)('live pages in %s', (colorScheme) => {
  it('can be read while somebody reads', async () => {
    const page = await open('/watch/room-1', { colorScheme, locale: 'es-ES' });
    await page.getByTestId('show-original').click();
    await page.getByTestId('read-aloud').click();
    await page.getByTestId('show-guesses').click();
    for (const name of ['Maya', 'Tom', 'Inês', 'Ada', 'Bo', 'Cy']) {
      const session = `session-${name.toLowerCase()}`;
      const speaker = { session, name, language: 'en', live: true };
      bench.server.put({ type: 'speaker', speaker });
      const text = `I am ${name}.`;
      bench.server.put({ type: 'final', caption: scriptedFinal({ session, segment: 0, text }) });
      const translated = { session, segment: 0, text: `Soy ${name}.`, language: 'es' };
      bench.server.put({ type: 'final', caption: scriptedFinal(translated) });
    }
    const session = 'session-maya';
    bench.server.put({ type: 'gap', gap: { session, fromSeq: 300, toSeq: 400 } });
    const said = { session, segment: 2, text: 'And so', revision: 1, stableLength: 3 };
    bench.server.partial(scriptedPartial(said));
    await page.locator('.tail').waitFor();
    expect(await tooFaint(page)).toEqual([]);
    bench.server.put({ type: 'ended', erased: false });
    await page.getByTestId('ended').waitFor();
    expect(await tooFaint(page)).toEqual([]);
  });

  it('can be read while somebody speaks', async () => {
    const page = await open('/speak/room-1', { colorScheme });
    await page.getByTestId('start').click();
    await page.getByTestId('notice').waitFor();
    expect(await tooFaint(page)).toEqual([]);
    await bench.chooseClip(page);
    await page.getByTestId('start').click();
    await page.getByTestId('pause').waitFor();
    bench.server.status({ recognizer: 'failed', viewers: 0 });
    await page.locator('[data-testid=fact-recognition][data-bad=true]').waitFor();
    await page.getByTestId('languages-live').click();
    await page.getByTestId('end-room').waitFor();
    expect(await tooFaint(page)).toEqual([]);
    await page.getByTestId('end-room').click();
    await page.getByTestId('confirm').waitFor();
    expect(await tooFaint(page)).toEqual([]);
  });
});

describe('a narrow phone', () => {
  it('holds everything while a file is played', async () => {
    const page = await open('/speak/room-1', { viewport: NARROW });
    await bench.chooseClip(page);
    await page.getByTestId('start').click();
    await page.getByTestId('file-progress').waitFor();
    await page.getByTestId('languages-live').click();
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(NARROW.width);
    await page.getByTestId('after').waitFor({ timeout: 40_000 });
    expect(await width()).toBe(NARROW.width);
  });

  it('holds the largest letters and the longest words', async () => {
    const page = await open('/watch/room-1', { viewport: NARROW });
    await page.getByTestId('reading-options').click();
    for (let step = 0; step < 4; step += 1) await page.getByTestId('larger').click();
    const session = 'session-1';
    const name = 'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff';
    bench.server.put({ type: 'speaker', speaker: { session, name, language: 'en', live: true } });
    const text = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
    bench.server.put({ type: 'final', caption: scriptedFinal({ session, segment: 0, text }) });
    await page.getByTestId('line').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(NARROW.width);
    const main = page.getByRole('main');
    expect(await main.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  });
});

describe('the colours', () => {
  it('follow the system until one is chosen, and the choice is remembered', async () => {
    const page = await open('/', { colorScheme: 'dark' });
    const paper = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const dark = await paper();
    await page.getByTestId('theme').click();
    const light = await paper();
    expect(light).not.toBe(dark);
    await page.reload();
    await page.getByTestId('theme').waitFor();
    expect(await paper()).toBe(light);
    await page.getByTestId('theme').click();
    expect(await paper()).toBe(dark);
    await page.getByTestId('theme').click();
    expect(await page.evaluate(() => localStorage.getItem('parlance.theme'))).toBeNull();
  });
});

describe('the keyboard', () => {
  it('reaches the start of a room from the home page', async () => {
    const page = await open('/');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.getByTestId('new-room').focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Café & Chat');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/speak/cafe-chat');
  });

  it('joins a room by its link', async () => {
    const page = await open('/');
    await page.getByTestId('join-room').fill(`${bench.server.url}/watch/room-1#t=abc`);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/watch/room-1#t=abc');
    await page.getByTestId('waiting').waitFor();
  });

  it('skips to the content without losing the pass in the address', async () => {
    const page = await open('/watch/room-1#t=abc');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    expect(page.url()).toMatch(/#t=abc$/);
  });

  it('shows where it is', async () => {
    const page = await open('/');
    await page.getByTestId('join-room').focus();
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(
      () => document.activeElement && getComputedStyle(document.activeElement).outlineWidth,
    );
    expect(outline).toBe('3px');
  });
});

describe('motion', () => {
  it('is left out for those who asked for that', async () => {
    const page = await open('/watch/room-1', { reducedMotion: 'reduce' });
    const speaker = { session: 'session-1', name: 'Maya', language: 'en', live: true };
    bench.server.put({ type: 'speaker', speaker });
    await page.locator('.pill.live').waitFor();
    const moving = await page.evaluate(() => document.getAnimations().length);
    expect(moving).toBe(0);
  });
});
