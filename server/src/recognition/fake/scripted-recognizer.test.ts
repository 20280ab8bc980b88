import { expect, test } from 'vitest';
import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import { describeRecognizerContract } from '../recognizer.contract.ts';
import { hypothesisOf, ScriptedRecognizer, spokenAtPace } from './scripted-recognizer.ts';

const seconds = (count: number) => new Float32Array(count * SAMPLE_RATE);

/** A recording of nothing whose level tells which of the references is said in it. */
const REFERENCES = ['one two three four five', 'six seven eight nine ten eleven'];
const LEVEL = 0.125;

describeRecognizerContract(
  'scripted',
  async () =>
    new ScriptedRecognizer({
      script: ({ samples }, durationMs) => {
        const reference = REFERENCES[(samples[0] ?? 0) / LEVEL - 1];
        return reference === undefined
          ? ''
          : spokenAtPace(reference)({ samples, language: 'en' }, durationMs);
      },
    }),
  async () => ({
    utterances: REFERENCES.map((reference, index) => ({
      reference,
      samples: seconds(3).fill((index + 1) * LEVEL),
    })),
    maxWordErrorRate: 0,
  }),
);

const request = (length = 1) => ({ samples: seconds(length), language: 'en' });

test('works on as many as it has slots for, the others in order', async () => {
  const recognizer = new ScriptedRecognizer({
    script: (_, durationMs) => `${durationMs}`,
    concurrency: 1,
  });
  const release = recognizer.hold();
  const texts = Promise.all([1, 2, 3].map((length) => recognizer.recognize(request(length))));
  await Promise.resolve();
  expect([recognizer.running, recognizer.waiting]).toEqual([1, 2]);
  release();
  expect((await texts).map(({ text }) => text)).toEqual(['1000', '2000', '3000']);
  expect([recognizer.running, recognizer.waiting]).toEqual([0, 0]);
  expect(recognizer.requests.map(({ samples }) => samples.length / SAMPLE_RATE)).toEqual([1, 2, 3]);
});

test('fails when told to, once', async () => {
  const recognizer = new ScriptedRecognizer({ script: () => 'heard' });
  recognizer.failNext();
  await expect(recognizer.recognize(request())).rejects.toMatchObject({
    code: 'recognizer_failed',
  });
  expect((await recognizer.recognize(request())).text).toBe('heard');
});

test('each answer waits for its latency', async () => {
  const releases: (() => void)[] = [];
  const recognizer = new ScriptedRecognizer({
    script: spokenAtPace('a b c d', 1),
    latency: (index) =>
      new Promise((resolve) => {
        releases[index] = resolve;
      }),
  });
  const order: string[] = [];
  const answers = [2, 3].map(async (length) => {
    order.push((await recognizer.recognize(request(length))).text);
  });
  while (releases.length < 2) await Promise.resolve();
  releases[1]?.();
  await answers[1];
  releases[0]?.();
  await answers[0];
  expect(order).toEqual(['a b c', 'a b']);
});

test('closing refuses what waits', async () => {
  const recognizer = new ScriptedRecognizer({ script: () => 'heard', concurrency: 1 });
  const release = recognizer.hold();
  const running = recognizer.recognize(request());
  const waiting = recognizer.recognize(request());
  await Promise.resolve();
  const closed = recognizer.close();
  await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' });
  release();
  expect((await running).text).toBe('heard');
  await closed;
});

test('the same word is the same token', () => {
  const { tokens } = hypothesisOf('so it is so');
  expect(tokens.length).toBe(4);
  expect(tokens[0]).toBe(tokens[3]);
  expect(new Set(tokens).size).toBe(3);
  expect(hypothesisOf('').meanLogProbability).toBeNull();
});
