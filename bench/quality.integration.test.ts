import { expect, test } from 'vitest';
import { qualityBenchmark } from './quality.ts';

/** Engines start three times, on a machine where others run too. */
const LIMIT_MS = 180_000;
const context = { progress: () => undefined, signal: new AbortController().signal };

test(
  'speaks a clip to a server of its own and scores what its viewers saw',
  async () => {
    const args = '--only en,translation --limit 1 --pace max --speakers 1 --to es'.split(' ');
    const { data, tables } = await qualityBenchmark.run(args, context);
    expect(data).toMatchObject({
      recognizer: 'moonshine-tiny-en',
      failures: [],
      missingFinals: 0,
      words: { en: { clips: 1, failed: 0 } },
      flicker: [{ language: 'en' }, { language: 'es' }],
    });
    const { words } = data as {
      words: { en: { live: { rate: number }; whole: { rate: number } } };
    };
    // Whatever clip there is, most of its words are heard, live as well as at once.
    expect(words.en.live.rate).toBeLessThan(0.35);
    expect(words.en.whole.rate).toBeLessThan(0.35);
    expect(tables.map(({ title }) => title)).toContain('Word error rate');
  },
  LIMIT_MS,
);

test('an interrupt ends the benchmark before anything is spoken', async () => {
  const interrupt = new AbortController();
  const running = qualityBenchmark.run('--only en --limit 1 --pace 1'.split(' '), {
    progress: () => undefined,
    signal: interrupt.signal,
  });
  interrupt.abort(new Error('Interrupted.'));
  await expect(running).rejects.toThrow('Interrupted.');
});
