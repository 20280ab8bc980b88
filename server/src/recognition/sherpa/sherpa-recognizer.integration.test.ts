import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchWorkers } from '../../testing/watch-workers.ts';
import { describeRecognizerContract } from '../recognizer.contract.ts';
import { loadSpokenUtterances, requireMoonshine } from '../spoken-utterances.contract.ts';
import { createSherpaRecognizer, startSherpaWorker } from './sherpa-recognizer.ts';

let workFolder: string;

beforeAll(async () => {
  workFolder = await mkdtemp(join(tmpdir(), 'parlance-sherpa-'));
});

afterAll(() => rm(workFolder, { recursive: true }));

describeRecognizerContract(
  'sherpa-onnx',
  async () =>
    await createSherpaRecognizer({ modelFolder: await requireMoonshine(), workers: 2, workFolder }),
  loadSpokenUtterances,
);

test('writes the vocabulary once, whole, and without marks', async () => {
  expect(await readdir(workFolder)).toEqual(['moonshine-tiny-en-tokens.txt']);
  const lines = (await readFile(join(workFolder, 'moonshine-tiny-en-tokens.txt'), 'utf8'))
    .trimEnd()
    .split('\n');
  expect(lines[0]).toBe(`${Buffer.from([0]).toString('base64')} 3`);
  expect(lines).toContain(`${Buffer.from('▁the').toString('base64')} 278`);
  expect(lines.every((line) => Number(line.split(' ')[1]) < 32_000)).toBe(true);
});

test('a worker that dies is replaced, and none is left in the end', async () => {
  const watch = watchWorkers(startSherpaWorker, { dying: 1 });
  const recognizer = await createSherpaRecognizer({
    modelFolder: await requireMoonshine(),
    workers: 1,
    workFolder,
    startWorker: watch.startWorker,
  });
  const [utterance] = (await loadSpokenUtterances()).utterances;
  const samples = utterance?.samples ?? new Float32Array(0);
  expect((await recognizer.recognize({ samples, language: 'en' })).text).toContain('concerned');
  expect(watch.started).toBe(2);
  await recognizer.close();
  expect(watch.alive).toBe(0);
});

test('a missing model is named before sherpa-onnx could end the process over it', async () => {
  await expect(
    createSherpaRecognizer({ modelFolder: workFolder, workers: 1, workFolder }),
  ).rejects.toMatchObject({ code: 'model_missing' });
});
