import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { startWorkerThread } from './worker-thread.ts';
import { yieldProcessor } from './yield-processor.ts';

test('a thread stands back by itself, and the process stays as it is', async () => {
  const before = getPriority();
  if (!existsSync('/proc/thread-self')) {
    expect(yieldProcessor).not.toThrow();
    return;
  }
  const worker = startWorkerThread('testing/yielding-worker', import.meta.url, {});
  const [niceness] = await once(worker, 'message');
  await worker.terminate();
  expect(niceness).toBe(Math.max(before, 5));
  expect(getPriority()).toBe(before);
});
