import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AppError } from '../../../../shared/errors.ts';
import { DAMAGES, damageModel, makeDeadly } from '../../testing/marian/damage.ts';
import { copyModel, installModel } from '../../testing/marian/install-model.ts';
import { encipher, makeCipherModel } from '../../testing/marian/make-model.ts';
import {
  type BergamotOptions,
  type BergamotTranslator,
  createBergamotTranslator,
} from './bergamot-translator.ts';
import { startBergamotWorker } from './marian-worker.ts';

let root: string;
let translator: BergamotTranslator;
/** Threads that were started, in order. */
let threads: Worker[];
let problems: AppError[];
/** How often it told that its routes may be others. */
let changes: number;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'models-'));
  threads = [];
  problems = [];
  changes = 0;
});
afterEach(async () => {
  await translator.close();
  await rm(root, { recursive: true, force: true });
});

/** As the product starts it, looking at the folder only when told to. */
async function start(options: Partial<BergamotOptions> = {}) {
  translator = await createBergamotTranslator({
    folders: [root],
    workers: 1,
    memoryLimitMb: 1_000,
    onProblem: (problem) => problems.push(problem),
    onChange: () => {
      changes += 1;
    },
    startWorker: (parts) => {
      const worker = startBergamotWorker(parts);
      threads.push(worker);
      return worker;
    },
    ...options,
    limits: { rescanMs: 2 ** 30, ...options.limits },
  });
}

const install = (from: string, to: string) => installModel(root, makeCipherModel({ from, to }));
const translate = (text: string, to = 'es', from = 'en', signal?: AbortSignal) =>
  translator
    .translate({ text, from, to, kind: 'final', ...(signal === undefined ? {} : { signal }) })
    .then((translation) => translation.text);
const codeOf = (error: unknown) => (error as AppError).code;
const SENTENCES = Array.from({ length: 24 }, (_, at) => `The ${100 + at} dogs saw ${at} cats.`);
const expected = (text: string, to = 'es', from = 'en') => encipher(text, from, to);

describe('every kind of model', () => {
  const kinds = (['float32', 'intgemm8', 'alphas'] as const).flatMap((format) =>
    (['shared', 'split'] as const).flatMap((vocabularies) =>
      [true, false].map((shortlist) => ({ format, vocabularies, shortlist })),
    ),
  );
  test.each(kinds)('$format, $vocabularies vocabulary, shortlist $shortlist', async (kind) => {
    await installModel(root, makeCipherModel({ from: 'en', to: 'es', ...kind }));
    await start();
    expect(await translate('On day 17 (a Monday) we paid 1,250.75.')).toBe(
      expected('On day 17 (a Monday) we paid 1,250.75.'),
    );
  });
});

describe('without models', () => {
  test('no thread is started, nothing is reached, and one that comes is used at once', async () => {
    await start({ warmFrom: ['en'] });
    expect(translator.targets('en')).toEqual([]);
    expect(translator.route('en', 'es')).toBeNull();
    await expect(translate('Hello.')).rejects.toThrow('parlance models add en-es');
    expect(threads).toEqual([]);
    expect(translator.stats).toMatchObject({ workers: 0, memoryBytes: 0 });
    expect(translator.slots).toEqual({ total: 0, inUse: 0, waiting: 0 });

    await install('en', 'es');
    await translator.refresh();
    expect(translator.targets('en')).toEqual(['es']);
    expect(changes).toBe(1);
    expect(await translate('Hello.')).toBe(expected('Hello.'));
    await translator.refresh();
    expect(changes).toBe(1);

    await rm(join(root, 'en-es'), { recursive: true });
    await translator.refresh();
    expect(translator.route('en', 'es')).toBeNull();
    expect(changes).toBe(2);
    await translator.close();
    expect(translator.stats.workers).toBe(0);
  });
});

test('a batch says what each sentence says alone, and says it again', async () => {
  await installModel(root, makeCipherModel({ from: 'en', to: 'es', format: 'float32' }));
  await start({ limits: { maxBatchSentences: 1 } });
  const alone = await Promise.all(SENTENCES.map((text) => translate(text)));
  await translator.close();
  await start();
  const together = await Promise.all(SENTENCES.map((text) => translate(text)));
  expect(together).toEqual(alone);
  expect(alone).toEqual(SENTENCES.map((text) => expected(text)));
  expect(await Promise.all(SENTENCES.map((text) => translate(text)))).toEqual(alone);
});

test('several workers share the work', async () => {
  await install('en', 'es');
  await start({ workers: 2 });
  const texts = [...SENTENCES, ...SENTENCES, ...SENTENCES];
  expect(await Promise.all(texts.map((text) => translate(text)))).toEqual(
    texts.map((text) => expected(text)),
  );
  expect(threads).toHaveLength(2);
});

test('passes through English where no direct model is there, and prefers the direct one', async () => {
  await install('de', 'en');
  await install('en', 'es');
  await start();
  expect(translator.route('de', 'es')).toEqual({ via: ['en'] });
  expect(translator.targets('de')).toEqual(['en', 'es']);
  const text = 'Das Haus 12. Ein Hund 34.';
  const english = expected(text, 'en', 'de');
  expect(await translate(text, 'es', 'de')).toBe(expected(english, 'es', 'en'));
  await install('de', 'es');
  await translator.refresh();
  expect(translator.route('de', 'es')).toEqual({ via: [] });
  expect(await translate(text, 'es', 'de')).toBe(expected(text, 'es', 'de'));
});

test('models used longest ago leave when memory or the number of pairs is at its limit', async () => {
  for (const to of ['es', 'fr', 'it']) await install('en', to);
  // Room for two: each takes 160 MB and a little.
  await start({ memoryLimitMb: 400 });
  for (const to of ['es', 'fr', 'es', 'it']) {
    expect(await translate('The house.', to)).toBe(expected('The house.', to));
  }
  expect(translator.stats.loaded).toEqual([['en-es', 'en-it']]);
  const { memoryBytes } = translator.stats;
  for (const to of ['fr', 'es', 'it', 'fr']) await translate('The house.', to);
  expect(translator.stats.memoryBytes).toBeLessThan(memoryBytes * 1.25);
  await translator.close();

  await start({ limits: { maxModelsPerWorker: 1 } });
  for (const to of ['es', 'fr']) await translate('The house.', to);
  expect(translator.stats.loaded).toEqual([['en-fr']]);
});

test('what is likely is loaded before anybody asks, as far as there is room', async () => {
  for (const pair of ['en-es', 'en-fr', 'de-en'] as const) {
    const [from = '', to = ''] = pair.split('-');
    await install(from, to);
  }
  await start({ warmFrom: ['en'], memoryLimitMb: 400 });
  await expect
    .poll(() => translator.stats.loaded, { timeout: 20_000 })
    .toEqual([['en-es', 'en-fr']]);
});

test('a worker that dies is replaced and its sentences are tried again once', async () => {
  await install('en', 'es');
  await start();
  await translate('The house.');
  const answers = SENTENCES.map((text) => translate(text));
  await threads[0]?.terminate();
  expect(await Promise.all(answers)).toEqual(SENTENCES.map((text) => expected(text)));
  expect(threads).toHaveLength(2);
  expect(translator.stats.replaced).toBe(1);
});

test('a sentence that ends two workers fails alone, and its model stays', async () => {
  await install('en', 'es');
  await start({
    startWorker: (parts) => {
      const worker = startBergamotWorker(parts);
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (message: { message?: { sentences?: string[] } }) => {
        if (message.message?.sentences?.includes('The poison.')) void worker.terminate();
        else post(message);
      };
      threads.push(worker);
      return worker;
    },
  });
  await translate('The house.');
  const poison = translate('The poison.');
  const others = SENTENCES.map((text) => translate(text));
  await expect(poison).rejects.toMatchObject({ code: 'translator_failed' });
  expect(await Promise.all(others)).toEqual(SENTENCES.map((text) => expected(text)));
  expect(translator.route('en', 'es')).toEqual({ via: [] });
  expect(translator.stats.replaced).toBe(2);
});

test('a final is not passed over by partials for a model that is loaded', async () => {
  await install('en', 'es');
  await install('en', 'fr');
  const limits = { maxModelsPerWorker: 1, maxPassedOverMs: 2 ** 30, maxPartialWaitMs: 2 ** 30 };
  await start({ limits });
  await translate('The house.');
  const order: string[] = [];
  const note = (text: string) => order.push(text);
  const partials = SENTENCES.slice(0, 12).map((text) =>
    translator.translate({ text, from: 'en', to: 'es', kind: 'partial' }).then(() => note('es')),
  );
  const final = translate('The house.', 'fr').then(() => note('fr'));
  await Promise.all([...partials, final]);
  // One batch of partials was under way already.
  expect(order.indexOf('fr')).toBeLessThan(4);
});

test('a worker that hangs is ended, and the sentence fails after its last try', async () => {
  await install('en', 'es');
  await start({ limits: { callTimeoutMs: 0 } });
  await expect(translate('The house.')).rejects.toSatisfy((error) =>
    ['translator_failed', 'model_damaged'].includes(codeOf(error)),
  );
});

test('workers that can not start refuse what waits by name', async () => {
  await install('en', 'es');
  await start({
    startWorker: () => {
      throw new Error('no more threads');
    },
  });
  for (const _ of [1, 2]) {
    await expect(translate('The house.')).rejects.toMatchObject({
      code: 'translator_failed',
      retryAfterMs: 10_000,
    });
  }
});

test.each(DAMAGES)('is not ended by $name', async (damage) => {
  await copyModel(root, damageModel(makeCipherModel({ from: 'en', to: 'es' }), damage));
  await start();
  await expect(translate('The house.')).rejects.toMatchObject({
    code: 'model_damaged',
    message: expect.stringMatching(damage.said),
  });
  expect(problems).toHaveLength(1);
  expect(translator.stats.replaced).toBe(0);
});

test('a model that ends its worker twice is put aside by name until it changes', async () => {
  await install('en', 'fr');
  await installModel(root, makeDeadly(makeCipherModel({ from: 'en', to: 'es' })));
  await start();
  const asked = SENTENCES.slice(0, 3).map((text) => translate(text).catch((error) => error));
  for (const refusal of await Promise.all(asked)) {
    expect(refusal).toMatchObject({
      code: 'model_damaged',
      message: expect.stringMatching(/model\.enes.*failed 2 times.*parlance models add en-es/),
    });
  }
  expect(threads).toHaveLength(2);
  expect(translator.route('en', 'es')).toBeNull();
  expect(translator.problems).toEqual(problems);
  expect(changes).toBe(1);
  await expect(translate('The house.')).rejects.toMatchObject({ code: 'model_damaged' });
  expect(await translate('The house.', 'fr')).toBe(expected('The house.', 'fr'));

  await install('en', 'es');
  await translator.refresh();
  expect(translator.problems).toEqual([]);
  expect(await translate('The house.')).toBe(expected('The house.'));
});

test('aborted sentences leave the queue, also in the middle of a text', async () => {
  await install('en', 'es');
  await start();
  await translate('The house.');
  const stop = new AbortController();
  const reason = new Error('nobody reads it any more');
  const answers = SENTENCES.map((text) => translate(text, 'es', 'en', stop.signal));
  const long = translate(SENTENCES.join(' '), 'es', 'en', stop.signal);
  const kept = translate('The 77 dogs.');
  expect(translator.slots).toMatchObject({ total: 1, inUse: 1 });
  expect(translator.slots.waiting).toBeGreaterThan(1);
  stop.abort(reason);
  for (const answer of [...answers, long]) await expect(answer).rejects.toBe(reason);
  expect(translator.stats.waiting).toBeLessThanOrEqual(1);
  expect(await kept).toBe(expected('The 77 dogs.'));
  await expect.poll(() => translator.slots).toEqual({ total: 1, inUse: 0, waiting: 0 });
});

test('a full queue refuses partials for finals, then finals, and says when to come back', async () => {
  await install('en', 'es');
  await start({ limits: { maxWaitingSentences: 4, maxBatchSentences: 1 } });
  const partials = SENTENCES.slice(0, 4).map((text) =>
    translator.translate({ text, from: 'en', to: 'es', kind: 'partial' }).catch(codeOf),
  );
  const finals = SENTENCES.slice(4, 8).map((text) => translate(text).catch(codeOf));
  const refused = translate('The house.');
  await expect(refused).rejects.toMatchObject({ code: 'server_busy', retryAfterMs: 2_000 });
  expect(await Promise.all(partials)).toEqual(Array(4).fill('server_busy'));
  expect(await Promise.all(finals)).toEqual(SENTENCES.slice(4, 8).map((text) => expected(text)));
});

test('closing in the middle leaves no thread and answers everything', async () => {
  await install('en', 'es');
  await start({ workers: 2 });
  await translate('The house.');
  const answers = SENTENCES.map((text) => translate(text).catch(codeOf));
  const exits = threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve)));
  await translator.close();
  await Promise.all(exits);
  for (const [at, answer] of (await Promise.all(answers)).entries()) {
    expect(['shutting_down', expected(SENTENCES[at] ?? '')]).toContain(answer);
  }
  expect(translator.stats).toMatchObject({ workers: 0, waiting: 0, memoryBytes: 0 });
});

test('[INV4] models that nobody needs are let go when memory is scarce, and come back', async () => {
  await install('en', 'es');
  await start({ workers: 2, warmFrom: ['en'] });
  expect(await translate('Hello.')).toBe(expected('Hello.'));
  translator.drop();
  await expect.poll(() => translator.stats.workers).toBe(0);
  expect(translator.stats).toMatchObject({ memoryBytes: 0, loaded: [] });
  expect(await translate('Hello again.')).toBe(expected('Hello again.'));
  const underWay = translate('What is under way is not lost.');
  translator.drop();
  expect(await underWay).toBe(expected('What is under way is not lost.'));
});
