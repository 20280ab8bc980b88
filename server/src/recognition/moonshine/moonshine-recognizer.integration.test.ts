import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownClip } from '../../../../e2e/support/clip.ts';
import { readAudio } from '../../testing/read-audio.ts';
import { watchWorkers } from '../../testing/watch-workers.ts';
import { wordErrorRate } from '../../testing/word-error-rate.ts';
import { describeRecognizerContract, type SpokenUtterance } from '../recognizer.contract.ts';
import { loadSpokenUtterances, requireMoonshine } from '../spoken-utterances.contract.ts';
import { MAX_WAITING_UTTERANCES } from '../threaded-recognizer.ts';
import { MODEL_FILES } from './model-files.ts';
import { MoonshineModel } from './moonshine-model.ts';
import { createMoonshineRecognizer, startMoonshineWorker } from './moonshine-recognizer.ts';
import { readUtterance } from './read-utterance.ts';

describeRecognizerContract(
  'Moonshine',
  async () =>
    await createMoonshineRecognizer({ modelFolder: await requireMoonshine(), workers: 2 }),
  loadSpokenUtterances,
);

let modelFolder: string;
let utterance: SpokenUtterance;

beforeAll(async () => {
  modelFolder = await requireMoonshine();
  const [first] = (await loadSpokenUtterances()).utterances;
  if (first === undefined) throw new Error('Expected an utterance.');
  utterance = first;
});

const request = () => ({ samples: utterance.samples, language: 'en' });
const errorsIn = (text: string) => wordErrorRate([{ reference: utterance.reference, heard: text }]);

describe('worker threads', () => {
  test('one that dies is replaced, and its utterance read by the next', async () => {
    const watch = watchWorkers(startMoonshineWorker, { dying: 1 });
    const recognizer = await createMoonshineRecognizer({
      modelFolder,
      workers: 1,
      startWorker: watch.startWorker,
    });
    expect(errorsIn((await recognizer.recognize(request())).text)).toBeLessThan(0.2);
    expect(watch.started).toBe(2);
    await recognizer.close();
    expect(watch.alive).toBe(0);
  });

  test('an utterance that two die of fails by name, and the next one is read', async () => {
    const watch = watchWorkers(startMoonshineWorker, { dying: 2 });
    const recognizer = await createMoonshineRecognizer({
      modelFolder,
      workers: 1,
      startWorker: watch.startWorker,
    });
    await expect(recognizer.recognize(request())).rejects.toMatchObject({
      code: 'recognizer_failed',
    });
    expect(errorsIn((await recognizer.recognize(request())).text)).toBeLessThan(0.2);
    await recognizer.close();
    expect(watch.alive).toBe(0);
  });

  test('[INV4] who comes when all places to wait are taken is refused by name', async () => {
    const recognizer = await createMoonshineRecognizer({ modelFolder, workers: 1 });
    const short = { samples: new Float32Array(100), language: 'en' };
    const taken = Array.from({ length: 1 + MAX_WAITING_UTTERANCES }, () =>
      recognizer.recognize(short),
    );
    await expect(recognizer.recognize(short)).rejects.toMatchObject({ code: 'server_busy' });
    await Promise.all(taken);
    expect((await recognizer.recognize(short)).text).toBe('');
    await recognizer.close();
  });

  test('the thread of the caller goes on while a worker reads', async () => {
    const recognizer = await createMoonshineRecognizer({ modelFolder, workers: 1 });
    let turns = 0;
    let reading = true;
    const turn = () => {
      turns += 1;
      if (reading) setImmediate(turn);
    };
    setImmediate(turn);
    await recognizer.recognize(request());
    reading = false;
    expect(turns).toBeGreaterThan(10);
    await recognizer.close();
  });
});

describe('model files', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parlance-moonshine-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  const create = (files: Record<string, string>, checksums: boolean) =>
    createMoonshineRecognizer({
      modelFolder: folder,
      workers: 1,
      checksums,
      files: Object.entries(files).map(([name, content]) => ({
        name,
        bytes: content.length,
        sha256: '0'.repeat(64),
      })),
    });
  const garbage = { [MODEL_FILES.encoder]: 'no', [MODEL_FILES.decoder]: 'model', x: 'here' };

  test('a missing one is named, with how to get it', async () => {
    await expect(create(garbage, true)).rejects.toMatchObject({
      code: 'model_missing',
      message: expect.stringContaining('parlance models fetch moonshine-tiny-en'),
    });
  });

  test('wrong contents are named', async () => {
    for (const [name, content] of Object.entries(garbage))
      await writeFile(join(folder, name), content);
    await expect(create(garbage, true)).rejects.toMatchObject({
      code: 'model_damaged',
      message: expect.stringContaining('sha256'),
    });
  });

  test('files that are no model are refused, and no thread is left', async () => {
    await writeFile(join(folder, MODEL_FILES.tokenizer), 'no tokens');
    await expect(create(garbage, false)).rejects.toMatchObject({ code: 'model_damaged' });
    const { pieces } = {
      pieces: Buffer.concat(Array.from({ length: 32_768 }, () => Buffer.from([1, 65]))),
    };
    await writeFile(join(folder, MODEL_FILES.tokenizer), pieces);
    await expect(create(garbage, false)).rejects.toMatchObject({
      code: 'model_damaged',
      message: expect.stringContaining(MODEL_FILES.encoder),
    });
  });

  test('a truncated one is named', async () => {
    await truncate(join(folder, MODEL_FILES.decoder), 1);
    await expect(create(garbage, false)).rejects.toMatchObject({
      code: 'model_damaged',
      message: expect.stringContaining('5 bytes, got 1'),
    });
  });
});

test('a draft saves calls of the model', async () => {
  const model = await MoonshineModel.load(
    join(modelFolder, MODEL_FILES.encoder),
    join(modelFolder, MODEL_FILES.decoder),
  );
  const early = await readUtterance(model, utterance.samples.subarray(0, 48_000), []);
  const plain = await readUtterance(model, utterance.samples, []);
  const drafted = await readUtterance(model, utterance.samples, early.tokens);
  const again = await readUtterance(model, utterance.samples, plain.tokens);
  expect(drafted.steps).toBeLessThan(plain.steps);
  expect(again.steps).toBeLessThan(plain.steps / 2);
  await model.release();
});

test('words are timed where they are heard, with the pause between them left out', async () => {
  const recognizer = await createMoonshineRecognizer({ modelFolder, workers: 1, checksums: false });
  const samples = await readAudio(ownClip().path);
  const { words = [] } = await recognizer.recognize({ samples, language: 'en', wordTimes: true });
  await recognizer.close();
  // As forced alignment has them (bench/word-times/reference.tsv), on either side of a pause.
  const heard: [string, number, number][] = [
    ['Printing,', 0, 660],
    ['in', 870, 990],
    ['concerned,', 3270, 4000],
    ['differs', 4410, 5000],
    ['represented', 7760, 8530],
  ];
  for (const [text, startMs, endMs] of heard) {
    const word = words.find((candidate) => candidate.text === text);
    expect(Math.abs((word?.startMs ?? Number.NaN) - startMs)).toBeLessThan(120);
    expect(Math.abs((word?.endMs ?? Number.NaN) - endMs)).toBeLessThan(120);
  }
});
