import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogueModel } from './catalogue.ts';
import { ModelStore } from './model-store.ts';

const contents = { 'encoder.bin': 'encode', 'decoder.bin': 'decode' };
const model: CatalogueModel = {
  name: 'tiny',
  kind: 'speech',
  title: 'Tiny',
  languages: ['en'],
  licence: { name: 'MIT', line: 'MIT licence' },
  files: Object.entries(contents).map(([name, content]) => ({
    name,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  })),
  sources: [],
  starter: true,
};

let cache = '';
let store = new ModelStore('');

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parlance-store-'));
  store = new ModelStore(cache);
});

afterEach(async () => {
  await rm(cache, { recursive: true });
});

async function put(files: Readonly<Record<string, string>>) {
  await mkdir(store.folder(model), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(cache, 'models', 'tiny', name), content);
  }
}

test('an intact model is found in <cache>/models/<name>', async () => {
  await put(contents);
  expect((await store.inspect(model)).kind).toBe('intact');
  expect(await store.require(model)).toBe(join(cache, 'models', 'tiny'));
});

test('nothing there is missing, and the error says what to do', async () => {
  await expect(store.require(model)).rejects.toMatchObject({
    code: 'model_missing',
    message: expect.stringMatching(/encoder\.bin is missing.*parlance models fetch tiny/),
  });
});

test('one file gone is missing, and only that one is named', async () => {
  await put({ 'encoder.bin': contents['encoder.bin'] });
  const missing = await store.require(model).catch((error: Error) => error.message);
  expect(missing).toContain('decoder.bin is missing');
  expect(missing).not.toContain('encoder.bin');
});

test.each([
  ['cut short', 'enc', /Expected 6 bytes, got 3/],
  ['changed', 'ENCODE', /Expected sha256 \w{64}, got \w{64}/],
])('a file %s is damaged', async (_how, content, problem) => {
  await put({ ...contents, 'encoder.bin': content });
  const { kind, files } = await store.inspect(model);
  expect(kind).toBe('damaged');
  expect(files[0]?.state).toEqual({ kind: 'damaged', problem: expect.stringMatching(problem) });
  await expect(store.require(model)).rejects.toMatchObject({ code: 'model_damaged' });
});

test('a folder in place of a file is damaged', async () => {
  await put({ 'decoder.bin': contents['decoder.bin'] });
  await mkdir(join(store.folder(model), 'encoder.bin'));
  expect((await store.inspect(model)).kind).toBe('damaged');
});

test('damage goes before absence', async () => {
  await put({ 'encoder.bin': 'ENCODE' });
  expect((await store.inspect(model)).kind).toBe('damaged');
});
