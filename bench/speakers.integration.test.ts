import { expect, test } from 'vitest';
import { speakersBenchmark } from './speakers.ts';

/** Engines start twice, and seconds of speech take seconds, on a machine where others run too. */
const LIMIT_MS = 180_000;
const signal = new AbortController().signal;

test(
  'two real clients speak to a server of its own, and all they said is there',
  async () => {
    const told: string[] = [];
    const args = '--count 2 --seconds 15 --activity 1 --arrivals 0'.split(' ');
    const { data, tables, charts } = await speakersBenchmark.run(args, {
      progress: (line) => told.push(line),
      signal,
    });
    expect(data).toMatchObject({
      speakers: 2,
      refused: 0,
      died: 0,
      audioSeconds: 30,
      details: { reconnects: 0, missingTranslations: 0 },
    });
    const { wer, finalLagMs, firstPartialMs, coresByStage } = data as {
      wer: number;
      finalLagMs: { count: number };
      firstPartialMs: { count: number };
      coresByStage: Record<string, number>;
    };
    expect(wer).toBeLessThan(0.35);
    expect(finalLagMs.count).toBeGreaterThanOrEqual(2);
    expect(firstPartialMs.count).toBeGreaterThanOrEqual(2);
    // Threads and programs are told apart by their names.
    for (const stage of ['recognition', 'server main thread', 'FFmpeg']) {
      expect(coresByStage[stage]).toBeGreaterThan(0);
    }
    expect(told.some((line) => line.includes('2 speaking'))).toBe(true);
    expect(tables.length).toBeGreaterThan(0);
    expect(charts?.map(({ title }) => title)).toContain('Cores in use, by stage');
  },
  LIMIT_MS,
);

test('too little time for any clip is refused', async () => {
  const args = ['--seconds', '1'];
  const running = speakersBenchmark.run(args, { progress: () => undefined, signal });
  await expect(running).rejects.toThrow('Expected --seconds of at least');
});
