import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveScript } from '../models/testing/scripted-http.ts';
import { runCommand } from './testing/run-command.ts';

let cache = '';

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parlance-models-'));
});

afterEach(async () => {
  await rm(cache, { recursive: true });
});

const run = (...args: readonly string[]) =>
  runCommand(['models', ...args], { PARLANCE_CACHE: cache, NO_COLOR: '1' });

test('the list tells what there is, its licence and its state', async () => {
  const [words, list] = await Promise.all([run(), run('list', '--json')]);
  expect(words.stdout).toContain('moonshine-tiny-en  missing, 43.9 MB');
  expect(words.stdout).toContain('MIT licence, Copyright (c) 2025 Moonshine AI');
  expect(list.json).toContainEqual(
    expect.objectContaining({ model: 'moonshine-tiny-en', kind: 'speech', state: 'missing' }),
  );
  expect([words.exitCode, list.exitCode]).toEqual([0, 0]);
});

test('verify fails where a model is not whole, and says how to mend it', async () => {
  const { exitCode, stdout } = await run('verify');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('encoder_model.ort  missing');
  expect(stdout).toContain('parlance models fetch moonshine-tiny-en');
});

test('a damaged download is named, and nothing of it stays', async () => {
  const mirror = await serveScript((_request, response) => response.end('not the model'));
  const { exitCode, stderr } = await runCommand(['models', 'fetch'], {
    PARLANCE_CACHE: cache,
    MODEL_MIRROR: mirror.origin,
    // Neither the maker's server nor pip may help here.
    https_proxy: 'http://127.0.0.1:1',
    PATH: '/nowhere',
  });
  await mirror.close();
  expect(exitCode).toBe(1);
  expect(stderr).toContain('parlance: download_failed: Expected the model moonshine-tiny-en');
  expect(stderr).toMatch(/the mirror: Expected 13281600 bytes, got /);
  expect((await run('verify', '--json')).json).toContainEqual(
    expect.objectContaining({ state: 'missing' }),
  );
});

test('an unknown action or model is told what there is', async () => {
  const [action, model] = await Promise.all([run('dance'), run('fetch', 'whisper')]);
  expect(action.exitCode).toBe(2);
  expect(action.stderr).toContain(
    'Expected models list, add, remove, verify, fetch, mirror, got "dance".',
  );
  expect(model.exitCode).toBe(1);
  expect(model.stderr).toMatch(/Expected one of the models moonshine-tiny-en.*got "whisper"/);
});
