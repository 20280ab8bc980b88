import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { installModel } from '../../testing/marian/install-model.ts';
import { makeCipherModel } from '../../testing/marian/make-model.ts';
import { describeTranslator } from '../translator.contract.ts';
import { type BergamotTranslator, createBergamotTranslator } from './bergamot-translator.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'models-'));
  for (const [from, to] of [
    ['en', 'es'],
    ['en', 'fr'],
    ['de', 'en'],
  ] as const) {
    await installModel(root, makeCipherModel({ from, to }));
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

let current: BergamotTranslator | null = null;

describeTranslator('Bergamot', {
  create: async () => {
    current = await createBergamotTranslator({ folders: [root], workers: 2, memoryLimitMb: 1_000 });
    return current;
  },
  pairs: [
    { from: 'en', to: 'es', via: [] },
    { from: 'en', to: 'fr', via: [] },
    { from: 'de', to: 'fr', via: ['en'] },
  ],
  unsupported: { from: 'en', to: 'eu' },
  maxTextChars: 20_000,
  runningProcesses: async () => current?.stats.workers ?? 0,
});
