import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import { ownClip } from '../../../../../e2e/support/clip.ts';
import { SAMPLE_RATE } from '../../../../../shared/limits.ts';
import { readAudio } from '../../../testing/read-audio.ts';
import { requireMoonshine } from '../../spoken-utterances.contract.ts';
import { MODEL_FILES } from '../model-files.ts';
import { MoonshineModel } from '../moonshine-model.ts';
import { readUtterance } from '../read-utterance.ts';
import { ATTENTION_HEADS, ATTENTION_OUTPUTS, CrossAttention } from './cross-attention.ts';
import { exposeOutputs } from './expose-outputs.ts';

const damaged = expect.objectContaining({ code: 'model_damaged' });

let folder: string;
let decoder: Uint8Array;

beforeAll(async () => {
  folder = await requireMoonshine();
  decoder = await readFile(join(folder, MODEL_FILES.decoder));
});

test('the decoder gives out its attention, and everything else as before', async () => {
  const plain = await InferenceSession.create(decoder);
  const exposed = await InferenceSession.create(exposeOutputs(decoder, ATTENTION_OUTPUTS));
  expect(exposed.inputNames).toEqual(plain.inputNames);
  expect(exposed.outputNames).toEqual([...plain.outputNames, ...ATTENTION_OUTPUTS]);

  const frames = 20;
  const heard = Float32Array.from({ length: frames * 288 }, (_, index) => Math.sin(index));
  const feeds: Record<string, Tensor> = {
    input_ids: new Tensor('int64', BigInt64Array.of(1n, 40n, 50n), [1, 3]),
    encoder_hidden_states: new Tensor('float32', heard, [1, frames, 288]),
    encoder_attention_mask: new Tensor('int64', BigInt64Array.of(1n), [1, 1]),
    use_cache_branch: new Tensor('bool', Uint8Array.of(0), [1]),
  };
  const step = async (session: InferenceSession, later: Record<string, Tensor>) =>
    await session.run({ ...feeds, ...later });
  const empty = new Tensor('float32', new Float32Array(0), [1, 8, 0, 36]);
  const caches = plain.inputNames.filter((name) => name.startsWith('past_key_values.'));
  let cached: Record<string, Tensor> = Object.fromEntries(caches.map((name) => [name, empty]));
  for (const cache of [0, 1]) {
    const later = { ...cached, use_cache_branch: new Tensor('bool', Uint8Array.of(cache), [1]) };
    const [expected, got] = [await step(plain, later), await step(exposed, later)];
    for (const name of plain.outputNames) expect(got[name]?.data).toEqual(expected[name]?.data);
    for (const name of ATTENTION_OUTPUTS) expect(got[name]?.dims).toEqual([1, 8, 3, frames]);
    cached = Object.fromEntries(
      caches.map((name) => {
        const value = expected[name.replace('past_key_values', 'present')];
        if (!(value instanceof Tensor)) throw new Error(`Expected ${name}, got none.`);
        return [name, value];
      }),
    );
  }
  await plain.release();
  await exposed.release();
});

test('every head’s attention to a token adds up to one, with a draft as without', async () => {
  const model = await MoonshineModel.load(
    join(folder, MODEL_FILES.encoder),
    join(folder, MODEL_FILES.decoder),
  );
  const samples = (await readAudio(ownClip().path)).subarray(0, 4 * SAMPLE_RATE);
  const plain = new CrossAttention();
  const { tokens } = await readUtterance(model, samples, [], plain);
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
  await model.release();
});

test('a value that is not there, a model of one branch and one cut short are refused', async () => {
  expect(() => exposeOutputs(decoder, ['no such value'])).toThrow(damaged);
  const encoder = await readFile(join(folder, MODEL_FILES.encoder));
  expect(() => exposeOutputs(encoder, ATTENTION_OUTPUTS)).toThrow(damaged);
  for (const length of [0, 4, 64, 100_000]) {
    expect(() => exposeOutputs(decoder.subarray(0, length), ATTENTION_OUTPUTS)).toThrow(damaged);
  }
});

test('what is given out already is not given out twice', async () => {
  expect(exposeOutputs(decoder, ['logits'])).toBe(decoder);
  const [first = '', second = ''] = ATTENTION_OUTPUTS;
  const twice = exposeOutputs(exposeOutputs(decoder, [second]), [first, 'logits', second]);
  const session = await InferenceSession.create(twice);
  expect(session.outputNames.slice(-2)).toEqual([second, first]);
  await session.release();
});
