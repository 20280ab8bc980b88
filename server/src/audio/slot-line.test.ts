import { expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { SlotLine } from './slot-line.ts';

const never = () => new AbortController().signal;

function line(slots: number, waitingLimit: number) {
  const calls = { onTaken: vi.fn(), onFreed: vi.fn() };
  return { ...calls, line: new SlotLine({ slots, waitingLimit, retryAfterMs: 1234, ...calls }) };
}

/** Lets everything go on that needs no more than promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('[INV4] there are so many slots and so many places in the line, then server_busy', async () => {
  const { line: slots } = line(2, 1);
  await slots.take(never());
  const giveBack = await slots.take(never());
  expect(slots.free).toBe(0);
  const third = slots.take(never());
  expect(slots.waiting).toBe(1);
  await expect(slots.take(never())).rejects.toMatchObject({
    code: 'server_busy',
    retryAfterMs: 1234,
  });
  giveBack();
  await third;
  expect(slots).toMatchObject({ taken: 2, waiting: 0 });
});

test('a slot is given back once, however often one says so', async () => {
  const { line: slots, onTaken, onFreed } = line(2, 0);
  const giveBack = await slots.take(never());
  await slots.take(never());
  giveBack();
  giveBack();
  expect(slots).toMatchObject({ taken: 1, free: 1 });
  expect(onTaken).toHaveBeenCalledTimes(2);
  expect(onFreed).toHaveBeenCalledTimes(1);
});

test('first come, first served, and nobody overtakes', async () => {
  const { line: slots } = line(1, 5);
  const order: string[] = [];
  const giveBack = await slots.take(never());
  const waiting = ['a', 'b', 'c'].map(async (name) => {
    const mine = await slots.take(never());
    order.push(name);
    return mine;
  });
  giveBack();
  const late = slots.take(never()).then(() => order.push('late'));
  for (const each of waiting) (await each)();
  await late;
  expect(order).toEqual(['a', 'b', 'c', 'late']);
});

test('who aborts leaves the line and its listener', async () => {
  const { line: slots } = line(1, 2);
  const giveBack = await slots.take(never());
  const leaving = new AbortController();
  const removed = vi.spyOn(leaving.signal, 'removeEventListener');
  const gone = slots.take(leaving.signal);
  const staying = slots.take(never());
  leaving.abort(new Error('gone home'));
  await expect(gone).rejects.toThrow('gone home');
  expect(removed).toHaveBeenCalled();
  expect(slots.waiting).toBe(1);
  giveBack();
  await staying;
  await expect(slots.take(AbortSignal.abort(new Error('already')))).rejects.toThrow('already');
  expect(slots).toMatchObject({ taken: 1, waiting: 0 });
});

test('an abort after the slot was handed over does not take it away', async () => {
  const { line: slots } = line(1, 1);
  const giveBack = await slots.take(never());
  const leaving = new AbortController();
  const taken = slots.take(leaving.signal);
  giveBack();
  leaving.abort();
  (await taken)();
  await settled();
  expect(slots).toMatchObject({ taken: 0, free: 1 });
});

test('closing refuses those who wait and those who come', async () => {
  const { line: slots } = line(1, 2);
  const giveBack = await slots.take(never());
  const waiting = slots.take(never());
  slots.close(new AppError('shutting_down', 'Closing.'));
  await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' });
  giveBack();
  await expect(slots.take(never())).rejects.toMatchObject({ code: 'shutting_down' });
  expect(slots.taken).toBe(0);
});
