import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { thisMachine } from '../../../scripts/setup/probe.mjs';
import { readSettings } from '../config/settings.ts';
import { findModel } from '../models/catalogue.ts';
import { ModelStore } from '../models/model-store.ts';
import { checkFfmpeg, checkModel, checkRedis, checkTranslation } from './engine-checks.ts';
import { findProjectRoot } from './install-checks.ts';

const root = findProjectRoot(import.meta.filename) ?? '';
const probe = thisMachine(root);
const debian = { packager: 'apt', rights: 'none' } as const;

test('the engines that the tests need are found, with their versions', async () => {
  const settings = readSettings({});
  expect(checkFfmpeg(settings, probe, debian)).toMatchObject({
    level: 'ok',
    found: expect.stringMatching(/^\d.*ffmpeg$/),
  });
  expect(await checkRedis(settings, probe, debian)).toMatchObject({
    level: 'ok',
    found: expect.stringMatching(/^\d+\.\d+\.\d+, .*redis-server/),
  });
  expect(await checkTranslation(settings, debian)).toMatchObject({
    level: 'ok',
    found: expect.stringMatching(/ca .*es /),
  });
});

test('programs that do not run are failures, and the setting is named', async () => {
  const settings = readSettings({ FFMPEG_BIN: '/no/ffmpeg', REDIS_SERVER_BIN: '/no/redis' });
  const ffmpeg = checkFfmpeg(settings, probe, debian);
  expect(ffmpeg).toMatchObject({ level: 'fail', mend: expect.stringContaining('FFMPEG_BIN') });
  const redis = await checkRedis(settings, probe, debian);
  expect(redis).toMatchObject({ level: 'fail', mend: expect.stringContaining('REDIS_SERVER_BIN') });
});

test('translation that is switched off is well', async () => {
  expect(await checkTranslation(readSettings({ TRANSLATORS: 'none' }), debian)).toMatchObject({
    level: 'ok',
    found: expect.stringContaining('switched off'),
  });
});

test('a model that is missing or damaged is a failure with its remedy', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'parlance-doctor-'));
  const model = findModel('moonshine-tiny-en');
  try {
    expect(await checkModel(model, new ModelStore(cache))).toMatchObject({
      level: 'fail',
      found: 'moonshine-tiny-en is missing',
      mend: expect.stringContaining('models fetch moonshine-tiny-en'),
    });
    await writeFile(join(cache, 'models'), '');
    expect((await checkModel(model, new ModelStore(cache))).level).toBe('fail');
  } finally {
    await rm(cache, { recursive: true });
  }
});
