import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { requireMoonshine } from '../spoken-utterances.contract.ts';
import { fastestExactType } from './decoder/project.ts';
import { MODEL_FILES } from './model-files.ts';
import { signWeights } from './sign-weights.ts';

test('the encoder hears the same with signed weights, to the last bit', async () => {
  const file = await readFile(join(await requireMoonshine(), MODEL_FILES.encoder));
  const samples = Float32Array.from({ length: 16_000 }, (_, at) => Math.sin(at ** 1.5) / 3);
  const hear = async (bytes: Uint8Array) => {
    const encoder = await InferenceSession.create(bytes);
    const { last_hidden_state } = await encoder.run({
      input_values: new Tensor('float32', samples, [1, samples.length]),
      attention_mask: new Tensor('int64', new BigInt64Array(samples.length).fill(1n), [
        1,
        samples.length,
      ]),
    });
    await encoder.release();
    return last_hidden_state?.data;
  };
  const signed = signWeights(new Uint8Array(file));
  expect(Buffer.compare(signed, file)).not.toBe(0);
  const heard = await hear(signed);
  // Elsewhere the product leaves the weights as they are: they must still be a model.
  if ((await fastestExactType({})) === 'int8') expect(heard).toEqual(await hear(file));
  else expect(heard).toHaveLength((await hear(file))?.length ?? 0);
});

test('a model that is cut short is noticed', async () => {
  const file = await readFile(join(await requireMoonshine(), MODEL_FILES.encoder));
  for (const length of [0, 4, 64, 100_000]) {
    expect(() => signWeights(new Uint8Array(file.subarray(0, length)))).toThrow();
  }
});
