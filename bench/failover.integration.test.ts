import { expect, test } from 'vitest';
import { failoverBenchmark } from './failover.ts';

/** Three nodes start, one dies and starts anew, on a machine where others run too. */
const LIMIT_MS = 180_000;

test(
  '[INV1] [INV2] a node dies in mid-speech; captions go on elsewhere, and nothing is lost or doubled',
  async () => {
    const context = { progress: () => undefined, signal: new AbortController().signal };
    const args = '--kills 1 --speakers 1'.split(' ');
    const { data } = await failoverBenchmark.run(args, context);
    expect(data).toMatchObject({
      kills: 1,
      moves: 1,
      lostFrames: 0,
      doubledFrames: 0,
      gapFrames: 0,
      problems: [],
    });
    const { finals, recoveryMs, silentMs, translationsDue, translationsDelivered } = data as {
      finals: number;
      recoveryMs: { count: number };
      silentMs: { count: number };
      translationsDue: number;
      translationsDelivered: number;
    };
    expect(finals).toBeGreaterThan(0);
    expect(recoveryMs.count + silentMs.count).toBe(1);
    expect(translationsDelivered).toBe(translationsDue);
  },
  LIMIT_MS,
);
