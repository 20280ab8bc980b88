import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { launchBrowser } from './browser.ts';
import { buildPage } from './page-files.ts';
import { writeClipAsWav } from './recordings.ts';
import { ScriptedServer } from './scripted-server.ts';

/** Seconds of speech that tests play: a sentence or two. */
const CLIP_SECONDS = 6;

/** What every browser test needs: the built page, a scripted server, a browser with a microphone. */
export class PageBench {
  readonly server: ScriptedServer;
  readonly browser: Browser;
  /** 48 kHz mono; also what the microphone hears, once. */
  readonly clipPath: string;
  readonly #cleanUp: (() => Promise<void>)[];

  private constructor(
    server: ScriptedServer,
    browser: Browser,
    clipPath: string,
    cleanUp: (() => Promise<void>)[],
  ) {
    this.server = server;
    this.browser = browser;
    this.clipPath = clipPath;
    this.#cleanUp = cleanUp;
  }

  /** `microphone: false` gives a browser that has none and refuses nothing by itself. */
  static async open({ microphone = true } = {}): Promise<PageBench> {
    const folder = await mkdtemp(join(tmpdir(), 'parlance-clip-'));
    const clipPath = join(folder, 'clip.wav');
    await writeClipAsWav(clipPath, CLIP_SECONDS);
    const page = await buildPage();
    const server = await ScriptedServer.open(page.folder);
    const browser = await launchBrowser(
      microphone ? { recording: clipPath, allowed: true } : undefined,
    );
    return new PageBench(server, browser, clipPath, [
      () => browser.close(),
      () => server.close(),
      () => page.remove(),
      () => rm(folder, { recursive: true, force: true }),
    ]);
  }

  /** A page in a fresh profile. Whatever goes wrong inside it fails the test. */
  async visit(
    path: string,
    options: BrowserContextOptions = {},
    prepare?: (page: Page) => Promise<void>,
  ): Promise<Page> {
    const context = await this.browser.newContext({
      locale: 'es-ES',
      permissions: ['microphone'],
      ...options,
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      throw error;
    });
    await prepare?.(page);
    await page.goto(this.server.url + path);
    return page;
  }

  /** Chooses the clip as an audio file and waits until it is decoded. */
  async chooseClip(page: Page): Promise<void> {
    await page.getByTestId('source-file').check();
    await page.getByTestId('file').setInputFiles(this.clipPath);
    await page.locator('[data-testid=file-state][data-state=ready]').waitFor();
  }

  /** Closes every page and forgets what the server saw. */
  async reset(): Promise<void> {
    for (const context of this.browser.contexts()) await context.close();
    this.server.reset();
  }

  async close(): Promise<void> {
    for (const step of this.#cleanUp) await step();
  }
}
