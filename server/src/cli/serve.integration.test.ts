import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from '../config/settings.ts';
import { runCommand } from './testing/run-command.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-serve-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A start that must fail: its exit code and what it said, with a data folder of its own. */
async function failedStart(env: Record<string, string>, args: readonly string[] = []) {
  const { exitCode: code, stderr } = await runCommand(['serve', '--port', '0', ...args], {
    DATA_DIR: join(folder, 'data'),
    ...env,
  });
  return { code, stderr };
}

test.each([
  ['FFmpeg is missing', { FFMPEG_BIN: '/no/ffmpeg' }, /program_missing: .*FFMPEG_BIN/],
  ['redis-server is missing', { REDIS_SERVER_BIN: '/no/redis' }, /program_missing: .*apt-get/],
  ['the model is missing', { PARLANCE_CACHE: '/no/cache' }, /model_missing: .*models fetch/],
  [
    'settings are wrong',
    { PORT: 'x', ROOM_TTL: '1' },
    /invalid_setting: [\s\S]*PORT[\s\S]*ROOM_TTL/,
  ],
  [
    'a certificate cannot be read',
    { TLS_CERT: '/no/c', TLS_KEY: '/no/k' },
    /invalid_setting: .*TLS_CERT/,
  ],
  [
    'the glossary cannot be read',
    { GLOSSARY_FILE: '/no/terms.csv' },
    /invalid_setting: .*GLOSSARY_FILE.*ENOENT/,
  ],
])('%s: one line that says what to do, and exit code 1', async (_name, env, message) => {
  const { code, stderr } = await failedStart(env);
  expect(stderr).toMatch(message);
  expect(code).toBe(1);
});

test('a damaged model is named and not loaded', async () => {
  const intact = join(readSettings().PARLANCE_CACHE, 'models/moonshine-tiny-en');
  const damaged = join(folder, 'cache/models/moonshine-tiny-en');
  await cp(intact, damaged, { recursive: true });
  await writeFile(join(damaged, 'tokenizer.bin'), 'no tokens');
  const { code, stderr } = await failedStart({ PARLANCE_CACHE: join(folder, 'cache') });
  expect(stderr).toMatch(/model_damaged: .*tokenizer\.bin.*models fetch/);
  expect(code).toBe(1);
});

test('an option that is no port is refused', async () => {
  const { code, stderr } = await failedStart({}, ['--port', 'http']);
  expect(stderr).toMatch(/--port/);
  expect(code).not.toBe(0);
});
