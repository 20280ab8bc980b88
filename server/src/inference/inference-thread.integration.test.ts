import { readdirSync, readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { startWorkerThread } from '../worker-thread.ts';
import { InferenceThread, ThreadDied } from './inference-thread.ts';

const startWorker = (name: string) => startWorkerThread(`../testing/${name}`, import.meta.url, {});

/** Resolves with the thread's exit code. */
const exitOf = (worker: Worker) => new Promise((resolve) => worker.once('exit', resolve));

test('answers in order, and buffers change hands', async () => {
  const thread = await InferenceThread.start(startWorker('echo-worker'));
  const samples = Float32Array.of(1, 2, 3);
  const doubled = thread.run({ message: samples, transfer: [samples.buffer] });
  expect(samples.length).toBe(0);
  expect(await Promise.all([doubled, thread.run({ message: 'hello' })])).toEqual([
    Float32Array.of(2, 4, 6),
    'hello',
  ]);
  await thread.close();
});

test('an engine that fails rejects its run and lives on', async () => {
  const thread = await InferenceThread.start(startWorker('echo-worker'));
  await expect(thread.run({ message: 'fail' })).rejects.toThrow('failed by request');
  await expect(thread.run({ message: 'refuse' })).rejects.toMatchObject({
    code: 'language_unsupported',
  });
  expect(await thread.run({ message: 1 })).toBe(1);
  await thread.close();
});

test.each(['exit', 'throw'])('a thread that dies by %s rejects every run', async (message) => {
  const thread = await InferenceThread.start(startWorker('echo-worker'));
  const runs = [thread.run({ message }), thread.run({ message: 'hang' })];
  for (const run of await Promise.allSettled(runs)) {
    expect(run).toMatchObject({ status: 'rejected', reason: { name: 'ThreadDied' } });
  }
  expect(thread.alive).toBe(false);
  await expect(thread.run({ message: 1 })).rejects.toBeInstanceOf(ThreadDied);
  await thread.close();
});

test('close twice is once, ends the thread, and what was asked before is answered', async () => {
  const worker = startWorker('echo-worker');
  const exit = exitOf(worker);
  const thread = await InferenceThread.start(worker);
  const last = thread.run({ message: 'last' });
  const closed = thread.close();
  expect(thread.close()).toBe(closed);
  expect(await last).toBe('last');
  await closed;
  expect(await exit).toBe(0);
  await expect(thread.run({ message: 1 })).rejects.toBeInstanceOf(ThreadDied);
});

test('an abandoned thread rejects its run at once', async () => {
  const worker = startWorker('echo-worker');
  const exit = exitOf(worker);
  const thread = await InferenceThread.start(worker);
  const run = thread.run({ message: 'hang' });
  thread.abandon();
  await expect(run).rejects.toBeInstanceOf(ThreadDied);
  expect(thread.alive).toBe(false);
  // Nothing else would end it: it waits for ever inside the message before.
  await worker.terminate();
  await exit;
});

test('an engine that cannot be loaded rejects the start by name and ends the thread', async () => {
  const worker = startWorker('unfit-worker');
  const exit = exitOf(worker);
  await expect(InferenceThread.start(worker)).rejects.toMatchObject({ code: 'model_damaged' });
  expect(await exit).toBe(0);
});

test('a worker module that cannot be loaded rejects the start', async () => {
  await expect(InferenceThread.start(startWorker('no-such-worker'))).rejects.toBeInstanceOf(
    ThreadDied,
  );
});

test('its thread carries a name that the system shows', async () => {
  const thread = await InferenceThread.start(startWorker('echo-worker'));
  const tasks = `/proc/${process.pid}/task`;
  const names = readdirSync(tasks).map((id) => readFileSync(`${tasks}/${id}/comm`, 'utf8').trim());
  expect(names).toContain('echo-worker');
  await thread.close();
});
