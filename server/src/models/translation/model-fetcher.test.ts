import { expect, test } from 'vitest';
import { AppError } from '../../../../shared/errors.ts';
import { ModelFetcher } from './model-fetcher.ts';

const limits = { firstRetryMs: 100, longestRetryMs: 300, maxTranslations: 10 };

/** A supply whose installations end when the test says so, and a clock that it sets. */
function fixture({ missing = (from: string, to: string) => [`${from}-${to}`] } = {}) {
  const told: string[] = [];
  const under: { pair: string; signal: AbortSignal; end(error?: unknown): void }[] = [];
  const clock = { now: 0 };
  const fetcher = new ModelFetcher(
    {
      missing: async (from, to) => missing(from, to),
      install: (pair, signal) =>
        new Promise((resolve, reject) => {
          under.push({
            pair,
            signal,
            end: (error) => (error === undefined ? resolve() : reject(error)),
          });
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    },
    {
      fetching: (pair) => told.push(`fetching ${pair}`),
      fetched: (pair) => told.push(`fetched ${pair}`),
      failed: (pair, _error, retryMs) => told.push(`failed ${pair}, again in ${retryMs}`),
    },
    limits,
    () => clock.now,
  );
  return { fetcher, told, under, clock };
}

/** Lets everything go on that waits for nothing but promises. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('one model at a time, in the order in which they were wanted', async () => {
  const { fetcher, told, under } = fixture();
  fetcher.wanted('en', ['es', 'fr', 'en']);
  fetcher.wanted('en', ['es']);
  await settle();
  expect(under.map(({ pair }) => pair)).toEqual(['en-es']);
  under[0]?.end();
  await settle();
  expect(under.map(({ pair }) => pair)).toEqual(['en-es', 'en-fr']);
  under[1]?.end();
  await settle();
  expect(told).toEqual(['fetching en-es', 'fetched en-es', 'fetching en-fr', 'fetched en-fr']);
});

test('what was brought is not looked after again', async () => {
  const { fetcher, under } = fixture();
  fetcher.wanted('en', ['es']);
  await settle();
  under[0]?.end();
  await settle();
  fetcher.wanted('en', ['es']);
  await settle();
  expect(under).toHaveLength(1);
});

test('a translation through English takes two', async () => {
  const { fetcher, under, told } = fixture({ missing: () => ['es-en', 'en-fr'] });
  fetcher.wanted('es', ['fr']);
  await settle();
  under[0]?.end();
  await settle();
  under[1]?.end();
  await settle();
  expect(told.filter((line) => line.startsWith('fetched'))).toEqual([
    'fetched es-en',
    'fetched en-fr',
  ]);
});

test('what failed is tried again later and later, and only while it is wanted', async () => {
  const { fetcher, under, clock, told } = fixture();
  const failNext = async () => {
    fetcher.wanted('en', ['es']);
    await settle();
    under.at(-1)?.end(new AppError('download_failed', 'No network.'));
    await settle();
  };
  await failNext();
  clock.now = 99;
  fetcher.wanted('en', ['es']);
  await settle();
  expect(under).toHaveLength(1);
  for (clock.now of [100, 300, 600]) await failNext();
  expect(told.filter((line) => line.startsWith('failed'))).toEqual([
    'failed en-es, again in 100',
    'failed en-es, again in 200',
    'failed en-es, again in 300',
    'failed en-es, again in 300',
  ]);
  clock.now = 1_000_000;
  await settle();
  expect(under).toHaveLength(4);
});

test('a failure does not hold up the next model', async () => {
  const { fetcher, under, told } = fixture();
  fetcher.wanted('en', ['es', 'fr']);
  await settle();
  under[0]?.end(new Error('broken'));
  await settle();
  under[1]?.end();
  await settle();
  expect(told.at(-1)).toBe('fetched en-fr');
});

test('what no trying mends is tried once', async () => {
  const { fetcher, under, clock, told } = fixture();
  fetcher.wanted('en', ['es']);
  await settle();
  under[0]?.end(new AppError('invalid_setting', 'Not allowed to write there.'));
  await settle();
  expect(told.at(-1)).toBe('failed en-es, again in null');
  clock.now = 1_000_000;
  fetcher.wanted('en', ['es']);
  await settle();
  expect(under).toHaveLength(1);
});

test('more translations than the bound are passed over', async () => {
  const looked: string[] = [];
  const missing = (_from: string, to: string) => {
    looked.push(to);
    return [];
  };
  const { fetcher } = fixture({ missing });
  const languages = Array.from({ length: 30 }, (_, index) => `x${index}`);
  fetcher.wanted('en', languages);
  await fetcher.close();
  await settle();
  expect(looked.length).toBeLessThanOrEqual(limits.maxTranslations);
  const open = fixture({ missing });
  looked.length = 0;
  open.fetcher.wanted('en', languages);
  await settle();
  expect(looked).toHaveLength(limits.maxTranslations);
});

test('closing aborts what is under way, begins nothing more, and tells of no failure', async () => {
  const { fetcher, under, told } = fixture();
  fetcher.wanted('en', ['es', 'fr']);
  await settle();
  await fetcher.close();
  expect(under[0]?.signal.aborted).toBe(true);
  fetcher.wanted('en', ['it']);
  await settle();
  expect(under).toHaveLength(1);
  expect(told).toEqual(['fetching en-es']);
  await fetcher.close();
});
