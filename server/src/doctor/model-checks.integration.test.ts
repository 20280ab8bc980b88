import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_PROXY } from '../config/proxy-settings.ts';
import { readSettings } from '../config/settings.ts';
import { installModel } from '../models/translation/install-model.ts';
import { type ModelSite, makeModel, serveSite } from '../models/translation/testing/model-site.ts';
import { TranslationFolder } from '../models/translation/translation-folder.ts';
import { checkTranslationModels } from './model-checks.ts';

const made = makeModel('en-es');
let cache = '';
let site: ModelSite;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parlance-doctor-'));
  site = await serveSite(made.packed);
});

afterEach(async () => {
  await site.close();
  await rm(cache, { recursive: true });
});

const check = (byRules: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  checkTranslationModels(readSettings({ PARLANCE_CACHE: cache, ...env }), byRules);

async function install(): Promise<TranslationFolder> {
  const models = new TranslationFolder(cache);
  const sources = [{ title: 'site', base: site.base }];
  await installModel(made.offer, sources, models, { proxies: NO_PROXY });
  return models;
}

test('languages by rules are told with the command that makes them neural', async () => {
  expect(await check(['eo', 'es'])).toEqual({
    id: 'translation-models',
    title: 'Neural models',
    level: 'warn',
    found: 'none installed',
    meaning: 'Spanish: basic. This makes it neural (14.7 MB):',
    mend: 'npx parlance models add en-es',
  });
  expect(await check(['es', 'fr'])).toMatchObject({
    meaning: expect.stringMatching(
      /^Spanish, French: basic\. This makes them neural \(\d+\.\d MB\):$/,
    ),
    mend: 'npx parlance models add en-es en-fr',
  });
});

test('where models are installed, or none would help, all is well', async () => {
  expect(await check(['eo'])).toMatchObject({ level: 'ok', found: 'none installed' });
  const { root } = await install();
  expect(await check(['es'])).toMatchObject({ level: 'ok', found: 'en-es, whole' });
  const elsewhere = await mkdtemp(join(tmpdir(), 'parlance-doctor-'));
  expect(await check(['es'], { PARLANCE_CACHE: elsewhere, MODELS_DIR: root })).toMatchObject({
    level: 'ok',
    found: 'en-es, whole',
  });
  await rm(elsewhere, { recursive: true });
});

test('damaged ones in MODELS_DIR are told, too', async () => {
  const models = await install();
  const { root } = models;
  const own = { PARLANCE_CACHE: `${root}-elsewhere`, MODELS_DIR: root };
  await truncate(join(models.folder('en-es'), made.offer.files[0]?.name ?? ''), 10);
  expect(await check(['es'], own)).toMatchObject({
    level: 'warn',
    found: 'none installed; en-es in MODELS_DIR damaged',
    mend: `put whole ones into ${root}, or remove them from there`,
  });
});

test('a damaged model is told before anything else, with what mends it', async () => {
  const models = await install();
  await truncate(join(models.folder('en-es'), made.offer.files[0]?.name ?? ''), 10);
  expect(await check(['es', 'fr'])).toMatchObject({
    level: 'warn',
    found: 'none installed; en-es damaged',
    mend: 'npx parlance models add en-es',
  });
});
