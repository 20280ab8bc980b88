import { expect, test, vi } from 'vitest';
import { DurableWrites, MAX_UNSTORED } from './durable-writes.ts';

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

test('[INV3] writes happen one after the other, in order', async () => {
  const writes = new DurableWrites(() => undefined);
  const done: string[] = [];
  const first = gate();
  await writes.add(async () => {
    await first.opened;
    done.push('first');
  });
  await writes.add(async () => {
    done.push('second');
  });
  expect(done).toEqual([]);
  first.open();
  await writes.finish();
  expect(done).toEqual(['first', 'second']);
});

test('[INV4] while the store is away as many wait as may, and the next one waits for room', async () => {
  const writes = new DurableWrites(() => undefined);
  const away = gate();
  let stored = 0;
  const write = async (): Promise<void> => {
    await away.opened;
    stored += 1;
  };
  // One is under way beside those that wait.
  for (let count = 0; count < MAX_UNSTORED + 1; count += 1) await writes.add(write);
  const added = vi.fn();
  const next = writes.add(write).then(added);
  await new Promise((resolve) => setImmediate(resolve));
  expect(added).not.toHaveBeenCalled();
  away.open();
  await next;
  await writes.finish();
  expect(stored).toBe(MAX_UNSTORED + 2);
});

test('[INV2] after a refused write nothing that waited behind it is written', async () => {
  const failed = vi.fn();
  const writes = new DurableWrites(failed);
  const fenced = new Error('fenced');
  const behind = vi.fn();
  await writes.add(() => Promise.reject(fenced));
  await writes.add(async () => behind());
  await expect(writes.finish()).rejects.toBe(fenced);
  expect(failed).toHaveBeenCalledExactlyOnceWith(fenced);
  expect(behind).not.toHaveBeenCalled();
});

test('what is dropped is waited for as far as it is under way', async () => {
  const writes = new DurableWrites(() => undefined);
  const first = gate();
  const done: string[] = [];
  await writes.add(async () => {
    await first.opened;
    done.push('first');
  });
  await writes.add(async () => void done.push('second'));
  const dropped = writes.drop(new Error('over'));
  first.open();
  await dropped;
  expect(done).toEqual(['first']);
});
