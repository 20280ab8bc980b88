import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from '../config/settings.ts';
import { type Answerer, json, OutsideServer } from '../testing/outside-server.ts';
import { chatModel, libreTranslate } from '../testing/outside-services.ts';
import { checkOutsideEngines } from './outside-checks.ts';

const KEY = 'secret-0123456789';

let server: OutsideServer;

beforeEach(async () => {
  server = await OutsideServer.start(everything());
});
afterEach(() => server.die());

/** Every kind of service at one address. */
function everything(): Answerer {
  const libre = libreTranslate();
  const chat = chatModel(() => '');
  return (request, index) => {
    if (request.path === '/listPairs') {
      return json({ responseData: [{ sourceLanguage: 'eng', targetLanguage: 'cat' }] });
    }
    if (request.path === '/v1/audio/transcriptions') return json({ text: '' });
    return (request.path.startsWith('/v1') ? chat : libre)(request, index);
  };
}

const settings = (more: Record<string, string> = {}) =>
  readSettings({
    TRANSLATORS: 'libretranslate,openai,apertium-apy',
    RECOGNIZER: 'openai,moonshine',
    LIBRETRANSLATE_URL: server.url,
    OPENAI_URL: `${server.url}/v1`,
    OPENAI_MODEL: 'scripted',
    OPENAI_LANGUAGES: 'de,es',
    APERTIUM_APY_URL: server.url,
    TRANSCRIPTION_URL: `${server.url}/v1`,
    TRANSCRIPTION_MODEL: 'scripted',
    ...more,
  });

test('says of each what it is and that it answers', async () => {
  const findings = await checkOutsideEngines(settings({ OPENAI_API_KEY: KEY }));
  const host = new URL(server.url).host;
  expect(findings).toEqual([
    {
      id: 'outside-libretranslate',
      title: 'LibreTranslate',
      level: 'ok',
      found: `${host} answers: from en to es fr`,
    },
    {
      id: 'outside-openai',
      title: 'Chat model',
      level: 'ok',
      found: `${host} answers, with a key: from en to de es`,
    },
    {
      id: 'outside-apertium-apy',
      title: 'Apertium APy',
      level: 'ok',
      found: `${host} answers: from en to ca`,
    },
    {
      id: 'outside-transcription',
      title: 'Transcription',
      level: 'ok',
      found: `${host} answers: speech in en`,
    },
  ]);
});

test('says of none that is not chosen, whatever else is set', async () => {
  const none = settings({ TRANSLATORS: 'apertium', RECOGNIZER: 'moonshine' });
  expect(await checkOutsideEngines(none)).toEqual([]);
  expect(server.requests).toEqual([]);
});

test('says what does not answer and what that means, and never the key', async () => {
  server.answer = () => json({ error: KEY }, 403);
  const refused = await checkOutsideEngines(settings({ OPENAI_API_KEY: KEY }));
  expect(refused.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn', 'warn']);
  for (const { found } of refused) expect(found).toContain('expected status 200, got 403');
  await server.die();
  const away = await checkOutsideEngines(settings({ RECOGNIZER: 'openai' }));
  for (const { found, mend } of away) {
    expect(found).toContain('ECONNREFUSED');
    expect(mend).toBeDefined();
  }
  // Without another recogniser nothing works.
  expect(away.at(-1)).toMatchObject({ id: 'outside-transcription', level: 'fail' });
  expect(JSON.stringify([refused, away])).not.toContain(KEY);
});

test('a key file that can not be read is told as such', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parlance-key-'));
  const path = join(folder, 'key');
  const check = async () =>
    (await checkOutsideEngines(settings({ LIBRETRANSLATE_API_KEY_FILE: path })))[0];
  expect((await check())?.found).toContain(`LIBRETRANSLATE_API_KEY_FILE: Expected a file`);
  await writeFile(path, `${KEY}\n`);
  expect((await check())?.found).toContain('with a key');
  await writeFile(path, `${KEY} and\nmore`);
  const odd = await check();
  expect(odd?.level).toBe('warn');
  expect(JSON.stringify(odd)).not.toContain(KEY);
  await rm(folder, { recursive: true });
});

test('what is of no use, or goes unencrypted over a network, is told', async () => {
  server.answer = libreTranslate({ languages: () => [{ code: 'fr', targets: ['es'] }] });
  const only = { TRANSLATORS: 'libretranslate', RECOGNIZER: 'moonshine' };
  const [useless] = await checkOutsideEngines(settings(only));
  expect(useless).toMatchObject({ level: 'warn', found: expect.stringContaining('to nothing') });
  server.answer = everything();
  const { port } = new URL(server.url);
  // The same address, written in a way that looks like another machine.
  const elsewhere = { ...only, LIBRETRANSLATE_URL: `http://[::ffff:127.0.0.1]:${port}` };
  const [open] = await checkOutsideEngines(settings(elsewhere));
  expect(open).toMatchObject({ level: 'warn', meaning: expect.stringContaining('unencrypted') });
});
