import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ASK_INTERVAL_MS, NodeWatch } from './node-watch.ts';
import { nodesAnswer } from './testing/node-reports.ts';

let answers: Response[];
const fetch = vi.fn(async () => answers.shift() ?? Response.json(nodesAnswer([])));
let watch: NodeWatch;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', fetch);
  fetch.mockClear();
  answers = [];
  watch = new NodeWatch();
});
afterEach(() => {
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Starts the watch and lets the first answer arrive. */
const start = async () => {
  watch.start();
  await vi.advanceTimersByTimeAsync(0);
};
const tooMany = (headers: Record<string, string>) =>
  Response.json({ error: { code: 'rate_limited' } }, { status: 429, headers });

test('eight open pages with one key stay below what it may ask in a minute', async () => {
  await start();
  await vi.advanceTimersByTimeAsync(59_999);
  expect(fetch.mock.calls.length * 8).toBeLessThan(100);
  expect(watch.samples.value).toHaveLength(fetch.mock.calls.length);
});

test('a server that wants no more requests is asked again when it says so', async () => {
  answers = [tooMany({ 'Retry-After': '42' })];
  await start();
  expect(watch.last.value).toBe('too-many');
  await vi.advanceTimersByTimeAsync(41_999);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(watch.last.value).toBe('answer');
});

test('one that does not say when is left alone for a minute', async () => {
  answers = [tooMany({})];
  await start();
  await vi.advanceTimersByTimeAsync(59_999);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test('a moment is no shorter than the time between two requests', async () => {
  answers = [tooMany({ 'Retry-After': '0' })];
  await start();
  await vi.advanceTimersByTimeAsync(ASK_INTERVAL_MS - 1);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test.each([
  [401, 'key-wanted'],
  [403, 'key-refused'],
])('%s is not asked again: %s', async (status, kind) => {
  answers = [Response.json({}, { status })];
  await start();
  expect(watch.last.value).toBe(kind);
  expect(vi.getTimerCount()).toBe(0);
});

test('an error, or what is no answer of ours, is an unreachable server', async () => {
  answers = [Response.json({}, { status: 503 }), Response.json({ hello: 'world' })];
  await start();
  expect(watch.last.value).toBe('unreachable');
  await vi.advanceTimersByTimeAsync(ASK_INTERVAL_MS);
  expect(watch.last.value).toBe('unreachable');
});
