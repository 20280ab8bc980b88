import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { percentile } from '../bench/scoring/percentiles.ts';
import { addErrors, errorRate, NO_WORD_ERRORS, wordErrors } from '../bench/scoring/wer.ts';
import { judgeSession } from '../chaos/judge/judge-session.ts';
import { launchBrowser } from '../client/testing/browser.ts';
import { projectRoot } from '../server/src/testing/speech-corpus.ts';
import type { FinalCaption, PlacedEntry } from '../shared/captions.ts';
import { FRAME_MS } from '../shared/limits.ts';
import { PHONE, watchForErrors } from './support/browsers.ts';
import { findSpeech } from './support/clip.ts';
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
/** One misread sentence of three is bad luck; a speaker whose words are lost has more. */
const MAX_SPEAKER_WORD_ERROR_RATE = 0.6;
const OPENING_LIMIT_MS = 120_000;
/** Pages on a machine that cannot keep up play slower; nothing may be lost by it. */
const SPOKEN_LIMIT_MS = 10 * PROGRAMME_SECONDS * 1000;
/** From the last word of a room to the last of its translations on a page. */
const TRANSLATED_LIMIT_MS = 60_000;

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
  await Promise.all(speakers.map(({ page }) => page.getByTestId('start').click()));
  await Promise.all(speakers.map(goneLive));
  const liveAt = Date.now();
  expect(await metric('parlance_sessions')).toBe(SPEAKERS);
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

  const problems: string[] = [];
  let words = NO_WORD_ERRORS;
  for (const speaker of speakers) {
    const reader = readers.get(speaker) ?? null;
    const verdict = await judge(speaker, reader);
    problems.push(...verdict.problems.map((problem) => `${speaker.room}: ${problem}`));
    words = addErrors(words, verdict.words);
  }
  expect(problems).toEqual([]);
  expect(errorRate(words), 'word error rate of all').toBeLessThanOrEqual(MAX_WORD_ERROR_RATE);
  expect(await metric('parlance_frames_missing_total')).toBe(0);
  const late = spokenMs.map((ms, index) => ms - (speakers[index]?.programme.seconds ?? 0) * 1000);
  report({
    speakers: SPEAKERS,
    wordErrorRate: errorRate(words),
    openedInMs: startingAt - openingAt,
    allLiveAfterMs: liveAt - startingAt,
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

/** Everything that is wrong with what became of one speech; empty is right. */
async function judge({ room, page, errors, programme }: Speaker, reader: OpenPage | null) {
  const language = reader === null ? SPOKEN : READ;
  const look = async () => {
    const entries = await readRecord(server.url, room, language);
    const session = sessionOf(entries);
    const frames = Math.ceil((programme.seconds * 1000) / FRAME_MS);
    const spoken = { session, language: SPOKEN, frames, voice: programme.voice, gaps: [] };
    const { finals, problems } = judgeSession(spoken, [{ name: 'record', language, entries }]);
    return { entries, finals, problems };
  };
  const isTranslated = async () =>
    reader === null || (await shownTo(reader.page)) === textOf((await look()).entries, READ);
  await expect
    .poll(isTranslated, { timeout: TRANSLATED_LIMIT_MS })
    .toBe(true)
    .catch(() => {});
  const { entries, finals, problems: found } = await look();
  const problems = [...found, ...errors.map((error) => `its page: ${error}`)];
  const gaps = entries.filter(({ type }) => type === 'gap').length;
  if (gaps > 0) problems.push(`[INV1] ${gaps} gaps declared`);
  if ((await shownTo(page)) !== textOf(entries, SPOKEN)) {
    problems.push('[INV3] its own page shows other finals than are stored');
  }
  if (reader !== null) {
    problems.push(...reader.errors.map((error) => `its reader's page: ${error}`));
    if (!(await isTranslated())) problems.push("[INV3] its reader's page shows other translations");
  }
  const words = wordErrors(programme.reference, finals.map(({ text }) => text).join(' '));
  if (errorRate(words) > MAX_SPEAKER_WORD_ERROR_RATE) {
    problems.push(`word error rate ${errorRate(words).toFixed(2)}`);
  }
  return { problems, words };
}

function sessionOf(entries: readonly PlacedEntry[]): string {
  const sessions = new Set(finalsOf(entries).map(({ session }) => session));
  if (sessions.size > 1) throw new Error(`Expected one session in a room, got ${sessions.size}.`);
  return [...sessions][0] ?? 'none';
}

function finalsOf(entries: readonly PlacedEntry[]): FinalCaption[] {
  return entries.flatMap((entry) => (entry.type === 'final' ? [entry.caption] : []));
}

function textOf(entries: readonly PlacedEntry[], language: string): string {
  const finals = finalsOf(entries).filter((final) => final.language === language);
  return withoutGaps(finals.map(({ text }) => text).join(' '));
}

/** The finished lines of a page. */
async function shownTo(page: Page): Promise<string> {
  const lines = page.locator('[data-testid="line"][data-kind="speech"][data-final="true"]');
  return withoutGaps((await lines.locator('.caption .words').allInnerTexts()).join(' '));
}

function withoutGaps(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
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

/** Delays depend on the machine: they are told, not judged. */
function report(figures: object): void {
  const artifacts = join(projectRoot(), 'e2e/artifacts');
  mkdirSync(artifacts, { recursive: true });
  writeFileSync(join(artifacts, 'fifty-speakers.json'), `${JSON.stringify(figures, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
