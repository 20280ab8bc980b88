import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { ScriptedThread } from '../testing/scripted-thread.ts';
import { type PoolJob, ThreadPool, type ThreadPoolOptions } from './thread-pool.ts';

const RUN_LIMIT_MS = 1000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

async function createPool(options: Partial<ThreadPoolOptions> = {}) {
  const threads: ScriptedThread[] = [];
  const pool = await ThreadPool.start({
    threads: 1,
    maxWaiting: 2,
    runLimitMs: RUN_LIMIT_MS,
    startThread: async () => {
      const thread = new ScriptedThread();
      threads.push(thread);
      return thread;
    },
    errors: {
      busy: () => new AppError('server_busy', 'Busy.'),
      failed: (cause) => new AppError('recognizer_failed', 'Failed.', { cause }),
      closed: () => new AppError('shutting_down', 'Closed.'),
    },
    ...options,
  });
  const thread = (index: number): ScriptedThread => {
    const found = threads[index];
    if (found === undefined) throw new Error(`Expected thread ${index}, got ${threads.length}.`);
    return found;
  };
  return { pool, threads, thread };
}

const job = (message: unknown, signal?: AbortSignal): PoolJob => ({
  prepare: () => ({ message }),
  signal,
});

/** Lets everything that waits for settled promises go on. */
const settle = () => vi.advanceTimersByTimeAsync(0);

test('runs as many jobs at once as there are threads, the others in order', async () => {
  const { pool, thread } = await createPool({ threads: 2 });
  const replies = Promise.all([1, 2, 3, 4].map((number) => pool.run(job(number))));
  expect(thread(0).runs.map((run) => run.message)).toEqual([1]);
  expect(thread(1).runs.map((run) => run.message)).toEqual([2]);
  thread(1).finish();
  await settle();
  expect(thread(1).runs.map((run) => run.message)).toEqual([3]);
  thread(0).finish();
  await settle();
  expect(thread(0).runs.map((run) => run.message)).toEqual([4]);
  thread(0).finish();
  thread(1).finish();
  expect(await replies).toEqual([1, 2, 3, 4]);
  await pool.close();
});

test('[INV4] a full line refuses by name, and takes jobs again when it moved on', async () => {
  const { pool, thread } = await createPool();
  const first = pool.run(job(1));
  const others = [pool.run(job(2)), pool.run(job(3))];
  await expect(pool.run(job(4))).rejects.toMatchObject({ code: 'server_busy' });
  thread(0).finish();
  await first;
  await settle();
  const late = pool.run(job(5));
  for (let left = 3; left > 0; left -= 1) {
    thread(0).finish();
    await settle();
  }
  expect(await Promise.all([...others, late])).toEqual([2, 3, 5]);
  await pool.close();
});

test('a job is aborted while it waits, and not once its work began', async () => {
  const { pool, thread } = await createPool();
  const running = new AbortController();
  const waiting = new AbortController();
  const first = pool.run(job(1, running.signal));
  const second = pool.run(job(2, waiting.signal));
  const third = pool.run(job(3));
  running.abort(new Error('too late'));
  waiting.abort(new Error('not needed'));
  await expect(second).rejects.toThrow('not needed');
  thread(0).finish();
  expect(await first).toBe(1);
  await settle();
  thread(0).finish();
  expect(await third).toBe(3);
  await expect(pool.run(job(4, waiting.signal))).rejects.toThrow('not needed');
  await pool.close();
});

test('a thread that dies is replaced and its job tried once more', async () => {
  const { pool, threads, thread } = await createPool();
  const reply = pool.run(job(1));
  thread(0).die();
  await settle();
  expect(threads.length).toBe(2);
  thread(1).finish();
  expect(await reply).toBe(1);
  expect(pool.replaced).toBe(1);
  await pool.close();
});

test('a job that kills two threads fails, and the next one is served', async () => {
  const { pool, thread } = await createPool();
  const poison = expect(pool.run(job('poison'))).rejects.toMatchObject({
    code: 'recognizer_failed',
  });
  thread(0).die();
  await settle();
  thread(1).die();
  await poison;
  await settle();
  const next = pool.run(job(2));
  thread(2).finish();
  expect(await next).toBe(2);
  await pool.close();
});

test('an engine that fails keeps its thread and its job is not repeated', async () => {
  const { pool, threads, thread } = await createPool();
  const failed = pool.run(job(1));
  thread(0).fail(new Error('out of memory'));
  await expect(failed).rejects.toMatchObject({ code: 'recognizer_failed' });
  const named = pool.run(job(2));
  thread(0).fail(new AppError('model_damaged', 'Damaged.'));
  await expect(named).rejects.toMatchObject({ code: 'model_damaged' });
  expect(threads.length).toBe(1);
  await pool.close();
});

test('a thread that died while idle costs no job an attempt', async () => {
  const { pool, thread } = await createPool();
  thread(0).die();
  const reply = pool.run(job(1));
  await settle();
  thread(1).die();
  await settle();
  thread(2).finish();
  expect(await reply).toBe(1);
  await pool.close();
});

test('[INV4] a run beyond its limit is given up and tried once more', async () => {
  const { pool, thread } = await createPool();
  const reply = pool.run(job(1));
  await vi.advanceTimersByTimeAsync(RUN_LIMIT_MS);
  thread(1).finish();
  expect(await reply).toBe(1);
  await pool.close();
});

test('when no thread can be started, what waits fails, and a later job tries again', async () => {
  const threads: ScriptedThread[] = [];
  let broken = false;
  const { pool } = await createPool({
    startThread: async () => {
      if (broken) throw new AppError('model_missing', 'Missing.');
      const thread = new ScriptedThread();
      threads.push(thread);
      return thread;
    },
  });
  broken = true;
  const refused = [pool.run(job(1)), pool.run(job(2))].map((reply) =>
    expect(reply).rejects.toMatchObject({ code: 'model_missing' }),
  );
  threads[0]?.die();
  await Promise.all(refused);
  broken = false;
  const reply = pool.run(job(3));
  await settle();
  threads[1]?.finish();
  expect(await reply).toBe(3);
  await pool.close();
});

test('a start that fails is not repeated while another thread is at work', async () => {
  const threads: ScriptedThread[] = [];
  let starts = 0;
  const { pool } = await createPool({
    threads: 2,
    startThread: async () => {
      starts += 1;
      if (starts > 2) throw new Error('no memory');
      const thread = new ScriptedThread();
      threads.push(thread);
      return thread;
    },
  });
  const replies = Promise.all([pool.run(job(1)), pool.run(job(2))]);
  threads[0]?.die();
  await settle();
  expect(starts).toBe(3);
  threads[1]?.finish();
  await settle();
  threads[1]?.finish();
  expect(await replies).toEqual([1, 2]);
  await pool.close();
});

test('a pool whose threads cannot start throws their error and closes the others', async () => {
  const started = new ScriptedThread();
  let starts = 0;
  const pool = createPool({
    threads: 2,
    startThread: async () => {
      starts += 1;
      if (starts > 1) throw new AppError('model_damaged', 'Damaged.');
      return started;
    },
  });
  await expect(pool).rejects.toMatchObject({ code: 'model_damaged' });
  expect(started.closed).toBe(true);
  await expect(createPool({ threads: 0 })).rejects.toThrow('Expected at least one thread, got 0');
});

test('close lets the running job finish, refuses the waiting one, and twice is once', async () => {
  const { pool, thread } = await createPool();
  const running = pool.run(job(1));
  const waiting = pool.run(job(2));
  const closed = pool.close();
  expect(pool.close()).toBe(closed);
  await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' });
  await expect(pool.run(job(3))).rejects.toMatchObject({ code: 'shutting_down' });
  expect(thread(0).closed).toBe(false);
  thread(0).finish();
  expect(await running).toBe(1);
  await closed;
  expect(thread(0).closed).toBe(true);
});

test('a thread that dies while the pool closes is not replaced', async () => {
  const { pool, threads, thread } = await createPool();
  const running = pool.run(job(1));
  const closed = pool.close();
  thread(0).die();
  await expect(running).rejects.toMatchObject({ code: 'recognizer_failed' });
  await closed;
  expect(threads.length).toBe(1);
});
