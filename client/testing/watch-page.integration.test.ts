import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ErrorCode, WireError } from '../../shared/errors.ts';
import { scriptedFinal, scriptedPartial } from './caption-script.ts';
import { PageBench } from './page-bench.ts';

vi.setConfig({ testTimeout: 120_000 });

const PATIENCE = { timeout: 40_000, interval: 50 };

let bench: PageBench;

beforeAll(async () => {
  bench = await PageBench.open({ microphone: false });
});
afterEach(() => bench.reset());
afterAll(() => bench.close());

function wireError(code: ErrorCode, more: Partial<WireError> = {}): WireError {
  return { code, message: 'Expected otherwise.', retryable: false, ...more };
}

function come(name: string): string {
  const session = `session-${name.toLowerCase() || 'unnamed'}`;
  bench.server.put({ type: 'speaker', speaker: { session, name, language: 'en', live: true } });
  return session;
}

function leave(session: string, name: string): void {
  bench.server.put({ type: 'speaker', speaker: { session, name, language: 'en', live: false } });
}

/** Says a sentence in English and in the languages given. */
function say(session: string, segment: number, text: string, more: Record<string, string>): void {
  bench.server.put({ type: 'final', caption: scriptedFinal({ session, segment, text }) });
  for (const [language, translated] of Object.entries(more)) {
    const caption = scriptedFinal({ session, segment, text: translated, language });
    bench.server.put({ type: 'final', caption });
  }
}

/** Opens the room and waits until the page has joined it. */
async function watch(options: Parameters<PageBench['visit']>[1] = {}, hash = ''): Promise<Page> {
  const page = await bench.visit(`/watch/room-1${hash}`, { permissions: [], ...options });
  await page.getByTestId('translator').waitFor();
  return page;
}

/** Among the captions; a screen reader has the newest ones elsewhere too. */
const shown = (page: Page, text: string) =>
  page.getByTestId('turns').getByText(text, { exact: true });
const lines = (page: Page) => page.getByTestId('line').locator('.words');

describe('reading along', () => {
  it('waits until somebody speaks', async () => {
    const page = await watch();
    await page.getByTestId('waiting').waitFor();
    expect(await page.getByTestId('room-state').textContent()).toBe('Waiting');
    const maya = come('Maya');
    await expect.poll(() => page.getByTestId('room-state').textContent()).toBe('Live');
    say(maya, 0, 'Good morning.', { es: 'Buenos días.' });
    await page.getByTestId('waiting').waitFor({ state: 'detached' });
    leave(maya, 'Maya');
    await expect.poll(() => page.getByTestId('room-state').textContent()).toBe('Waiting');
  });

  it('shows what was said before, then what is being said, then what was said', async () => {
    const maya = come('Maya');
    say(maya, 0, 'Good morning.', { es: 'Buenos días.' });
    const page = await watch();
    await expect.poll(() => lines(page).allTextContents(), PATIENCE).toEqual(['Buenos días.']);
    const said = { session: maya, segment: 1, text: 'Vamos a empe', language: 'es' };
    bench.server.partial(scriptedPartial({ ...said, revision: 1, stableLength: 8 }));
    await expect
      .poll(() => lines(page).allTextContents(), PATIENCE)
      .toEqual(['Buenos días.', 'Vamos a ']);
    await page.getByTestId('show-guesses').click();
    await expect.poll(() => page.locator('.tail').textContent(), PATIENCE).toBe('empe');
    expect(await lines(page).allTextContents()).toEqual(['Buenos días.', 'Vamos a empe']);
    say(maya, 1, 'Let us begin.', { es: 'Vamos a empezar.' });
    await expect
      .poll(() => lines(page).allTextContents(), PATIENCE)
      .toEqual(['Buenos días.', 'Vamos a empezar.']);
    expect(await page.locator('.tail').count()).toBe(0);
    expect(await lines(page).first().getAttribute('lang')).toBe('es');
  });

  it('tells speakers apart by name, colour and place', async () => {
    const page = await watch();
    for (const name of ['Maya', 'Tom', '']) say(come(name), 0, 'Hello.', { es: 'Hola.' });
    await expect
      .poll(() => page.getByTestId('speaker').allTextContents(), PATIENCE)
      .toEqual(['Maya', 'Tom', 'Speaker 1']);
    const looks = await page.locator('.turn').evaluateAll((turns) =>
      turns.map((turn) => {
        const { borderInlineStartColor, marginInlineStart } = getComputedStyle(turn);
        return [borderInlineStartColor, marginInlineStart];
      }),
    );
    expect(new Set(looks.map(([colour]) => colour)).size).toBe(3);
    expect(new Set(looks.map(([, place]) => place)).size).toBe(3);
    expect(await page.getByTestId('room-state').textContent()).toBe('3 live');
  });

  it('says which translator is at work and that its quality is basic', async () => {
    come('Maya');
    const page = await watch();
    const translator = page.getByTestId('translator');
    expect(await translator.getAttribute('data-quality')).toBe('basic');
    expect(await translator.textContent()).toContain('basic quality');
    expect(await translator.textContent()).toContain('from English by Apertium');
    await page.getByTestId('language').selectOption('pt');
    await expect.poll(() => translator.textContent()).toContain('through Spanish');
    await page.getByTestId('language').selectOption('en');
    await expect.poll(() => translator.textContent()).toContain('As it was spoken');
    expect(await translator.textContent()).not.toContain('basic');
  });

  it('says what was not understood, not translated, or lost', async () => {
    const maya = come('Maya');
    const page = await watch();
    const notice = 'not_understood';
    for (const segment of [0, 1]) {
      const unheard = scriptedFinal({ session: maya, segment, text: '', notice });
      bench.server.put({ type: 'final', caption: unheard });
    }
    bench.server.put({ type: 'gap', gap: { session: maya, fromSeq: 400, toSeq: 1000 } });
    say(maya, 2, 'Let us begin.', {});
    await page.locator('[data-mark=awaiting]').waitFor();
    const text = 'Let us begin.';
    const failed = { session: maya, segment: 2, text, language: 'es', notice: 'untranslated' };
    bench.server.put({
      type: 'final',
      caption: scriptedFinal({ ...failed, notice: 'untranslated' }),
    });
    await page.locator('[data-mark=untranslated]').waitFor();
    const words = await page.getByTestId('line').allTextContents();
    expect(words).toEqual([
      'Something was said here that could not be understood.',
      '12 seconds missing here: the speaker was cut off.',
      'Let us begin. English, not translated',
    ]);
    expect(await lines(page).last().getAttribute('lang')).toBe('en');
  });
});

describe('the language', () => {
  it('is the first of the browser’s languages that is offered', async () => {
    const page = await watch({ locale: 'ca-ES' });
    expect(await page.getByTestId('language').inputValue()).toBe('ca');
  });

  it('is what is spoken where the browser’s is not offered', async () => {
    const page = await watch({ locale: 'ja-JP' });
    expect(await page.getByTestId('language').inputValue()).toBe('en');
  });

  it('changes with everything that was said, and is remembered', async () => {
    const maya = come('Maya');
    say(maya, 0, 'Good morning.', { es: 'Buenos días.', ca: 'Bon dia.' });
    const page = await watch();
    await shown(page, 'Buenos días.').waitFor();
    await page.getByTestId('language').selectOption('ca');
    await shown(page, 'Bon dia.').waitFor();
    expect(await shown(page, 'Buenos días.').count()).toBe(0);
    await page.reload();
    await shown(page, 'Bon dia.').waitFor();
    expect(await page.getByTestId('language').inputValue()).toBe('ca');
  });

  it('is told which translator serves it, also when a better one comes', async () => {
    come('Maya');
    const page = await watch();
    const translator = page.getByTestId('translator');
    await expect.poll(() => translator.textContent(), PATIENCE).toContain('by rules');
    const { languages } = bench.server;
    try {
      bench.server.languages = languages.map((offer) =>
        offer.language === 'es' ? { ...offer, engine: 'bergamot', quality: 'neural' } : offer,
      );
      bench.server.tellLanguages();
      await expect.poll(() => translator.textContent(), PATIENCE).toContain('a neural model');
    } finally {
      bench.server.languages = languages;
    }
    bench.server.tellLanguages();
    await expect.poll(() => translator.textContent(), PATIENCE).toContain('by rules');
  });

  it('goes on in the original when a speaker stops to offer it', async () => {
    const maya = come('Maya');
    const page = await watch();
    const { languages } = bench.server;
    try {
      bench.server.languages = languages.filter(({ language }) => language !== 'es');
      bench.server.tellLanguages();
      await expect
        .poll(() => page.getByTestId('translator').textContent(), PATIENCE)
        .toContain('you read the original');
      say(maya, 0, 'Good morning.', {});
      await page.locator('[data-mark=untranslated]').waitFor();
      bench.server.cut();
      await expect.poll(() => page.getByTestId('language').inputValue(), PATIENCE).toBe('en');
      await shown(page, 'Good morning.').waitFor();
    } finally {
      bench.server.languages = languages;
    }
  });
});

describe('reading comfort', () => {
  it('shows the original beside the translation on demand, and remembers it', async () => {
    const maya = come('Maya');
    say(maya, 0, 'Good morning.', { es: 'Buenos días.' });
    const page = await watch();
    expect(await page.getByTestId('original').count()).toBe(0);
    await page.getByTestId('show-original').click();
    expect(await page.getByTestId('original').textContent()).toBe('Good morning.');
    await page.reload();
    await page.getByTestId('original').waitFor();
  });

  it('changes the size of captions, and remembers it', async () => {
    say(come('Maya'), 0, 'Good morning.', { es: 'Buenos días.' });
    const page = await watch();
    const size = () =>
      lines(page).evaluateAll(([line]) => (line ? getComputedStyle(line).fontSize : ''));
    await expect.poll(size, PATIENCE).toBe('26px');
    await page.getByTestId('larger').click();
    await expect.poll(size).toBe('32px');
    await page.reload();
    await expect.poll(size, PATIENCE).toBe('32px');
    for (let step = 0; step < 3; step += 1) await page.getByTestId('smaller').click();
    expect(await size()).toBe('18px');
    expect(await page.getByTestId('smaller').isDisabled()).toBe(true);
  });

  it('follows the newest line, lets go when one scrolls up, and counts what is new', async () => {
    const maya = come('Maya');
    const page = await watch();
    const fromEnd = () =>
      page
        .getByRole('main')
        .evaluate((main) => main.scrollHeight - main.clientHeight - main.scrollTop);
    for (let segment = 0; segment < 40; segment += 1) {
      say(maya, segment, `Line ${segment}.`, { es: `Línea ${segment}.` });
    }
    await shown(page, 'Línea 39.').waitFor();
    await expect.poll(fromEnd).toBeLessThan(2);
    expect(await page.getByTestId('jump').count()).toBe(0);
    await page.getByRole('main').focus();
    await page.keyboard.press('Home');
    await page.getByTestId('jump').waitFor();
    // Chromium scrolls smoothly for a key, and goes on doing so whatever happens meanwhile.
    await expect.poll(() => page.getByRole('main').evaluate((main) => main.scrollTop)).toBe(0);
    say(maya, 40, 'Line 40.', { es: 'Línea 40.' });
    say(maya, 41, 'Line 41.', { es: 'Línea 41.' });
    await page.getByText('2 new lines').waitFor();
    expect(await fromEnd()).toBeGreaterThan(100);
    await page.getByTestId('jump').click();
    await page.getByTestId('jump').waitFor({ state: 'detached' });
    await expect.poll(fromEnd).toBeLessThan(2);
    say(maya, 42, 'Line 42.', { es: 'Línea 42.' });
    await shown(page, 'Línea 42.').waitFor();
    await expect.poll(fromEnd).toBeLessThan(2);
  });

  it('[INV4] draws only the last lines of a long history until asked for more', async () => {
    const maya = come('Maya');
    for (let segment = 0; segment < 400; segment += 1) {
      say(maya, segment, `Line ${segment}.`, { es: `Línea ${segment}.` });
    }
    const page = await watch();
    await shown(page, 'Línea 399.').waitFor();
    expect(await page.getByTestId('line').count()).toBe(150);
    await page.getByTestId('earlier').click();
    expect(await page.getByTestId('line').count()).toBe(300);
    await page.getByTestId('earlier').click();
    await shown(page, 'Línea 0.').waitFor();
    expect(await page.getByTestId('earlier').count()).toBe(0);
  });

  it('says where this device has no voice to read aloud with', async () => {
    const page = await watch();
    await page.getByTestId('read-aloud').click();
    await expect
      .poll(() => page.getByTestId('aloud-reason').textContent())
      .toContain('no voice for Español');
  });

  it('reads finished sentences aloud, and only those', async () => {
    const maya = come('Maya');
    say(maya, 0, 'Before.', { es: 'Antes.' });
    const page = await bench.visit('/watch/room-1', { permissions: [] }, async (opened) => {
      await opened.addInitScript(() => {
        const voice = { lang: 'es-ES', localService: true, name: 'Spanish', voiceURI: 'es' };
        const spoken: string[] = [];
        Object.assign(window, { spoken });
        Object.assign(window.speechSynthesis, { getVoices: () => [voice] });
        window.SpeechSynthesisUtterance = class {
          text: string;
          onend: (() => void) | null = null;
          constructor(text: string) {
            this.text = text;
          }
        } as unknown as typeof SpeechSynthesisUtterance;
        window.speechSynthesis.speak = (utterance) => {
          spoken.push(utterance.text);
          setTimeout(() => utterance.onend?.({} as SpeechSynthesisEvent));
        };
      });
    });
    const spoken = () => page.evaluate(() => (window as unknown as { spoken: string[] }).spoken);
    await shown(page, 'Antes.').waitFor();
    await page.getByTestId('read-aloud').click();
    const partial = { session: maya, segment: 1, text: 'Buenos', language: 'es' };
    bench.server.partial(scriptedPartial({ ...partial, revision: 1, stableLength: 6 }));
    say(maya, 1, 'Good morning.', { es: 'Buenos días.' });
    await expect.poll(spoken, PATIENCE).toEqual(['Buenos días.']);
  });
});

describe('a screen reader', () => {
  it('hears finished sentences only: neither history nor what may still change', async () => {
    const maya = come('Maya');
    say(maya, 0, 'Before.', { es: 'Antes.' });
    const page = await watch();
    await shown(page, 'Antes.').waitFor();
    const heard = () => page.getByTestId('announcer').locator('p').allTextContents();
    const partial = { session: maya, segment: 1, text: 'Buenos', language: 'es' };
    bench.server.partial(scriptedPartial({ ...partial, revision: 1, stableLength: 6 }));
    await shown(page, 'Buenos').waitFor();
    expect(await heard()).toEqual([]);
    say(maya, 1, 'Good morning.', { es: 'Buenos días.' });
    await expect.poll(heard, PATIENCE).toEqual(['Maya: Buenos días.']);
    expect(await page.getByTestId('announcer').getAttribute('aria-live')).toBe('polite');
    await page.getByTestId('language').selectOption('en');
    await shown(page, 'Good morning.').waitFor();
    expect(await heard()).toEqual(['Maya: Buenos días.']);
  });
});

describe('trouble', () => {
  it('a room that ends says so and keeps what was said', async () => {
    say(come('Maya'), 0, 'Good morning.', { es: 'Buenos días.' });
    const page = await watch();
    await shown(page, 'Buenos días.').waitFor();
    bench.server.put({ type: 'ended', erased: false });
    await page.getByTestId('ended').waitFor();
    expect(await shown(page, 'Buenos días.').count()).toBe(1);
    expect(await page.getByTestId('room-state').textContent()).toBe('Ended');
  });

  it('a room that is ended and deleted shows nothing more', async () => {
    say(come('Maya'), 0, 'Good morning.', { es: 'Buenos días.' });
    const page = await watch();
    await shown(page, 'Buenos días.').waitFor();
    bench.server.put({ type: 'ended', erased: true });
    await page.getByTestId('ended').waitFor();
    expect(await shown(page, 'Buenos días.').count()).toBe(0);
    expect(await page.getByTestId('ended').textContent()).toContain('deleted');
  });

  it('[INV3] a connection that was cut comes back without a gap or a repetition', async () => {
    const maya = come('Maya');
    say(maya, 0, 'One.', { es: 'Uno.' });
    const page = await watch();
    await shown(page, 'Uno.').waitFor();
    bench.server.refuseHandshake = wireError('shutting_down', { retryable: true });
    bench.server.cut();
    await expect.poll(() => page.getByTestId('room-state').textContent()).toBe('Reconnecting');
    say(maya, 1, 'Two.', { es: 'Dos.' });
    bench.server.refuseHandshake = null;
    await expect.poll(() => lines(page).allTextContents(), PATIENCE).toEqual(['Uno.', 'Dos.']);
  });

  it('a wrong token is told in plain words', async () => {
    bench.server.refuseJoin = wireError('unauthorized');
    const page = await bench.visit('/watch/room-1#t=wrong', { permissions: [] });
    await page.locator('[data-code=unauthorized]').waitFor();
    expect(bench.server.tokens).toContain('wrong');
    expect(await page.getByTestId('notice').textContent()).toContain('share the link again');
  });

  it('a full room is tried again by itself', async () => {
    bench.server.refuseJoin = wireError('room_full', { retryable: true, retryAfterMs: 300 });
    const page = await bench.visit('/watch/room-1', { permissions: [] });
    await page.locator('[data-code=room_full]').waitFor();
    bench.server.refuseJoin = null;
    await page.getByTestId('waiting').waitFor();
    expect(await page.locator('[data-code=room_full]').count()).toBe(0);
  });
});
