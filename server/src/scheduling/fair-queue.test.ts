import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const drain = (queue: FairQueue<string>) =>
  Array.from({ length: queue.length }, () => queue.shift());

test('[INV5] groups take turns, and within one the order of arrival holds', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item.slice(0, 1), item);
  expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  expect(queue.shift()).toBeUndefined();
});

test('who comes anew waits behind one round of the others, however much they have', () => {
  const queue = new FairQueue<string>();
  for (let index = 0; index < 100; index += 1) queue.push('loud', `loud${index}`);
  queue.shift();
  queue.push('quiet', 'quiet');
  expect([queue.shift(), queue.shift()]).toEqual(['loud1', 'quiet']);
});

test('what is taken out is not served', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a1', 'a2', 'b1']) queue.push(item.slice(0, 1), item);
  expect(queue.remove((item) => item !== 'a2')).toEqual(['a1', 'b1']);
  expect([...queue]).toEqual(['a2']);
  expect(drain(queue)).toEqual(['a2']);
});
