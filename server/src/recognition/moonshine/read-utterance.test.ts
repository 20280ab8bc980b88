import { expect, test } from 'vitest';
import { SAMPLE_RATE } from '../../../../shared/limits.ts';
import { ScriptedTokenModel } from '../../testing/scripted-token-model.ts';
import { cutTailLoop, readUtterance } from './read-utterance.ts';
import { END_TOKEN } from './tokenizer.ts';
import { MIN_UTTERANCE_SAMPLES } from './utterance-limits.ts';

const seconds = (count: number) => new Float32Array(count * SAMPLE_RATE);

/** A model that says this, then what `after` says. */
function saying(text: readonly number[], after: (said: number) => number = () => END_TOKEN) {
  const heard: ScriptedTokenModel[] = [];
  return {
    heard,
    listen: async () => {
      const model = new ScriptedTokenModel(({ length }) => text[length - 1] ?? after(length - 1));
      heard.push(model);
      return model;
    },
  };
}

test('audio of no frame is not given to the model', async () => {
  const model = saying([5]);
  expect(await readUtterance(model, new Float32Array(MIN_UTTERANCE_SAMPLES - 1), [])).toEqual({
    tokens: [],
    margins: [],
    meanLogProbability: null,
    steps: 0,
  });
  expect(model.heard.length).toBe(0);
});

test('[INV4] the longer the audio, the more tokens', async () => {
  const endless = saying([], (said) => 100 + said);
  expect((await readUtterance(endless, seconds(1), [])).tokens.length).toBe(11);
  expect((await readUtterance(endless, seconds(10), [])).tokens.length).toBe(74);
});

test('a loop that the model was stuck in is cut to its first round', async () => {
  const stuck = saying([10, 11, 12], (said) => 20 + (said % 2));
  expect((await readUtterance(stuck, seconds(10), [])).tokens).toEqual([10, 11, 12, 21, 20]);
});

test('what somebody says three times and ends with stays', async () => {
  const text = [10, 11, 12, 20, 21, 22, 20, 21, 22, 20, 21, 22];
  expect((await readUtterance(saying(text), seconds(10), [])).tokens).toEqual(text);
  // In so little time it was not said.
  expect((await readUtterance(saying(text), seconds(1.2), [])).tokens).toEqual(text.slice(0, 6));
});

test('a draft ends where it holds what cannot be a token', async () => {
  const model = saying([5, 6, 7]);
  await readUtterance(model, seconds(1), [5, 6, END_TOKEN, 7]);
  expect(model.heard[0]?.calls[0]).toEqual([1, 5, 6]);
});

test('cutting a tail without a loop changes nothing', () => {
  expect(cutTailLoop([1, 2, 3, 1, 2])).toEqual([1, 2, 3, 1, 2]);
  expect(cutTailLoop([])).toEqual([]);
});
