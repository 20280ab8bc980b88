import { mkdtemp, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readInstalledModel } from '../../models/installed-models.ts';
import { DAMAGES, damageModel } from '../../testing/marian/damage.ts';
import { copyModel, installModel } from '../../testing/marian/install-model.ts';
import { makeCipherModel } from '../../testing/marian/make-model.ts';
import { readModel } from './read-model.ts';

const intact = makeCipherModel({ from: 'en', to: 'es' });
const split = makeCipherModel({ from: 'en', to: 'es', vocabularies: 'split', format: 'intgemm8' });
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'models-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function installed(folder: string) {
  const model = await readInstalledModel(folder, 'en-es');
  if (model === null) throw new Error('Expected an installed model, got none.');
  return model;
}

test('reads what is intact, with or without a manifest', async () => {
  for (const put of [installModel, copyModel]) {
    const bytes = await readModel(await installed(await put(root, intact)));
    expect(bytes.precision).toBe('int8shiftAlphaAll');
    expect(bytes.shortlist).not.toBeNull();
    expect(bytes.vocabularies).toHaveLength(1);
  }
  const two = await readModel(await installed(await copyModel(root, split)));
  expect(two.precision).toBe('int8shiftAll');
  expect(two.vocabularies).toHaveLength(2);
});

test.each(DAMAGES)('names $name', async (damage) => {
  const folder = await copyModel(root, damageModel(intact, damage));
  const problem = await readModel(await installed(folder)).catch((error: unknown) => error);
  expect(problem).toMatchObject({ code: 'model_damaged' });
  const message = String(problem);
  expect(message).toMatch(damage.said);
  const file = Object.keys(intact.files).find((name) => damage.file.test(name));
  expect(message).toContain(`${file}: Expected`);
  expect(message).toContain('Put intact files there');
});

test('a bit that changed is seen by the checksum of the manifest', async () => {
  const folder = await installModel(root, intact);
  for (const [name, bytes] of Object.entries(intact.files)) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bytes.length - 9) ^ 1, bytes.length - 9);
    await writeFile(join(folder, name), changed);
    await expect(readModel(await installed(folder))).rejects.toMatchObject({
      code: 'model_damaged',
      message: expect.stringMatching(
        new RegExp(`${name}: Expected sha256 .*parlance models add en-es`),
      ),
    });
    await writeFile(join(folder, name), bytes);
  }
});

test('a file that is missing, too short or a folder is named', async () => {
  for (const name of Object.keys(intact.files)) {
    const folder = await installModel(root, intact);
    await truncate(join(folder, name), 10);
    await expect(readModel(await installed(folder))).rejects.toThrow(
      new RegExp(`${name}: Expected \\d+ bytes, got 10`),
    );
    await unlink(join(folder, name));
    await expect(readModel(await installed(folder))).rejects.toThrow(`${name}: Expected a file`);
  }
});
