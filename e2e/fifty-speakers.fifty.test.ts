import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { percentile } from '../bench/scoring/percentiles.ts';
import { addErrors, errorRate, NO_WORD_ERRORS, wordErrors } from '../bench/scoring/wer.ts';
import { launchBrowser } from '../client/testing/browser.ts';
import { projectRoot } from '../server/src/testing/speech-corpus.ts';
import type { FinalCaption } from '../shared/captions.ts';
import {
  PROTOCOL_VERSION,
  type Reply,
  type RoomJoined,
  SOCKET_PATH,
  WATCH_NAMESPACE,
} from '../shared/protocol.ts';
import { PHONE, watchForErrors } from './support/browsers.ts';
import { findSpeech } from './support/clip.ts';
import { type Programme, writeProgrammes } from './support/programmes.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';

const SPEAKERS = 50;
/** Pages share few browsers, as the people of a few offices would. */
const BROWSERS = 5;
/** Every so many rooms have a reader in Spanish. */
const READER_EVERY = 5;
const PROGRAMMES = 10;
/** Long enough that the first still speaks when the last has come. */
const PROGRAMME_SECONDS = 75;
/** Recordings read whole make about 0.1; cut live, by a recogniser that is short of time. */
const MAX_WORD_ERROR_RATE = 0.2;
/** One misread sentence of three is bad luck; a speaker whose words are lost has more. */
const MAX_SPEAKER_WORD_ERROR_RATE = 0.6;
const OPENING_LIMIT_MS = 120_000;
const SPOKEN_LIMIT_MS = 240_000;

interface Speaker {
  readonly room: string;
  readonly page: Page;
  readonly errors: string[];
  readonly programme: Programme;
  reader: { readonly page: Page; readonly errors: string[] } | null;
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

test('[INV1] [INV6] fifty people speak at once, and each is understood and translated', async () => {
  const programmes = await writeProgrammes(findSpeech(), PROGRAMMES, PROGRAMME_SECONDS, folder);
  const speakers: Speaker[] = [];
  // A browser opens its pages one after another, the browsers side by side.
  await Promise.all(
    browsers.map(async (browser, first) => {
      for (let index = first; index < SPEAKERS; index += BROWSERS) {
        const programme = programmes[index % programmes.length];
        if (programme === undefined) throw new Error('Expected a programme for each speaker.');
        speakers.push(await openSpeaker(browser, index, programme));
      }
    }),
  );

  // Everybody of an office one after another, the offices side by side, as people come to a meeting.
  await Promise.all(
    browsers.map(async (browser) => {
      for (const speaker of speakers) {
        if (speaker.page.context().browser() !== browser) continue;
        await speaker.page.getByTestId('start').click();
        await goneLive(speaker);
      }
    }),
  );
  expect(await metric('parlance_sessions')).toBe(SPEAKERS);
  const startedAt = Date.now();
  for (const [index, speaker] of speakers.entries()) {
    if (index % READER_EVERY === 0) speaker.reader = await openReader(speaker);
  }

  const lags = await Promise.all(
    speakers.map(async ({ page, programme }) => {
      await page.locator('[data-testid="after"]').waitFor({ timeout: SPOKEN_LIMIT_MS });
      return Date.now() - startedAt - programme.seconds * 1000;
    }),
  );

  let all = NO_WORD_ERRORS;
  for (const { room, page, programme, reader, errors: problems } of speakers) {
    expect(problems, room).toEqual([]);
    const finals = await finalsOf(room);
    const spoken = finals.filter(({ language, sourceLanguage }) => language === sourceLanguage);
    expect(spoken.map(({ segment }) => segment)).toEqual(spoken.map((_, segment) => segment));
    const text = spoken.map((final) => final.text).join(' ');
    expect(await shownTo(page)).toBe(withoutGaps(text));
    const own = wordErrors(programme.reference, text);
    expect(errorRate(own), room).toBeLessThanOrEqual(MAX_SPEAKER_WORD_ERROR_RATE);
    all = addErrors(all, own);
    if (reader === null) continue;
    const spanish = () =>
      finalsOf(room).then((found) => found.filter((final) => final.language === 'es'));
    await expect
      .poll(async () => (await spanish()).map(({ segment }) => segment), { timeout: 30_000 })
      .toEqual(spoken.map(({ segment }) => segment));
    const translated = withoutGaps((await spanish()).map((final) => final.text).join(' '));
    await expect.poll(() => shownTo(reader.page), { timeout: 30_000 }).toBe(translated);
    expect(reader.errors, room).toEqual([]);
  }
  expect(errorRate(all)).toBeLessThanOrEqual(MAX_WORD_ERROR_RATE);
  expect(await metric('parlance_frames_missing_total')).toBe(0);
  report({
    speakers: SPEAKERS,
    wordErrorRate: errorRate(all),
    lastWordsAfterProgrammeMs: {
      p50: percentile(lags, 50),
      p95: percentile(lags, 95),
    },
  });
});

async function openSpeaker(
  browser: Browser,
  index: number,
  programme: Programme,
): Promise<Speaker> {
  const room = `fifty-${index}`;
  const page = await browser.newPage({ viewport: PHONE });
  const errors = watchForErrors(page);
  await page.goto(`${server.url}/speak/${room}`);
  await page.getByTestId('source-file').check({ force: true });
  await page.getByTestId('file').setInputFiles(programme.path);
  await page
    .locator('[data-testid="file-state"][data-state="ready"]')
    .waitFor({ timeout: OPENING_LIMIT_MS });
  return { room, page, errors, programme, reader: null };
}

/** Pages that wait for one another on few cores may lose their link for a moment: they come back. */
async function goneLive({ room, page }: Speaker): Promise<void> {
  const live = page.locator('[data-testid="controls"][data-phase="live"]');
  try {
    await live.waitFor({ timeout: OPENING_LIMIT_MS });
  } catch (cause) {
    const notices = await page.getByTestId('notice').allInnerTexts();
    throw new Error(`${room} did not go live: ${notices.join(' ')}`, { cause });
  }
}

async function openReader({ room, page }: Speaker) {
  const browser = page.context().browser();
  if (browser === null) throw new Error('Expected a page of a browser.');
  const reader = await browser.newPage({ viewport: PHONE, locale: 'es-ES' });
  const errors = watchForErrors(reader);
  await reader.goto(`${server.url}/watch/${room}`);
  return { page: reader, errors };
}

/** Everything that was stored of a room, as spoken and in Spanish, in the record's order. */
async function finalsOf(room: string): Promise<FinalCaption[]> {
  const socket = io(server.url + WATCH_NAMESPACE, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    auth: { protocol: PROTOCOL_VERSION },
  });
  try {
    const reply: Reply<RoomJoined> = await socket
      .timeout(10_000)
      .emitWithAck('room:join', { room, language: 'es' });
    if (!reply.ok) throw new Error(`Expected a room's history, got ${reply.error.code}.`);
    return reply.history.flatMap((entry) => (entry.type === 'final' ? [entry.caption] : []));
  } finally {
    socket.disconnect();
  }
}

/** The finished lines of a page. */
async function shownTo(page: Page): Promise<string> {
  const lines = page.locator('[data-testid="line"][data-kind="speech"][data-final="true"]');
  return withoutGaps((await lines.locator('.caption .words').allInnerTexts()).join(' '));
}

function withoutGaps(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
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
