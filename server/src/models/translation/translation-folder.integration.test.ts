import { mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_PROXY } from '../../config/proxy-settings.ts';
import { installModel } from './install-model.ts';
import { type ModelSite, makeModel, serveSite } from './testing/model-site.ts';
import { TranslationFolder } from './translation-folder.ts';

const made = makeModel('en-es');
const [model] = made.offer.files;

let cache = '';
let models = new TranslationFolder('');
let site: ModelSite;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parlance-folder-'));
  models = new TranslationFolder(cache);
  site = await serveSite(made.packed);
});

afterEach(async () => {
  await site.close();
  await rm(cache, { recursive: true });
});

const install = () =>
  installModel(made.offer, [{ title: 'site', base: site.base }], models, { proxies: NO_PROXY });

test('nothing installed is no error', async () => {
  expect(await models.pairs()).toEqual([]);
  expect(await models.inspect('en-es')).toBeNull();
  expect(await models.remove('en-es')).toBe(false);
  expect(await readdir(cache)).toEqual([]);
});

test.each<[string, (path: string, folder: string) => Promise<void>, RegExp]>([
  ['cut off', (path) => truncate(path, 1_000), /Expected 200000 bytes, got 1000/],
  ['changed in one byte', flipByte, /Expected sha256 [0-9a-f]{64}, got [0-9a-f]{64}/],
  ['replaced by a folder', replaceByFolder, /Expected a file, got something else/],
])('a file that is %s is damaged, and the problem named', async (_how, harm, told) => {
  await install();
  const path = join(models.folder('en-es'), model?.name ?? '');
  await harm(path, models.folder('en-es'));
  const state = await models.inspect('en-es');
  expect(state?.kind).toBe('damaged');
  expect(state?.files.map(({ state: { kind } }) => kind)).toEqual(['damaged', 'intact', 'intact']);
  const [damaged] = state?.files ?? [];
  expect(damaged?.state.kind === 'damaged' && damaged.state.problem).toMatch(told);
});

test('a missing file makes the model damaged', async () => {
  await install();
  await rm(join(models.folder('en-es'), model?.name ?? ''));
  const state = await models.inspect('en-es');
  expect(state).toMatchObject({ kind: 'damaged' });
  expect(state?.files[0]?.state.kind).toBe('missing');
});

test.each(['', '{"pair":"en-es"}', '{'])(
  'a manifest that says "%s" makes the model damaged, and it can be installed anew',
  async (content) => {
    await install();
    await writeFile(join(models.folder('en-es'), 'model.json'), content);
    expect(await models.inspect('en-es')).toMatchObject({ kind: 'damaged', model: null });
    expect(await install()).toMatchObject({ fetched: true });
    expect(await models.inspect('en-es')).toMatchObject({ kind: 'intact' });
  },
);

test('a model is removed while a program reads it, which reads on', async () => {
  await install();
  const name = model?.name ?? '';
  const reader = await open(join(models.folder('en-es'), name));
  try {
    expect(await models.remove('en-es')).toBe(true);
    expect(await readdir(models.root)).toEqual([]);
    const content = await reader.readFile();
    expect(content.equals(made.contents.get(name) ?? Buffer.alloc(0))).toBe(true);
  } finally {
    await reader.close();
  }
});

test('a removal waits for an installation under way, and removes what it made', async () => {
  let waited = false;
  let removal: Promise<boolean> | null = null;
  site.fail(model?.path ?? '', (_request, response) => {
    // The installation holds the lock by now, and gets its file once the removal waits for it.
    const onWait = () => {
      waited = true;
      response.end(made.packed.get(model?.path ?? ''));
    };
    removal = models.remove('en-es', { onWait });
  });
  await install();
  expect(await removal).toBe(true);
  expect(waited).toBe(true);
  expect(await models.pairs()).toEqual([]);
});

test('a removal takes the remains of broken installations with it', async () => {
  await install();
  for (const name of ['.en-es.tiny.new', '.en-es.77.old', '.en-fr.tiny.new']) {
    await mkdir(join(models.root, name));
  }
  await models.remove('en-es');
  expect(await readdir(models.root)).toEqual(['.en-fr.tiny.new']);
});

test('what is no folder of a pair is passed over', async () => {
  await mkdir(join(models.root, 'notes'), { recursive: true });
  await writeFile(join(models.root, 'en-it'), '');
  expect(await models.pairs()).toEqual([]);
});

async function flipByte(path: string): Promise<void> {
  const content = await readFile(path);
  content[500] = (content[500] ?? 0) ^ 1;
  await writeFile(path, content);
}

async function replaceByFolder(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}
