import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { percentile } from '../bench/scoring/percentiles.ts';
import { addErrors, errorRate, NO_WORD_ERRORS } from '../bench/scoring/wer.ts';
import { launchBrowser } from '../client/testing/browser.ts';
import { projectRoot } from '../server/src/testing/speech-corpus.ts';
import { PHONE, watchForErrors } from './support/browsers.ts';
import { findSpeech } from './support/clip.ts';
import { judgeSpeech, withoutGaps } from './support/judge-speech.ts';
import { type Programme, writeProgrammes } from './support/programmes.ts';
import { readRecord } from './support/room-record.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

const SPEAKERS = 50;
/** Pages share few browsers, as the people of a few offices would. */
const BROWSERS = 5;
/** Every so many rooms have a reader. */
const READER_EVERY = 5;
const SPOKEN = 'en';
const READ = 'es';
const PROGRAMMES = 10;
const PROGRAMME_SECONDS = 60;
/** Recordings read whole make about 0.1; cut live, by a recogniser that is short of time. */
const MAX_WORD_ERROR_RATE = 0.2;
const OPENING_LIMIT_MS = 120_000;
/** Pages on a machine that cannot keep up play slower; nothing may be lost by it. */
const SPOKEN_LIMIT_MS = 10 * PROGRAMME_SECONDS * 1000;
/** How often the sessions are counted: a page that the machine starves may be away for a moment. */
const COUNT_INTERVAL_MS = 500;
/** From the last word of a room to the last of its translations on a page. */
const TRANSLATED_LIMIT_MS = 60_000;
const TRANSLATED_POLL_MS = 500;

interface OpenPage {
  readonly page: Page;
  readonly errors: readonly string[];
}

interface Speaker extends OpenPage {
  readonly room: string;
  readonly programme: Programme;
}

let folder: string;
let server: ServerProcess;
let browsers: Browser[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-fifty-'));
  [server, ...browsers] = await Promise.all([
    // The browsers take most of the machine: finals may wait, and nobody is refused for it.
    startServer({ MAX_LIVE_SESSIONS: String(SPEAKERS), MAX_FINAL_WAIT_MS: '600000' }),
    ...Array.from({ length: BROWSERS }, () => launchBrowser()),
  ]);
});

afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  expect(await server?.stop()).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

test('[INV1] [INV2] [INV3] [INV6] fifty people speak in pages at once: all is there, and right', async () => {
  const openingAt = Date.now();
  const programmes = await writeProgrammes(findSpeech(), PROGRAMMES, PROGRAMME_SECONDS, folder);
  const speakers = await openSpeakers(programmes);
  const startingAt = Date.now();
  const sessions = watchPeak('parlance_sessions');
  onTestFinished(async () => void (await sessions.stop()));
  await Promise.all(speakers.map(({ page }) => page.getByTestId('start').click()));
  await Promise.all(speakers.map(goneLive));
  const liveAt = Date.now();
  const readers = new Map<Speaker, OpenPage>();
  for (const [index, speaker] of speakers.entries()) {
    if (index % READER_EVERY === 0) readers.set(speaker, await openReader(speaker));
  }
  const spokenMs = await Promise.all(
    speakers.map(async ({ room, page }) => {
      await during(`${room} speaks to its end`, page, () =>
        page.getByTestId('after').waitFor({ timeout: SPOKEN_LIMIT_MS }),
      );
      return Date.now() - startingAt;
    }),
  );
  expect(await sessions.stop(), 'most sessions at once').toBe(SPEAKERS);

  const verdicts = await Promise.all(
    speakers.map((speaker) => judge(speaker, readers.get(speaker) ?? null)),
  );
  const words = verdicts.map((verdict) => verdict.words).reduce(addErrors, NO_WORD_ERRORS);
  const problems = verdicts.flatMap((verdict) => verdict.problems);
  expect(problems).toEqual([]);
  expect(errorRate(words), 'word error rate of all').toBeLessThanOrEqual(MAX_WORD_ERROR_RATE);
  expect(await metric('parlance_frames_missing_total')).toBe(0);
  const late = spokenMs.map((ms, index) => ms - (speakers[index]?.programme.seconds ?? 0) * 1000);
  report({
    speakers: SPEAKERS,
    wordErrorRate: errorRate(words),
    openedInMs: startingAt - openingAt,
    allLiveAfterMs: liveAt - startingAt,
    resumes: await metric('parlance_session_resumes_total'),
    endedAfterProgrammeMs: { p50: percentile(late, 50), p95: percentile(late, 95) },
  });
});

/** A browser opens its pages one after another, the browsers side by side. */
async function openSpeakers(programmes: readonly Programme[]): Promise<Speaker[]> {
  const groups = await Promise.all(
    browsers.map(async (browser, first) => {
      const group: Speaker[] = [];
      for (let index = first; index < SPEAKERS; index += BROWSERS) {
        const programme = programmes[index % programmes.length];
        if (programme === undefined) throw new Error('Expected a programme for each speaker.');
        group.push(await openSpeaker(browser, `fifty-${index}`, programme));
      }
      return group;
    }),
  );
  return groups.flat();
}

async function openSpeaker(browser: Browser, room: string, programme: Programme): Promise<Speaker> {
  const page = await browser.newPage({ viewport: PHONE });
  const errors = watchForErrors(page);
  await during(`${room} opens`, page, async () => {
    await page.goto(`${server.url}/speak/${room}`);
    await page.getByTestId('source-file').check({ force: true });
    await page.getByTestId('file').setInputFiles(programme.path);
    await page
      .locator('[data-testid="file-state"][data-state="ready"]')
      .waitFor({ timeout: OPENING_LIMIT_MS });
  });
  return { room, page, errors, programme };
}

async function goneLive({ room, page }: Speaker): Promise<void> {
  await during(`${room} goes live`, page, () =>
    page
      .locator('[data-testid="controls"][data-phase="live"]')
      .waitFor({ timeout: OPENING_LIMIT_MS }),
  );
}

async function openReader({ room, page: speaking }: Speaker): Promise<OpenPage> {
  const browser = speaking.context().browser();
  if (browser === null) throw new Error('Expected a page of a browser.');
  const page = await browser.newPage({ viewport: PHONE, locale: 'es-ES' });
  const errors = watchForErrors(page);
  await page.goto(`${server.url}/watch/${room}`);
  return { page, errors };
}

/** What is wrong with what became of one speech, and its words. */
async function judge({ room, page, errors, programme }: Speaker, reader: OpenPage | null) {
  const read = reader === null ? SPOKEN : READ;
  const look = async () => {
    const entries = await readRecord(server.url, room, read);
    const shownToReader = reader === null ? null : await shownTo(reader.page);
    const shown = await shownTo(page);
    return judgeSpeech({ programme, spoken: SPOKEN, read, entries, shown, shownToReader });
  };
  let verdict = await look();
  const isRight = async () => {
    verdict = await look();
    return verdict.problems.length === 0;
  };
  // The last translations may still be on their way; what stays wrong is told with all the rest.
  await expect
    .poll(isRight, { timeout: TRANSLATED_LIMIT_MS, interval: TRANSLATED_POLL_MS })
    .toBe(true)
    .catch(() => undefined);
  const problems = [
    ...verdict.problems,
    ...errors.map((error) => `its page: ${error}`),
    ...(reader?.errors ?? []).map((error) => `its reader's page: ${error}`),
  ];
  return {
    words: verdict.words,
    problems: problems.map((problem) => `${room}: ${problem}`),
  };
}

/** The finished lines of a page. */
async function shownTo(page: Page): Promise<string> {
  const lines = page.locator('[data-testid="line"][data-kind="speech"][data-final="true"]');
  return withoutGaps((await lines.locator('.caption .words').allInnerTexts()).join(' '));
}

/** Says whose page it was, and what it told, when something takes too long. */
async function during<T>(what: string, page: Page, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const notices = await page.getByTestId('notice').allInnerTexts();
    throw new Error(`Expected that ${what}, got: ${notices.join(' ') || 'nothing'}`, { cause });
  }
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

/** The highest value of a metric until `stop` asks for it. */
function watchPeak(name: string): { stop(): Promise<number> } {
  const stopping = new AbortController();
  const watching = (async () => {
    let peak = 0;
    while (!stopping.signal.aborted) {
      peak = Math.max(peak, await metric(name));
      await setTimeout(COUNT_INTERVAL_MS);
    }
    return peak;
  })();
  return {
    stop: () => {
      stopping.abort();
      return watching;
    },
  };
}

/** Delays depend on the machine: they are told, not judged. */
function report(figures: object): void {
  const artifacts = join(projectRoot(), 'e2e/artifacts');
  mkdirSync(artifacts, { recursive: true });
  writeFileSync(join(artifacts, 'fifty-speakers.json'), `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
