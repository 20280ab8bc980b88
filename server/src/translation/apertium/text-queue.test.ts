import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TextQueue } from './text-queue.ts';

const code = (promise: Promise<string>) =>
  promise.then(
    (text) => text,
    (error: { code?: string }) => error.code ?? error,
  );

describe('TextQueue', () => {
  it('gives finals before partials, each in order', () => {
    const queue = new TextQueue(9);
    for (const text of ['p1', 'f1', 'p2', 'f2']) {
      void code(queue.add(text, text.startsWith('f') ? 'final' : 'partial'));
    }
    expect(queue.peek()?.text).toBe('f1');
    expect([1, 2, 3, 4].map(() => queue.take()?.text)).toEqual(['f1', 'f2', 'p1', 'p2']);
    expect(queue.take()).toBeUndefined();
  });

  it('[INV4] refuses what is beyond the limit by name', async () => {
    const queue = new TextQueue(2);
    void code(queue.add('f1', 'final'));
    void code(queue.add('f2', 'final'));
    await expect(queue.add('f3', 'final')).rejects.toMatchObject({
      code: 'server_busy',
      message: 'Expected at most 2 texts waiting for one translator.',
      retryAfterMs: expect.any(Number),
    });
    expect(queue.size).toBe(2);
  });

  it('[INV8] drops the newest partial for a final, never a final for a partial', async () => {
    const queue = new TextQueue(2);
    void code(queue.add('p1', 'partial'));
    const newest = code(queue.add('p2', 'partial'));
    void code(queue.add('f1', 'final'));
    await expect(newest).resolves.toBe('server_busy');
    await expect(queue.add('p3', 'partial')).rejects.toMatchObject({ code: 'server_busy' });
    expect([queue.take()?.text, queue.take()?.text]).toEqual(['f1', 'p1']);
  });

  it('lets an aborted text go at once', async () => {
    const queue = new TextQueue(9);
    const stop = new AbortController();
    const gone = code(queue.add('p1', 'partial', stop.signal));
    void code(queue.add('p2', 'partial'));
    stop.abort('late');
    await expect(gone).resolves.toBe('late');
    expect(queue.size).toBe(1);
    expect(queue.take()?.text).toBe('p2');
    await expect(code(queue.add('p3', 'partial', stop.signal))).resolves.toBe('late');
    expect(queue.size).toBe(0);
  });

  it('marks a text that was aborted after it was taken', () => {
    const queue = new TextQueue(9);
    const stop = new AbortController();
    void code(queue.add('p1', 'partial', stop.signal));
    const job = queue.take();
    expect(job?.settled).toBe(false);
    stop.abort('late');
    expect(job?.settled).toBe(true);
  });

  it('leaves no listener on a signal, however it ends', async () => {
    const queue = new TextQueue(9);
    const { signal } = new AbortController();
    const answered = queue.add('a', 'final', signal);
    const failed = code(queue.add('b', 'final', signal));
    const rejected = code(queue.add('c', 'final', signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(3);
    queue.take()?.resolve('done');
    queue.take()?.reject('broken');
    queue.rejectAll('closed');
    expect(await Promise.all([answered, failed, rejected])).toEqual(['done', 'broken', 'closed']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('takes texts back in front, in order', () => {
    const queue = new TextQueue(9);
    for (const text of ['f1', 'f2', 'f3']) void code(queue.add(text, 'final'));
    const lost = [queue.take(), queue.take()].filter((job) => job !== undefined);
    queue.putBack(lost);
    expect([1, 2, 3].map(() => queue.take()?.text)).toEqual(['f1', 'f2', 'f3']);
  });
});
