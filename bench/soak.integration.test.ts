import { expect, test } from 'vitest';
import { soakBenchmark } from './soak.ts';

/** A server starts, speakers speak, and their grace passes, on a machine where others run too. */
const LIMIT_MS = 240_000;

test(
  'people come and go, vanish and resume, and nothing of them stays',
  async () => {
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const args = '--minutes 0.2 --speakers 3'.split(' ');
    const { data } = await soakBenchmark.run(args, context);
    expect(data).toMatchObject({ errors: {}, leftBehind: [] });
    const { visits, resumes, restAfter } = data as {
      visits: Record<string, number>;
      resumes: number;
      restAfter: Record<string, number>;
    };
    // One of each kind at least, before the soak itself.
    expect(Math.min(...Object.values(visits))).toBeGreaterThanOrEqual(1);
    expect(resumes).toBeGreaterThanOrEqual(1);
    expect(restAfter).toMatchObject({ sessions: 0, viewers: 0, rooms: 0, decodersUsed: 0 });
    expect(restAfter.rssMb).toBeGreaterThan(0);
    expect(restAfter.openFiles).toBeGreaterThan(0);
    expect(restAfter.timers).toBeGreaterThanOrEqual(0);
  },
  LIMIT_MS,
);
