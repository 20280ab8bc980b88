import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import type { ModelRoute } from './model-shelf.ts';
import { type SentenceJob, SentenceQueue } from './sentence-queue.ts';

const ES: ModelRoute = { id: 'es', via: [], models: [] };
const FR: ModelRoute = { id: 'fr', via: [], models: [] };
const LIMITS = { maxBatchSentences: 3, maxBatchWords: 6, maxBatchPartials: 2 };
let now = 0;
const newQueue = (maxWaitingSentences = 100) =>
  new SentenceQueue({ maxWaitingSentences, maxPartialWaitMs: 1_500 }, () => now);

/** Adds a sentence; what becomes of it is looked at elsewhere. */
function add(queue: SentenceQueue, text: string, route = ES, kind: 'partial' | 'final' = 'final') {
  const answer = queue.add({ text, kind, route });
  answer.catch(() => {});
  return answer;
}

function take(queue: SentenceQueue): string[] {
  const first = queue.find();
  return first === undefined ? [] : queue.takeBatch(first, LIMITS).map(({ text }) => text);
}

test('finals go first, and a batch is of one route and one kind', () => {
  const queue = newQueue();
  void add(queue, 'p', ES, 'partial');
  void add(queue, 'a');
  void add(queue, 'b', FR);
  void add(queue, 'c');
  expect([take(queue), take(queue), take(queue), take(queue)]).toEqual([
    ['a', 'c'],
    ['b'],
    ['p'],
    [],
  ]);
});

test('a batch ends at its number of sentences or of words, but one always goes', () => {
  const queue = newQueue();
  for (const text of ['a', 'b', 'c', 'd', 'one two three', 'one two three four'])
    void add(queue, text);
  void add(queue, 'seven words are more than it takes');
  expect([take(queue), take(queue), take(queue), take(queue)]).toEqual([
    ['a', 'b', 'c'],
    ['d', 'one two three'],
    ['one two three four'],
    ['seven words are more than it takes'],
  ]);
});

test('of partials the newest goes first, in short batches: a final may come', () => {
  const queue = newQueue();
  for (const text of ['a', 'b', 'c', 'd']) void add(queue, text, ES, 'partial');
  void add(queue, 'e', FR, 'partial');
  expect([take(queue), take(queue)]).toEqual([['e'], ['d', 'c']]);
  void add(queue, 'f', ES, 'partial');
  void add(queue, 'g');
  expect([take(queue), take(queue), take(queue)]).toEqual([['g'], ['f', 'b'], ['a']]);
});

test('partials that were lost with a worker go before newer ones', () => {
  const queue = newQueue();
  for (const text of ['a', 'b']) void add(queue, text, ES, 'partial');
  const batch = queue.takeBatch(queue.find() as SentenceJob, LIMITS);
  void add(queue, 'c', ES, 'partial');
  queue.putBack(batch);
  expect([take(queue), take(queue)]).toEqual([['b', 'a'], ['c']]);
});

test('what was lost with a worker goes first and alone', () => {
  const queue = newQueue();
  for (const text of ['a', 'b', 'c']) void add(queue, text);
  const batch = queue.takeBatch(queue.find() as SentenceJob, LIMITS);
  for (const job of batch) job.tries += 1;
  void add(queue, 'd');
  queue.putBack(batch);
  expect([take(queue), take(queue), take(queue), take(queue)]).toEqual([
    ['a'],
    ['b'],
    ['c'],
    ['d'],
  ]);
});

test('finds the next in turn for those who have only some models', () => {
  const queue = newQueue();
  void add(queue, 'a');
  void add(queue, 'b', FR);
  expect(queue.find(({ id }) => id === 'fr')?.text).toBe('b');
  expect(queue.find(({ id }) => id === 'it')).toBeUndefined();
});

test('an aborted sentence leaves at once, with its reason and without a listener', async () => {
  const queue = newQueue();
  const stop = new AbortController();
  const aborted = queue.add({ text: 'a', kind: 'partial', route: ES, signal: stop.signal });
  void add(queue, 'b');
  const reason = new Error('gone');
  stop.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  expect(queue.size).toBe(1);
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  await expect(
    queue.add({ text: 'c', kind: 'final', route: ES, signal: stop.signal }),
  ).rejects.toBe(reason);
});

test('a full queue drops its oldest partial for what is newer, else refuses', async () => {
  const queue = newQueue(2);
  const oldest = add(queue, 'a', ES, 'partial');
  const older = add(queue, 'b', ES, 'partial');
  void add(queue, 'c');
  await expect(oldest).rejects.toMatchObject({ code: 'server_busy', retryAfterMs: 2_000 });
  const newer = add(queue, 'd', ES, 'partial');
  await expect(older).rejects.toMatchObject({ code: 'server_busy' });
  void add(queue, 'e');
  await expect(newer).rejects.toMatchObject({ code: 'server_busy' });
  await expect(add(queue, 'f')).rejects.toMatchObject({ code: 'server_busy' });
  await expect(add(queue, 'g', ES, 'partial')).rejects.toMatchObject({ code: 'server_busy' });
  expect(take(queue)).toEqual(['c', 'e']);
});

test('partials that waited too long are refused, finals never', async () => {
  const queue = newQueue();
  const old = add(queue, 'a', ES, 'partial');
  void add(queue, 'b');
  now += 1_000;
  void add(queue, 'c', ES, 'partial');
  now += 1_000;
  queue.dropStale();
  await expect(old).rejects.toMatchObject({ code: 'server_busy' });
  expect([take(queue), take(queue), take(queue)]).toEqual([['b'], ['c'], []]);
});

test('everything of a route can be refused', async () => {
  const queue = newQueue();
  const refused = add(queue, 'a');
  void add(queue, 'b', FR);
  const reason = new AppError('model_damaged', 'Scripted.');
  queue.rejectAll(reason, ({ id }) => id === 'es');
  await expect(refused).rejects.toBe(reason);
  expect(take(queue)).toEqual(['b']);
});
