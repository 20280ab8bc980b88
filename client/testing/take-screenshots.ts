import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { glossaryEntry } from '../src/glossary/testing/glossary-entry.ts';
import { nodeReport, nodesAnswer } from '../src/status/testing/node-reports.ts';
import { launchBrowser } from './browser.ts';
import { scriptedFinal, scriptedPartial } from './caption-script.ts';
import { addTerms, fillTerm, importLines, openGlossary } from './glossary-script.ts';
import { buildPage } from './page-files.ts';
import { writeClipAsWav } from './recordings.ts';
import { ScriptedServer } from './scripted-server.ts';

/**
 * Takes a picture of every state of the page: `npx tsx client/testing/take-screenshots.ts [WORD]`,
 * where WORD is part of a state's name. The files go to e2e/artifacts/page.
 */

const FOLDER = fileURLToPath(new URL('../../e2e/artifacts/page', import.meta.url));
const VIEWS = [
  { name: 'wide', width: 1280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
] as const;
const SCHEMES = ['light', 'dark'] as const;

const TALK: readonly [string, string][] = [
  ['Good morning, and welcome to the workshop.', 'Buenos días y bienvenidos al taller.'],
  [
    'We will look at how a city can save water without anybody noticing a difference.',
    'Veremos cómo una ciudad puede ahorrar agua sin que nadie note una diferencia.',
  ],
  ['Let us begin with the pipes.', 'Empecemos con los tubos.'],
  [
    'About a third of the water is lost before it reaches a tap.',
    'Aproximadamente un tercio del agua se pierde antes de llegar a un grifo.',
  ],
];

const TERMS = [
  { term: 'Parlance', heardAs: 'par lance, parlence' },
  { term: 'Inês Carvalho', heardAs: 'Inez, Agnes Carvalho' },
  {
    term: 'water main',
    translate: true,
    translations: { es: 'tubería principal', pt: 'conduta principal', fr: 'conduite' },
  },
  { term: 'Águas do Porto' },
  { term: 'AquaSense 3000', heardAs: 'aqua sense', translations: { es: 'AquaSense 3000' } },
];

/** What the status page shows: so many nodes, minutes and answers. */
const NODES = ['node-1:8080', 'node-2:8080', 'node-3:8080'];
const MINUTES_SHOWN = 5;
const ASK_INTERVAL_MS = 2_000;

type Act = (page: Page, server: ScriptedServer) => Promise<void>;

interface State {
  name: string;
  path: string;
  act: Act;
  fullPage?: boolean;
}

const STATES: readonly State[] = [
  { name: 'home', path: '/', act: idle, fullPage: true },
  { name: 'home-unreachable', path: '/', act: unreachable, fullPage: true },
  { name: 'unknown', path: '/nowhere', act: idle },
  { name: 'speak-setup', path: '/speak/quiet-harbour-417', act: idle, fullPage: true },
  { name: 'speak-check', path: '/speak/quiet-harbour-417', act: checkMicrophone },
  { name: 'speak-tab', path: '/speak/quiet-harbour-417', act: chooseTab },
  { name: 'speak-file', path: '/speak/quiet-harbour-417', act: chooseFile, fullPage: true },
  { name: 'speak-refused', path: '/speak/quiet-harbour-417', act: refused, fullPage: true },
  { name: 'speak-busy', path: '/speak/quiet-harbour-417', act: busy },
  { name: 'speak-key', path: '/speak/quiet-harbour-417', act: keyWanted, fullPage: true },
  { name: 'speak-live', path: '/speak/quiet-harbour-417', act: live, fullPage: true },
  { name: 'speak-live-viewport', path: '/speak/quiet-harbour-417', act: live },
  { name: 'speak-paused', path: '/speak/quiet-harbour-417', act: paused },
  { name: 'speak-playing', path: '/speak/quiet-harbour-417', act: playing },
  { name: 'speak-away', path: '/speak/quiet-harbour-417', act: away, fullPage: true },
  { name: 'speak-ended', path: '/speak/quiet-harbour-417', act: stopped, fullPage: true },
  { name: 'speak-end-room', path: '/speak/quiet-harbour-417', act: endDialog },
  { name: 'glossary-empty', path: '/speak/quiet-harbour-417', act: openGlossary, fullPage: true },
  { name: 'glossary-list', path: '/speak/quiet-harbour-417', act: listTerms, fullPage: true },
  { name: 'glossary-form', path: '/speak/quiet-harbour-417', act: wrongTerm, fullPage: true },
  { name: 'glossary-edit', path: '/speak/quiet-harbour-417', act: editTerm, fullPage: true },
  { name: 'glossary-import', path: '/speak/quiet-harbour-417', act: importTerms },
  { name: 'glossary-clear', path: '/speak/quiet-harbour-417', act: clearTerms },
  { name: 'glossary-live', path: '/speak/quiet-harbour-417', act: liveTerms, fullPage: true },
  { name: 'glossary-failed', path: '/speak/quiet-harbour-417', act: unsavedTerms, fullPage: true },
  { name: 'glossary-readonly', path: '/speak/quiet-harbour-417', act: otherTerms, fullPage: true },
  { name: 'glossary-correct', path: '/speak/quiet-harbour-417', act: pickWords },
  { name: 'watch-waiting', path: '/watch/quiet-harbour-417', act: idle },
  { name: 'watch-live', path: '/watch/quiet-harbour-417', act: threeSpeakers },
  { name: 'watch-history', path: '/watch/quiet-harbour-417', act: longHistory },
  { name: 'watch-original', path: '/watch/quiet-harbour-417', act: originalBeside },
  { name: 'watch-large', path: '/watch/quiet-harbour-417', act: largeLetters },
  { name: 'watch-options', path: '/watch/quiet-harbour-417', act: options },
  { name: 'watch-notices', path: '/watch/quiet-harbour-417', act: notices },
  { name: 'watch-token', path: '/watch/quiet-harbour-417', act: noToken },
  { name: 'watch-ended', path: '/watch/quiet-harbour-417', act: ended },
  { name: 'status-key', path: '/operate', act: operatorKeyWanted },
  { name: 'status-live', path: '/operate', act: nodesAtWork, fullPage: true },
  { name: 'status-silent', path: '/operate', act: nodeSilent, fullPage: true },
];

const picked = STATES.filter(({ name }) => name.includes(process.argv[2] ?? ''));
await mkdir(FOLDER, { recursive: true });
const built = await buildPage();
const server = await ScriptedServer.open(built.folder);
const microphone = join(FOLDER, 'microphone.wav');
await writeClipAsWav(microphone, 10);
const browser = await launchBrowser({ recording: microphone, allowed: true });
try {
  for (const state of picked) for (const view of VIEWS) await picture(browser, state, view);
} finally {
  await browser.close();
  await server.close();
  await built.remove();
}

async function picture(browser: Browser, state: State, view: (typeof VIEWS)[number]) {
  for (const scheme of SCHEMES) {
    server.reset();
    server.info = { ...server.info, full: false, keyRequired: false };
    const context = await browser.newContext({
      viewport: { width: view.width, height: view.height },
      deviceScaleFactor: 1,
      colorScheme: scheme,
      locale: 'es-ES',
      permissions: state.name === 'speak-refused' ? [] : ['microphone'],
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(state.name, error));
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(state.name, message.text());
    });
    await page.goto(server.url + state.path, { waitUntil: 'networkidle' });
    await state.act(page, server);
    const path = join(FOLDER, `${state.name}-${view.name}-${scheme}.png`);
    await page.screenshot({ path, fullPage: state.fullPage ?? false });
    await context.close();
  }
  console.info(state.name, view.name);
}

async function idle(page: Page): Promise<void> {
  await page.locator('main').waitFor();
}

async function unreachable(page: Page): Promise<void> {
  await page.route('**/api/**', (route) => route.abort());
  await page.reload();
  await page.getByTestId('notice').waitFor();
}

async function checkMicrophone(page: Page): Promise<void> {
  await page.getByTestId('check-microphone').click();
  await page.getByTestId('level').waitFor();
}

async function chooseTab(page: Page): Promise<void> {
  await page.getByTestId('source-tab').check();
}

async function chooseFile(page: Page): Promise<void> {
  await page.getByTestId('source-file').check();
  await page.getByTestId('file').setInputFiles({
    name: 'opening-speech.wav',
    mimeType: 'audio/wav',
    buffer: silentWav(95),
  });
  await page.locator('[data-testid=file-state][data-state=ready]').waitFor();
}

async function refused(page: Page): Promise<void> {
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
  });
  await page.getByTestId('start').click();
  await page.getByTestId('notice').waitFor();
}

async function busy(page: Page, server: ScriptedServer): Promise<void> {
  const message = 'Expected a free slot, got none.';
  server.refuseStart = { code: 'server_busy', message, retryable: true, retryAfterMs: 30_000 };
  await page.getByTestId('start').click();
  await page.getByTestId('notice').waitFor();
}

async function keyWanted(page: Page, server: ScriptedServer): Promise<void> {
  server.info = { ...server.info, keyRequired: true };
  await page.reload();
  await page.getByTestId('key').waitFor();
}

async function live(page: Page, server: ScriptedServer): Promise<void> {
  await page.getByTestId('name').fill('Maya');
  await page.getByTestId('start').click();
  await page.getByTestId('pause').waitFor();
  const session = server.sessions[0]?.id ?? '';
  for (const [segment, [text]] of TALK.entries()) {
    server.put({ type: 'final', caption: scriptedFinal({ session, segment, text }) });
  }
  const text = 'The rest is used mostly at home, and that is where';
  server.partial(
    scriptedPartial({
      session,
      segment: 4,
      text,
      revision: 3,
      stableLength: text.indexOf('is where'),
    }),
  );
  await page.getByText('and that is where').waitFor();
}

async function paused(page: Page, server: ScriptedServer): Promise<void> {
  await live(page, server);
  await page.getByTestId('pause').click();
}

async function playing(page: Page, server: ScriptedServer): Promise<void> {
  await chooseFile(page);
  await live(page, server);
}

async function away(page: Page, server: ScriptedServer): Promise<void> {
  await live(page, server);
  const message = 'Restarting.';
  server.refuseHandshake = { code: 'shutting_down', message, retryable: true };
  server.cut();
  await page.locator('[data-code=reconnecting]').waitFor();
}

async function stopped(page: Page, server: ScriptedServer): Promise<void> {
  await live(page, server);
  await page.getByTestId('stop').click();
  await page.getByTestId('after').waitFor();
}

async function endDialog(page: Page, server: ScriptedServer): Promise<void> {
  await live(page, server);
  await page.getByTestId('end-room').click();
  await page.getByTestId('confirm').waitFor();
}

async function listTerms(page: Page): Promise<void> {
  await openGlossary(page);
  await addTerms(page, TERMS);
}

async function wrongTerm(page: Page): Promise<void> {
  await listTerms(page);
  await page.getByTestId('term-add').click();
  await fillTerm(page, { term: 'PARLANCE', heardAs: '?' });
  await page.getByTestId('term-save').click();
  await page.getByTestId('field-problem').first().waitFor();
}

async function editTerm(page: Page): Promise<void> {
  await listTerms(page);
  await page.getByRole('button', { name: 'Edit water main' }).click();
  await page.getByTestId('term-form').waitFor();
}

async function importTerms(page: Page): Promise<void> {
  await listTerms(page);
  await importLines(page, 'workshop-terms.csv', [
    'term,heard as,keep,es',
    'Parlance,par lance|parlence,yes,',
    'water main,,no,cañería',
    'Leakage Index,,no,índice de fugas',
    ',,yes,',
    'Sluice,,maybe,',
    'PressureNet,pressure net,yes,',
    'Parlance,,yes,',
  ]);
  await page.getByTestId('import-go').waitFor();
}

async function clearTerms(page: Page): Promise<void> {
  await listTerms(page);
  await page.getByTestId('glossary-clear').click();
  await page.getByTestId('confirm').waitFor();
}

async function liveTerms(page: Page, server: ScriptedServer): Promise<void> {
  await live(page, server);
  await listTerms(page);
  await page.getByRole('button', { name: 'Delete Águas do Porto' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
}

async function pickWords(page: Page, server: ScriptedServer): Promise<void> {
  await live(page, server);
  await page.getByText('Let us begin with the').dblclick({ position: { x: 20, y: 12 } });
  await page.getByTestId('correct').waitFor();
}

async function unsavedTerms(page: Page, server: ScriptedServer): Promise<void> {
  await live(page, server);
  const message = 'Expected the store, got none.';
  server.refuseGlossary = { code: 'store_unavailable', message, retryable: true };
  await listTerms(page);
  await page.getByTestId('glossary-retry').waitFor();
}

async function otherTerms(page: Page, server: ScriptedServer): Promise<void> {
  server.isForeignRoom = true;
  server.glossary = [
    glossaryEntry('Parlance', { heardAs: ['par lance'] }),
    glossaryEntry('Wasserrohr', { language: 'de', translations: { es: 'tubería' }, keep: false }),
  ];
  await live(page, server);
  await page.getByTestId('glossary-open').click();
  await page.getByTestId('glossary-readonly').waitFor();
}

function speak(server: ScriptedServer, name: string): string {
  const session = `session-${name.toLowerCase()}`;
  server.put({ type: 'speaker', speaker: { session, name, language: 'en', live: true } });
  return session;
}

function say(server: ScriptedServer, session: string, segment: number, pair: [string, string]) {
  const storedAt = Date.UTC(2026, 2, 2, 9, 30 + segment);
  const [text, translation] = pair;
  server.put({ type: 'final', caption: scriptedFinal({ session, segment, text, storedAt }) });
  const translated = { session, segment, text: translation, language: 'es', storedAt };
  server.put({ type: 'final', caption: scriptedFinal(translated) });
}

async function threeSpeakers(page: Page, server: ScriptedServer): Promise<void> {
  await page.getByTestId('translator').waitFor();
  const maya = speak(server, 'Maya');
  const tom = speak(server, 'Tom');
  const ines = speak(server, 'Inês');
  for (const [segment, pair] of TALK.slice(0, 2).entries()) say(server, maya, segment, pair);
  say(server, tom, 0, [
    'How much of that is the heat of the summer?',
    '¿Cuánto de esto es el calor del verano?',
  ]);
  say(server, maya, 2, ['Less than you would think.', 'Menos de lo que pensarías.']);
  say(server, ines, 0, [
    'In Porto we measured it for two years.',
    'En Porto lo medimos durante dos años.',
  ]);
  const text = 'El agua se pierde sobre todo de noche, cuando la presión';
  server.partial(
    scriptedPartial({
      session: ines,
      segment: 1,
      text,
      language: 'es',
      revision: 4,
      stableLength: text.indexOf('cuando'),
    }),
  );
  await page.getByText('cuando la presión').waitFor();
}

async function longHistory(page: Page, server: ScriptedServer): Promise<void> {
  const maya = speak(server, 'Maya');
  for (let segment = 0; segment < 220; segment += 1) {
    say(server, maya, segment, TALK[segment % TALK.length] ?? ['', '']);
  }
  await page.getByTestId('earlier').waitFor();
  await page.getByTestId('turns').hover();
  await page.mouse.wheel(0, -900);
  await page.getByTestId('jump').waitFor();
  say(server, maya, 220, ['And that was the first part.', 'Y esta era la primera parte.']);
  say(server, maya, 221, ['Let us take a break.', 'Tomemos un descanso.']);
  await page.getByText('2 new lines').waitFor();
}

async function openOptions(page: Page): Promise<void> {
  const more = page.getByTestId('reading-options');
  if (await more.isVisible()) await more.click();
}

async function originalBeside(page: Page, server: ScriptedServer): Promise<void> {
  await threeSpeakers(page, server);
  await openOptions(page);
  await page.getByTestId('show-original').click();
  await page.getByTestId('original').first().waitFor();
}

async function largeLetters(page: Page, server: ScriptedServer): Promise<void> {
  await threeSpeakers(page, server);
  await openOptions(page);
  for (let step = 0; step < 3; step += 1) await page.getByTestId('larger').click();
  await openOptions(page);
}

async function options(page: Page, server: ScriptedServer): Promise<void> {
  await threeSpeakers(page, server);
  await openOptions(page);
}

async function notices(page: Page, server: ScriptedServer): Promise<void> {
  const maya = speak(server, 'Maya');
  say(server, maya, 0, TALK[0] ?? ['', '']);
  const unheard = { session: maya, segment: 1, text: '', notice: 'not_understood' } as const;
  server.put({ type: 'final', caption: scriptedFinal(unheard) });
  server.put({ type: 'gap', gap: { session: maya, fromSeq: 400, toSeq: 1000 } });
  const [text] = TALK[1] ?? [''];
  server.put({ type: 'final', caption: scriptedFinal({ session: maya, segment: 2, text }) });
  const untranslated = { session: maya, segment: 2, text, language: 'es' };
  server.put({
    type: 'final',
    caption: scriptedFinal({ ...untranslated, notice: 'untranslated' }),
  });
  const awaited = 'Let us begin with the pipes.';
  server.put({
    type: 'final',
    caption: scriptedFinal({ session: maya, segment: 3, text: awaited }),
  });
  await page.getByText(awaited).waitFor();
}

async function noToken(page: Page, server: ScriptedServer): Promise<void> {
  const message = 'Expected the watch token.';
  server.refuseJoin = { code: 'unauthorized', message, retryable: false };
  await page.reload();
  await page.getByTestId('notice').waitFor();
}

async function ended(page: Page, server: ScriptedServer): Promise<void> {
  await threeSpeakers(page, server);
  server.put({ type: 'ended', erased: false });
  await page.getByTestId('ended').waitFor();
}

async function operatorKeyWanted(page: Page, server: ScriptedServer): Promise<void> {
  server.operatorKey = 'another';
  await page.reload();
  await page.getByTestId('operator-key').fill('one-that-is-wrong');
  await page.getByTestId('operator-open').click();
  await page.getByTestId('notice').waitFor();
}

/** Five minutes of three nodes, in as many seconds as they take to draw. */
async function nodesAtWork(page: Page, server: ScriptedServer): Promise<void> {
  const answers = (MINUTES_SHOWN * 60_000) / ASK_INTERVAL_MS;
  await page.clock.install();
  await page.reload();
  for (let turn = 0; turn < answers; turn += 1) {
    server.nodes = nodesAnswer(NODES.map((name, index) => busyNode(name, index, turn)));
    const answered = page.waitForResponse('**/api/v1/nodes');
    await page.clock.runFor(ASK_INTERVAL_MS);
    await answered;
  }
  await page.getByTestId('chart-speakers').waitFor();
}

function busyNode(name: string, index: number, turn: number) {
  const wave = (period: number) => (1 + Math.sin(turn / period + index * 2)) / 2;
  return nodeReport({
    name,
    sessions: Math.round(12 + 20 * wave(25)),
    viewers: Math.round(300 + 900 * wave(40) + 30 * wave(3)),
    errors: Math.floor(turn / (20 + 10 * index)) + (index === 1 && turn > 90 ? turn - 90 : 0),
    lagS: 0.6 + 0.5 * wave(18) + 0.1 * wave(2),
  });
}

async function nodeSilent(page: Page, server: ScriptedServer): Promise<void> {
  const shown = NODES.slice(0, 2).map((name) => nodeReport({ name, sessions: 4, viewers: 70 }));
  const ill = nodeReport({ name: 'node-4:8080', problems: ['Redis does not answer'] });
  const silent = { node: 'three', name: 'node-3:8080', seconds: 48.2, reason: 'silent' } as const;
  server.nodes = nodesAnswer([...shown, ill], [silent]);
  await page.reload();
  await page.getByTestId('notice').waitFor();
}

/** A recording without sound, 16-bit mono at 8 kHz. */
function silentWav(seconds: number): Buffer {
  const rate = 8000;
  const bytes = seconds * rate * 2;
  const wav = Buffer.alloc(44 + bytes);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + bytes, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(bytes, 40);
  return wav;
}
