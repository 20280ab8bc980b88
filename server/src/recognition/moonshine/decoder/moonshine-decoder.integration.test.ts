import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownClip } from '../../../../../e2e/support/clip.ts';
import { SAMPLE_RATE } from '../../../../../shared/limits.ts';
import { readAudio } from '../../../testing/read-audio.ts';
import { requireMoonshine } from '../../spoken-utterances.contract.ts';
import { MODEL_FILES } from '../model-files.ts';
import { floats, take } from '../model-outputs.ts';
import { MoonshineModel } from '../moonshine-model.ts';
import { readUtterance } from '../read-utterance.ts';
import type { TokenModel } from '../token-model.ts';
import { END_TOKEN, START_TOKEN, VOCABULARY_SIZE } from '../tokenizer.ts';
import { ATTENTION_HEADS, CrossAttention } from '../word-times/cross-attention.ts';
import { createDecoderSessions, type DecoderSessions } from './decoder-sessions.ts';
import { HEAD_SIZE, HEADS, LAYERS, MAX_POSITIONS } from './decoder-sizes.ts';
import { MoonshineDecoder } from './moonshine-decoder.ts';
import { fastestExactType } from './project.ts';

const damaged = expect.objectContaining({ code: 'model_damaged' });
const HEARD_S = 4;

let folder: string;
let file: Uint8Array;
let model: MoonshineModel;
let sessions: DecoderSessions;
let samples: Float32Array;
let states: Tensor;
let tokens: readonly number[];

beforeAll(async () => {
  folder = await requireMoonshine();
  file = await readFile(join(folder, MODEL_FILES.decoder));
  const encoderFile = join(folder, MODEL_FILES.encoder);
  model = await MoonshineModel.load(encoderFile, join(folder, MODEL_FILES.decoder));
  sessions = await createDecoderSessions(file, await fastestExactType({}), {});
  samples = (await readAudio(ownClip().path)).subarray(0, HEARD_S * SAMPLE_RATE);
  const encoder = await InferenceSession.create(encoderFile);
  const mask = new BigInt64Array(samples.length).fill(1n);
  const encoded = await encoder.run({
    input_values: new Tensor('float32', samples, [1, samples.length]),
    attention_mask: new Tensor('int64', mask, [1, samples.length]),
  });
  states = take(encoded, 'last_hidden_state');
  await encoder.release();
  ({ tokens } = await readUtterance(model, samples, []));
});

afterAll(async () => {
  await model.release();
  await sessions.cross.release();
  await sessions.step.release();
});

/** Natural logarithms of the probabilities that the makers' own graph gives, after each token. */
async function stockPredictions(groups: readonly (readonly number[])[]): Promise<Float32Array[]> {
  const stock = await InferenceSession.create(file);
  const names = stock.inputNames.filter((name) => name.startsWith('past_key_values.'));
  const empty = new Tensor('float32', new Float32Array(0), [1, HEADS, 0, HEAD_SIZE]);
  const past = new Map<string, Tensor>(names.map((name) => [name, empty]));
  expect(past.size).toBe(4 * LAYERS);
  const predictions: Float32Array[] = [];
  for (const [step, group] of groups.entries()) {
    const output = await stock.run({
      input_ids: new Tensor('int64', BigInt64Array.from(group, BigInt), [1, group.length]),
      encoder_hidden_states: states,
      encoder_attention_mask: new Tensor('int64', BigInt64Array.of(1n), [1, 1]),
      use_cache_branch: new Tensor('bool', Uint8Array.of(step === 0 ? 0 : 1), [1]),
      ...Object.fromEntries(past),
    });
    for (const name of names) {
      if (step > 0 && name.includes('encoder')) continue;
      past.set(name, take(output, name.replace('past_key_values', 'present')));
    }
    const logits = floats(take(output, 'logits'));
    for (let at = 0; at < logits.length; at += VOCABULARY_SIZE) {
      const row = logits.subarray(at, at + VOCABULARY_SIZE);
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
      predictions.push(row.map((logit) => logit - Math.log(sum)));
    }
  }
  await stock.release();
  return predictions;
}

async function ownPredictions(decoder: TokenModel, groups: readonly (readonly number[])[]) {
  const choices = [];
  for (const group of groups) {
    const predictions = await decoder.append(group);
    choices.push(...group.map((_, index) => predictions.choose(index)));
  }
  return choices;
}

/**
 * By how much one quantisation step of an activation, where rounding falls to the other side, may
 * move a logarithm; the makers' own graph differs by more between a long step and short ones.
 */
const NOISE = 0.3;

test('predicts what the makers’ own graph predicts, token by token and in long steps', async () => {
  const read = [START_TOKEN, ...tokens];
  expect(read.length).toBeGreaterThan(8);
  for (const groups of [
    read.map((token) => [token]),
    [read.slice(0, 1), read.slice(1, 6), read.slice(6)],
  ]) {
    const expected = await stockPredictions(groups);
    const decoder = await MoonshineDecoder.open(sessions, states);
    const got = await ownPredictions(decoder, groups);
    expect(got).toHaveLength(read.length);
    const differences = got.map(({ token, logProbability, margin }, index) => {
      const all = expected[index] ?? new Float32Array(0);
      const [best = Number.NaN, second = Number.NaN] = [...all].sort((a, b) => b - a);
      expect(token).toBe(all.indexOf(best));
      expect(Math.abs(margin - (best - second))).toBeLessThan(2 * NOISE);
      return Math.abs(logProbability - best);
    });
    expect(Math.max(...differences)).toBeLessThan(NOISE);
    // Most steps round as the others do, and agree to the last digits.
    const median = differences.sort((a, b) => a - b)[Math.floor(differences.length / 2)];
    expect(median).toBeLessThan(0.01);
  }
});

test('what is truncated leaves no trace', async () => {
  const fresh = await MoonshineDecoder.open(sessions, states);
  await fresh.append([START_TOKEN, ...tokens.slice(0, 3)]);
  const expected = (await fresh.append([tokens[3] ?? 0])).choose(0);
  const decoder = await MoonshineDecoder.open(sessions, states);
  await decoder.append([START_TOKEN, ...tokens.slice(0, 3)]);
  await decoder.append([END_TOKEN, 900, 901]);
  decoder.truncate(4);
  expect((await decoder.append([tokens[3] ?? 0])).choose(0)).toEqual(expected);
});

test('[INV4] more tokens than there are positions are refused by name', async () => {
  const decoder = await MoonshineDecoder.open(sessions, states);
  await decoder.append(new Array(MAX_POSITIONS).fill(START_TOKEN));
  const failed = expect.objectContaining({ code: 'recognizer_failed' });
  await expect(decoder.append([START_TOKEN])).rejects.toEqual(failed);
  decoder.truncate(MAX_POSITIONS - 1);
  expect((await decoder.append([START_TOKEN])).choose(0).token).toBeGreaterThanOrEqual(0);
});

test('every head’s attention to a token adds up to one, with a draft as without', async () => {
  const plain = new CrossAttention();
  await readUtterance(model, samples, [], plain);
  const drafted = new CrossAttention();
  const wrong = [...tokens.slice(0, 5), ...tokens.slice(7)];
  expect((await readUtterance(model, samples, wrong, drafted)).tokens).toEqual(tokens);
  for (const attention of [plain, drafted]) {
    expect(attention.length).toBeGreaterThan(tokens.length);
    for (let position = 0; position <= tokens.length; position += 1) {
      for (let head = 0; head < ATTENTION_HEADS; head += 1) {
        const sum = attention.head(position, head).reduce((total, share) => total + share, 0);
        expect(sum).toBeCloseTo(1, 3);
      }
    }
  }
  // Long steps and single steps differ by the quantisation of their activations, not by a row.
  for (let position = 0; position <= tokens.length; position += 1) {
    const peak = (attention: CrossAttention) => {
      const row = attention.head(position, ATTENTION_HEADS - 2);
      return row.indexOf(Math.max(...row));
    };
    expect(Math.abs(peak(plain) - peak(drafted))).toBeLessThanOrEqual(3);
  }
});

test('a model of another kind and one cut short are refused by name', async () => {
  const encoder = join(folder, MODEL_FILES.encoder);
  await expect(MoonshineModel.load(encoder, encoder)).rejects.toEqual(damaged);
  for (const length of [0, 4, 64, 100_000]) {
    await expect(createDecoderSessions(file.subarray(0, length), 'uint8', {})).rejects.toEqual(
      damaged,
    );
  }
});
