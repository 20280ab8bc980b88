import { expect, test } from 'vitest';
import { BoundedQueue } from './bounded-queue.ts';

test('[INV4] push waits for room and offer refuses', async () => {
  const queue = new BoundedQueue<number>(1);
  expect(queue.offer(1)).toBe(true);
  expect(queue.offer(2)).toBe(false);
  let pushed = false;
  const waiting = queue.push(3).then((done) => {
    pushed = done;
  });
  await Promise.resolve();
  expect(pushed).toBe(false);
  const iterator = queue[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toBe(1);
  await waiting;
  expect(pushed).toBe(true);
  queue.end();
  expect((await iterator.next()).value).toBe(3);
  expect((await iterator.next()).done).toBe(true);
});

test('fail drops what is queued, throws at the reader and releases writers', async () => {
  const queue = new BoundedQueue<number>(1);
  queue.offer(1);
  const writer = queue.push(2);
  queue.fail(new Error('gone'));
  expect(await writer).toBe(false);
  await expect(queue[Symbol.asyncIterator]().next()).rejects.toThrow('gone');
});

test('a reader that leaves early releases writers', async () => {
  const queue = new BoundedQueue<number>(1);
  queue.offer(1);
  const second = queue.push(2);
  const third = queue.push(3);
  for await (const item of queue) {
    expect(item).toBe(1);
    break;
  }
  expect(await Promise.all([second, third])).toContain(false);
  expect(queue.size).toBe(0);
});

test('a reader waits for the first item', async () => {
  const queue = new BoundedQueue<string>(2);
  const first = queue[Symbol.asyncIterator]().next();
  queue.offer('a');
  expect((await first).value).toBe('a');
});
