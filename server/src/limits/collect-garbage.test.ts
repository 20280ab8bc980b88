import { expect, test } from 'vitest';
import { collectGarbage } from './collect-garbage.ts';

test('what nobody holds is gone afterwards, and gc() is not left lying about', async () => {
  const left = new WeakRef({ large: new Array(1_000).fill(0) });
  // A WeakRef holds on until the end of the turn that it was made in.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(left.deref()).toBeUndefined();
  expect('gc' in globalThis).toBe(false);
});
