import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ErrorCode, WireError } from '../../shared/errors.ts';
import { scriptedFinal, scriptedPartial } from './caption-script.ts';
import { PageBench } from './page-bench.ts';

vi.setConfig({ testTimeout: 120_000 });

const PATIENCE = { timeout: 40_000, interval: 50 };

let bench: PageBench;

beforeAll(async () => {
  bench = await PageBench.open();
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

function wireError(code: ErrorCode, more: Partial<WireError> = {}): WireError {
  return { code, message: 'Expected otherwise.', retryable: true, ...more };
}

function received(): number {
  return bench.server.sessions[0]?.packets.length ?? 0;
}

/** Speaks with the microphone and gives the session's name. */
async function speak(page: Page): Promise<string> {
  await page.getByTestId('start').click();
  await page.getByTestId('pause').waitFor();
  const [session] = bench.server.sessions;
  if (session === undefined) throw new Error('Expected a session, got none.');
  return session.id;
}

/** Makes the microphone that the page holds go away, as unplugging it does. */
async function unplug(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { held } = window as unknown as { held: MediaStream[] };
    for (const track of held.at(-1)?.getTracks() ?? []) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
}

/** Lets a test reach the streams that the page opens. */
async function holdStreams(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const held: MediaStream[] = [];
    Object.assign(window, { held });
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      held.push(stream);
      return stream;
    };
  });
}

describe('a session', () => {
  it('starts with what was chosen, and shows captions as they come', async () => {
    const page = await bench.visit('/speak/room-1');
    await page.getByTestId('name').fill('Maya');
    await page.getByTestId('offer-ca').uncheck();
    const session = await speak(page);
    expect(bench.server.sessions[0]?.request).toMatchObject({
      room: 'room-1',
      language: 'en',
      offers: ['es', 'gl', 'eo', 'pt', 'fr'],
      reads: [],
      speakerName: 'Maya',
    });
    const said = { session, segment: 0, text: 'Good morning every' };
    bench.server.partial(scriptedPartial({ ...said, revision: 1, stableLength: 13 }));
    await expect.poll(() => page.locator('.stable').textContent(), PATIENCE).toBe('Good morning ');
    expect(await page.locator('.tail').textContent()).toBe('every');
    const text = 'Good morning, everybody.';
    bench.server.put({ type: 'final', caption: scriptedFinal({ session, segment: 0, text }) });
    await page.getByText(text).waitFor();
    expect(await page.locator('.tail').count()).toBe(0);
  });

  it('shows connection, delay, engine and readers', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    const fact = (name: string) => page.getByTestId(`fact-${name}`);
    await expect.poll(() => fact('readers').textContent(), PATIENCE).toBe('3 people');
    expect(await fact('connection').textContent()).toBe('Connected');
    expect(await fact('delay').textContent()).toBe('Keeping up');
    expect(await fact('recognition').textContent()).toContain('Ready');
    bench.server.status({ recognizer: 'slow', delayMs: 4200, viewers: 1 });
    await expect.poll(() => fact('delay').textContent(), PATIENCE).toBe('4.2 s behind');
    expect(await fact('recognition').textContent()).toContain('captions come later');
    expect(await fact('readers').textContent()).toBe('1 person');
  });

  it('changes its languages while it runs, and remembers them', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await page.getByTestId('languages-live').click();
    await page.getByTestId('offer-es').uncheck();
    await expect
      .poll(() => bench.server.sessions[0]?.offers, PATIENCE)
      .toEqual(['ca', 'gl', 'eo', 'pt', 'fr']);
    await page.getByTestId('stop').click();
    await page.getByTestId('speak-again').click();
    expect(await page.getByTestId('offer-es').isChecked()).toBe(false);
  });

  it('shows translators that come and go meanwhile, and offers what they bring', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await page.getByTestId('languages-live').click();
    const chip = (language: string) =>
      page.locator('label.chip', { has: page.getByTestId(`offer-${language}`) });
    await expect.poll(() => chip('es').textContent(), PATIENCE).toContain('basic');
    const { languages } = bench.server;
    const german = { language: 'de', engine: 'bergamot', quality: 'neural' as const, via: [] };
    try {
      bench.server.languages = [
        german,
        ...languages.map((offer) =>
          offer.language === 'es' ? { ...german, language: 'es' } : offer,
        ),
      ];
      bench.server.tellLanguages();
      await expect.poll(() => chip('de').count(), PATIENCE).toBe(1);
      expect(await chip('es').textContent()).not.toContain('basic');
      await expect
        .poll(() => bench.server.sessions[0]?.offers, PATIENCE)
        .toEqual(expect.arrayContaining(['de', 'es']));
    } finally {
      bench.server.languages = languages;
    }
    bench.server.tellLanguages();
    await expect.poll(() => chip('es').textContent(), PATIENCE).toContain('basic');
    await expect.poll(() => bench.server.sessions[0]?.offers, PATIENCE).not.toContain('de');
  });

  it('says what is kept, before and after it starts', async () => {
    const page = await bench.visit('/speak/room-1');
    await expect
      .poll(() => page.getByTestId('start-hint').textContent(), PATIENCE)
      .toContain('kept as text for 24 hours');
    await speak(page);
    expect(await page.getByTestId('kept').textContent()).toContain('24 hours');
  });

  it('asks before a live page is closed, and not otherwise', async () => {
    const page = await bench.visit('/speak/room-1');
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await speak(page);
    await page.getByRole('link', { name: 'Parlance, home page' }).click({ noWaitAfter: true });
    await expect.poll(() => asked, PATIENCE).toEqual(['beforeunload']);
    await page.getByTestId('stop').click();
    await page.getByTestId('after').waitFor();
    await page.getByRole('link', { name: 'Parlance, home page' }).click();
    await page.getByTestId('new-room').waitFor();
    expect(asked).toEqual(['beforeunload']);
  });

  it('is warned of in another tab of the same browser', async () => {
    const first = await bench.visit('/speak/room-1');
    await speak(first);
    const second = await first.context().newPage();
    await second.goto(`${bench.server.url}/speak/room-1`);
    const warning = second.locator('[data-code=other_tab]');
    await warning.waitFor();
    const elsewhere = await first.context().newPage();
    await elsewhere.goto(`${bench.server.url}/speak/room-2`);
    await elsewhere.getByTestId('start').waitFor();
    expect(await elsewhere.locator('[data-code=other_tab]').count()).toBe(0);
    await first.getByTestId('stop').click();
    await warning.waitFor({ state: 'detached' });
  });
});

describe('the room', () => {
  it('is shared by link and QR code, with the token that the server gave', async () => {
    bench.server.watchToken = 'watch-token-0123456789';
    const page = await bench.visit('/speak/room-1');
    const link = page.getByTestId('watch-link');
    expect(await link.inputValue()).toBe(`${bench.server.url}/watch/room-1`);
    await speak(page);
    await expect
      .poll(() => link.inputValue(), PATIENCE)
      .toBe(`${bench.server.url}/watch/room-1#t=watch-token-0123456789`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByTestId('copy-link').click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('#t=watch-token');
    await page.getByTestId('qr').waitFor();
  });

  it('belongs to the browser that made it, also on a later visit', async () => {
    const page = await bench.visit('/speak/room-1');
    expect(await page.getByTestId('end-room').count()).toBe(0);
    await speak(page);
    await page.getByTestId('end-room').waitFor();
    await page.getByTestId('stop').click();
    await page.getByTestId('after').waitFor();
    await page.reload();
    await speak(page);
    const [first, second] = bench.server.sessions.map(({ request }) => request.ownerSecret);
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(second).toBe(first);
  });

  it.each([true, false])('is ended by its owner after a question (erase: %s)', async (erase) => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await page.getByTestId('end-room').click();
    await page.getByTestId('confirm').getByRole('button', { name: 'Cancel' }).click();
    expect(bench.server.endedRooms).toEqual([]);
    await page.getByTestId('end-room').click();
    await page.getByTestId('erase').setChecked(erase);
    await page.getByTestId('confirm-go').click();
    await page.getByRole('heading', { name: 'This room has ended' }).waitFor();
    expect(bench.server.endedRooms).toEqual([{ erase }]);
    const words = await page.getByTestId('after').textContent();
    expect(words).toContain(erase ? 'deleted from the server' : 'kept for 24 hours');
    expect(await page.getByTestId('start').count()).toBe(0);
  });

  it('is ended after the session, too', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await page.getByTestId('stop').click();
    await page.getByTestId('after').waitFor();
    await page.getByTestId('end-room').click();
    await page.getByTestId('confirm-go').click();
    await page.getByRole('heading', { name: 'This room has ended' }).waitFor();
    expect(bench.server.endedRooms).toEqual([{ erase: true }]);
  });
});

describe('the key for speaking', () => {
  it('goes from the address into the browser’s memory and to the server', async () => {
    const page = await bench.visit('/speak/room-1#k=operator-key-0123456789');
    await page.getByTestId('start').waitFor();
    expect(page.url()).toBe(`${bench.server.url}/speak/room-1`);
    await speak(page);
    expect(bench.server.tokens).toContain('operator-key-0123456789');
  });

  it('is asked for where it is missing', async () => {
    bench.server.refuseHandshake = wireError('unauthorized', { retryable: false });
    const page = await bench.visit('/speak/room-1');
    await page.getByTestId('start').click();
    await page.locator('[data-code=unauthorized]').waitFor();
    bench.server.refuseHandshake = null;
    await page.getByTestId('key').fill('typed-in-key-0123456789');
    await speak(page);
    expect(bench.server.tokens).toContain('typed-in-key-0123456789');
  });
});

describe('trouble', () => {
  it.each<ErrorCode>([
    'server_busy',
    'unauthorized',
    'language_unsupported',
    'room_ended',
    'protocol_mismatch',
    'model_missing',
    'store_unavailable',
  ])('%s at the start is told, and the form stays', async (code) => {
    bench.server.refuseStart = wireError(code, { retryable: false });
    const page = await bench.visit('/speak/room-1');
    await page.getByTestId('start').click();
    await page.locator(`[data-code=${code}]`).waitFor();
    expect(await page.getByTestId('start').isEnabled()).toBe(true);
    expect(await page.getByTestId('controls').count()).toBe(0);
  });

  it('a server that is away is told on opening, and found again', async () => {
    let isAway = true;
    const page = await bench.visit('/speak/room-1', {}, async (opened) => {
      await opened.route('**/api/**', (route) => (isAway ? route.abort() : route.continue()));
    });
    await page.locator('[data-code=server_unreachable]').waitFor();
    expect(await page.getByTestId('start').isDisabled()).toBe(true);
    isAway = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => page.getByTestId('start').isEnabled(), PATIENCE).toBe(true);
  });

  it('a server that goes away on the way is told, and the session goes on', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    await expect.poll(received, PATIENCE).toBeGreaterThan(50);
    bench.server.refuseHandshake = wireError('shutting_down');
    bench.server.cut();
    await page.locator('[data-code=reconnecting]').waitFor();
    const before = received();
    bench.server.refuseHandshake = null;
    await page.locator('[data-code=reconnecting]').waitFor({ state: 'detached' });
    await expect.poll(received, PATIENCE).toBeGreaterThan(before + 50);
    expect(bench.server.sessions).toHaveLength(1);
  });

  it.each<ErrorCode>(['session_idle', 'room_ended', 'session_ended'])(
    '%s ends the session with a reason and a way to go on',
    async (code) => {
      const page = await bench.visit('/speak/room-1');
      await speak(page);
      bench.server.endSessions(wireError(code, { retryable: false }));
      await page.locator(`[data-code=${code}]`).waitFor();
      await page.getByTestId('speak-again').click();
      await page.getByTestId('start').waitFor();
    },
  );

  it('a failing engine is told, and the session goes on', async () => {
    const page = await bench.visit('/speak/room-1');
    await speak(page);
    bench.server.failSessions(wireError('recognizer_failed'));
    const notice = page.locator('[data-code=recognizer_failed]');
    await notice.waitFor();
    expect(await page.getByTestId('controls').getAttribute('data-phase')).toBe('live');
    bench.server.status({ recognizer: 'failed' });
    await page.locator('[data-testid=fact-recognition][data-bad=true]').waitFor();
    expect(await notice.count()).toBe(1);
    bench.server.status({ recognizer: 'ready' });
    await notice.waitFor({ state: 'detached' });
  });

  it('a full server is told before one starts', async () => {
    const { info } = bench.server;
    try {
      bench.server.info = { ...info, full: true };
      const page = await bench.visit('/speak/room-1');
      await page.locator('[data-code=server_full]').waitFor();
    } finally {
      bench.server.info = info;
    }
  });

  it('speech that is not understood makes the page wonder about the language', async () => {
    const page = await bench.visit('/speak/room-1');
    const session = await speak(page);
    for (let segment = 0; segment < 3; segment += 1) {
      const said = { session, segment, text: '', notice: 'not_understood' } as const;
      bench.server.put({ type: 'final', caption: scriptedFinal(said) });
    }
    await page.locator('[data-code=puzzled]').waitFor();
    const text = 'Now in English.';
    bench.server.put({ type: 'final', caption: scriptedFinal({ session, segment: 3, text }) });
    await page.locator('[data-code=puzzled]').waitFor({ state: 'detached' });
    await page.getByTestId('stop').click();
    await expect
      .poll(() => page.getByTestId('after').textContent(), PATIENCE)
      .toContain('1 sentence reached the room');
  });

  it('a lost microphone is told, and another one goes on in the same session', async () => {
    const page = await bench.visit('/speak/room-1', {}, holdStreams);
    await speak(page);
    await expect.poll(received, PATIENCE).toBeGreaterThan(50);
    await unplug(page);
    await page.locator('[data-code=microphone_lost]').waitFor();
    expect(await page.getByTestId('speak-state').textContent()).toBe('Paused');
    const before = received();
    await page.getByTestId('go-on').click();
    await page.locator('[data-code=microphone_lost]').waitFor({ state: 'detached' });
    await expect.poll(received, PATIENCE).toBeGreaterThan(before + 100);
    expect(bench.server.sessions).toHaveLength(1);
  });

  it('a lost microphone is also replaced by the button that goes on after a pause', async () => {
    const page = await bench.visit('/speak/room-1', {}, holdStreams);
    await speak(page);
    await page.getByTestId('pause').click();
    await unplug(page);
    await page.locator('[data-code=microphone_lost]').waitFor();
    const before = received();
    await page.getByTestId('pause').click();
    await expect.poll(received, PATIENCE).toBeGreaterThan(before + 100);
    expect(await page.getByTestId('speak-state').textContent()).toBe('Live');
  });

  it('a microphone is changed in mid-speech, and a paused one stays paused', async () => {
    const page = await bench.visit('/speak/room-1', {}, holdStreams);
    await speak(page);
    const held = () =>
      page.evaluate(() =>
        (window as unknown as { held: MediaStream[] }).held.map((stream) => stream.active),
      );
    await page.getByTestId('microphone-live').click();
    await page.getByTestId('microphone').selectOption({ index: 1 });
    await expect.poll(held, PATIENCE).toEqual([false, true]);
    const before = received();
    await expect.poll(received, PATIENCE).toBeGreaterThan(before + 50);
    await page.getByTestId('pause').click();
    await page.getByTestId('microphone').selectOption({ index: 2 });
    await expect.poll(held, PATIENCE).toEqual([false, false, true]);
    expect(await page.getByTestId('speak-state').textContent()).toBe('Paused');
  });

  it('a microphone that is lost while it is checked is told', async () => {
    const page = await bench.visit('/speak/room-1', {}, holdStreams);
    await page.getByTestId('check-microphone').click();
    await page.getByTestId('level').waitFor();
    await unplug(page);
    await page.locator('[data-code=microphone_lost]').waitFor();
    expect(await page.getByTestId('level').count()).toBe(0);
  });

  it('a tab shared without its sound is told', async () => {
    const page = await bench.visit('/speak/room-1', {}, async (opened) => {
      await opened.addInitScript(() => {
        const { mediaDevices } = navigator;
        const open = mediaDevices.getDisplayMedia.bind(mediaDevices);
        mediaDevices.getDisplayMedia = () => open({ video: true, audio: false });
      });
    });
    await page.getByTestId('source-tab').check();
    await page.getByTestId('start').click();
    await page.locator('[data-code=tab_without_sound]').waitFor();
    expect(bench.server.sessions).toEqual([]);
  });
});
