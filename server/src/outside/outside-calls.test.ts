import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OUTSIDE_LIMITS, type OutsideLimits } from './limits.ts';
import { OutsideCalls, type ServiceState } from './outside-calls.ts';
import { OutsideError, type OutsideFault } from './outside-error.ts';

/** Pauses so short that no test waits for them. */
const QUICK: Partial<OutsideLimits> = { minRetryMs: 1, maxRetryMs: 2, minRestMs: 5, maxRestMs: 5 };
const fault = (name: OutsideFault, retryAfterMs?: number) =>
  new OutsideError(name, 'Scripted.', { retryAfterMs });
const forEver = () => new Promise<never>(() => undefined);

interface Scene {
  readonly calls: OutsideCalls;
  readonly states: (readonly [ServiceState, OutsideFault | null])[];
  /** What was told to be wrong with it. */
  readonly faults: OutsideFault[];
  /** What the next probes do; the last one again and again. */
  readonly probes: (() => Promise<unknown>)[];
  probed: number;
}

const open: OutsideCalls[] = [];

function scene(limits: Partial<OutsideLimits> = {}, now?: () => number): Scene {
  const states: Scene['states'] = [];
  const faults: OutsideFault[] = [];
  const made: Scene = {
    calls: new OutsideCalls({
      name: 'scripted',
      limits: { ...OUTSIDE_LIMITS, ...QUICK, ...limits },
      probe: () => {
        made.probed += 1;
        const next = made.probes.length > 1 ? made.probes.shift() : made.probes[0];
        return next?.() ?? Promise.resolve();
      },
      onState: (state, why) => states.push([state, why]),
      onFault: (error) => faults.push(error.fault),
      ...(now === undefined ? {} : { now }),
    }),
    states,
    faults,
    probes: [],
    probed: 0,
  };
  open.push(made.calls);
  return made;
}

/** Lets it fail until it is left alone. */
async function exhaust({ calls }: Scene, name: OutsideFault = 'broken'): Promise<void> {
  while (calls.status.state === 'up') {
    await calls.run('final', () => Promise.reject(fault(name))).catch(() => undefined);
  }
}

afterEach(async () => {
  vi.useRealTimers();
  for (const calls of open.splice(0)) await calls.close(new Error('over'), 'drop');
});

describe('tries', () => {
  it.each(['unreachable', 'overloaded', 'unavailable'] as const)(
    'tries a final again after %s',
    async (name) => {
      const { calls } = scene();
      let tries = 0;
      const answer = await calls.run('final', async () => {
        tries += 1;
        if (tries < 3) throw fault(name);
        return 'done';
      });
      expect(answer).toBe('done');
      expect(calls.status.outcomes).toEqual(
        new Map([
          [name, 2],
          ['ok', 1],
        ]),
      );
    },
  );

  it.each(['timeout', 'broken', 'denied', 'rejected', 'bad_answer', 'unusable'] as const)(
    'does not try again after %s',
    async (name) => {
      const { calls } = scene();
      const error = fault(name);
      await expect(calls.run('final', () => Promise.reject(error))).rejects.toBe(error);
      expect(calls.status.outcomes).toEqual(new Map([[name, 1]]));
    },
  );

  it('[INV4] gives up after so many tries', async () => {
    const { calls } = scene({ maxTries: 2, breakerMinCalls: 8 });
    await expect(
      calls.run('final', () => Promise.reject(fault('unavailable'))),
    ).rejects.toMatchObject({ fault: 'unavailable' });
    expect(calls.status.outcomes).toEqual(new Map([['unavailable', 2]]));
  });

  it('has one try for a partial', async () => {
    const { calls } = scene();
    await expect(
      calls.run('partial', () => Promise.reject(fault('unavailable'))),
    ).rejects.toMatchObject({ fault: 'unavailable' });
    expect(calls.status.outcomes).toEqual(new Map([['unavailable', 1]]));
  });

  it('does what Retry-After says where there is time for it', async () => {
    const { calls, states } = scene();
    let tries = 0;
    const answer = await calls.run('final', async () => {
      tries += 1;
      if (tries === 1) throw fault('overloaded', 5);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(states).toEqual([]);
  });

  it('pauses for as long as Retry-After says where a text can not wait, and asks nothing', async () => {
    let nowMs = 0;
    const { calls, states } = scene({ maxPauseMs: 120_000 }, () => nowMs);
    let asked = 0;
    const busy = async () => {
      asked += 1;
      throw fault('overloaded', 90_000);
    };
    await expect(calls.run('final', busy)).rejects.toMatchObject({ fault: 'overloaded' });
    for (const kind of ['final', 'partial'] as const) {
      await expect(calls.run(kind, busy)).rejects.toMatchObject({ fault: 'resting' });
    }
    expect(asked).toBe(1);
    expect(calls.status.state).toBe('paused');
    nowMs = 90_001;
    await expect(calls.run('final', async () => 'done')).resolves.toBe('done');
    expect(states).toEqual([
      ['paused', 'overloaded'],
      ['up', null],
    ]);
  });

  it('[INV4] pauses no longer than it lets itself be told', async () => {
    let nowMs = 0;
    const { calls } = scene({ maxPauseMs: 10_000 }, () => nowMs);
    await calls.run('final', () => Promise.reject(fault('overloaded', 1e9))).catch(() => undefined);
    nowMs = 10_001;
    expect(calls.status.state).toBe('up');
  });
});

describe('time', () => {
  it('[INV4] ends a try that hangs, and does not try again', async () => {
    const { calls } = scene({ timeoutMs: 10 });
    let signal: AbortSignal | undefined;
    const hanging = calls.run('final', (given) => {
      signal = given;
      return forEver();
    });
    await expect(hanging).rejects.toMatchObject({ fault: 'timeout' });
    expect(signal?.aborted).toBe(true);
    expect(calls.status.outcomes).toEqual(new Map([['timeout', 1]]));
  });

  it('[INV4] ends all tries together, with those that wait for a place', async () => {
    const { calls } = scene({ concurrency: 1, timeoutMs: 60_000, totalMs: 10 });
    const both = await Promise.allSettled([
      calls.run('final', forEver),
      calls.run('final', forEver),
    ]);
    for (const each of both) expect(each).toMatchObject({ reason: { fault: 'timeout' } });
  });

  it('[INV5] ends a partial early, and holds that against nobody', async () => {
    const { calls } = scene({ partialTimeoutMs: 5, timeoutMs: 60_000 });
    for (let tries = 0; tries < 10; tries += 1) {
      await expect(calls.run('partial', forEver)).rejects.toMatchObject({ fault: 'late' });
    }
    expect(calls.status.state).toBe('up');
  });

  it('ends with the reason of whoever asked, and leaves no listener', async () => {
    const { calls } = scene();
    const reason = new Error('nobody reads it any more');
    const asker = new AbortController();
    const running = calls.run('final', forEver, asker.signal);
    asker.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(calls.run('final', forEver, asker.signal)).rejects.toBe(reason);
    const calm = new AbortController();
    await calls.run('final', async () => 'done', calm.signal);
    for (const { signal } of [asker, calm]) expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(calls.status).toMatchObject({ state: 'up', running: 0, waiting: 0 });
  });
});

describe('places', () => {
  it('[INV4] has so many under way, lets so many wait, and refuses the rest', async () => {
    const { calls } = scene({ concurrency: 2, maxWaiting: 3 });
    let running = 0;
    let most = 0;
    const gates: (() => void)[] = [];
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => gates.push(resolve));
      running -= 1;
    };
    const taken = Array.from({ length: 5 }, () => calls.run('final', work));
    await expect(calls.run('final', work)).rejects.toMatchObject({ fault: 'crowded' });
    expect(calls.status).toMatchObject({ running: 2, waiting: 3 });
    const all = Promise.all(taken);
    let over = false;
    void all.then(() => {
      over = true;
    });
    while (!over) {
      gates.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(most).toBe(2);
  });

  it('gives the place of who gave up waiting to the next one', async () => {
    const { calls } = scene({ concurrency: 1 });
    let finish = () => {};
    const first = calls.run(
      'final',
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const stop = new AbortController();
    const second = calls.run('final', async () => 'second', stop.signal);
    const third = calls.run('final', async () => 'third');
    stop.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    finish();
    await first;
    await expect(third).resolves.toBe('third');
  });

  it('survives an asker that gives up in the very moment of asking', async () => {
    const { calls } = scene();
    const stop = new AbortController();
    const asked = calls.run(
      'final',
      () => {
        stop.abort(new Error('gone'));
        return Promise.reject(fault('broken'));
      },
      stop.signal,
    );
    await expect(asked).rejects.toThrow('gone');
    expect(calls.status.running).toBe(0);
  });

  it('[INV5] leaves a place to finals, and lets no partial wait', async () => {
    const { calls } = scene({ concurrency: 2 });
    const partial = calls.run('partial', forEver).catch(() => undefined);
    await expect(calls.run('partial', forEver)).rejects.toMatchObject({ fault: 'crowded' });
    await expect(calls.run('final', async () => 'done')).resolves.toBe('done');
    void partial;
  });

  it('lets partials through where there is one place only', async () => {
    const { calls } = scene({ concurrency: 1 });
    await expect(calls.run('partial', async () => 'done')).resolves.toBe('done');
  });
});

describe('rest', () => {
  it.each(['timeout', 'unreachable', 'unavailable', 'broken', 'denied', 'bad_answer'] as const)(
    'leaves a service alone that fails with %s again and again',
    async (name) => {
      const made = scene({ minRestMs: 60_000, maxRestMs: 60_000, maxTries: 1 });
      await exhaust(made, name);
      expect(made.states).toEqual([['resting', name]]);
      let asked = false;
      const next = made.calls.run('final', async () => {
        asked = true;
      });
      await expect(next).rejects.toMatchObject({ fault: 'resting' });
      expect(asked).toBe(false);
    },
  );

  it.each(['rejected', 'unusable', 'overloaded'] as const)(
    'does not hold %s against the service',
    async (name) => {
      const made = scene({ maxTries: 1 });
      for (let calls = 0; calls < 20; calls += 1) {
        await made.calls.run('partial', () => Promise.reject(fault(name))).catch(() => undefined);
      }
      expect(made.calls.status.state).toBe('up');
    },
  );

  it('leaves one alone that fails more often than not', async () => {
    const made = scene({ minRestMs: 60_000, maxRestMs: 60_000, maxTries: 1, breakerCalls: 6 });
    for (let calls = 0; calls < 12 && made.calls.status.state === 'up'; calls += 1) {
      const works = calls % 3 === 0;
      await made.calls
        .run('final', () => (works ? Promise.resolve() : Promise.reject(fault('broken'))))
        .catch(() => undefined);
    }
    expect(made.calls.status.state).toBe('resting');
  });

  it('is tried with something of our own: no text waits for that', async () => {
    const made = scene();
    let answer = () => {};
    made.probes.push(
      () =>
        new Promise<void>((resolve) => {
          answer = resolve;
        }),
    );
    await exhaust(made);
    // The first text after the rest sets the probe off, and is refused like all others meanwhile.
    await expect
      .poll(async () => {
        await expect(made.calls.run('final', async () => 1)).rejects.toMatchObject({
          fault: 'resting',
        });
        return made.calls.status.state;
      })
      .toBe('probing');
    await expect(made.calls.run('partial', async () => 1)).rejects.toMatchObject({
      fault: 'resting',
    });
    expect(made.probed).toBe(1);
    answer();
    await expect.poll(() => made.calls.status.state).toBe('up');
    await expect(made.calls.run('final', async () => 'back')).resolves.toBe('back');
    expect(made.states.map(([state]) => state)).toEqual(['resting', 'probing', 'up']);
  });

  it('rests again after a probe that failed', async () => {
    const made = scene();
    made.probes.push(
      () => Promise.reject(fault('unreachable')),
      () => Promise.resolve(),
    );
    await exhaust(made);
    await expect
      .poll(() => made.calls.run('final', async () => 'back').catch(() => null))
      .toBe('back');
    const states = made.states.map(([state]) => state);
    expect(states).toEqual(['resting', 'probing', 'resting', 'probing', 'up']);
  });

  it.each(['rejected', 'overloaded'] as const)(
    'rests on where the probe is %s: that is no recovery',
    async (name) => {
      let nowMs = 0;
      const made = scene({}, () => nowMs);
      made.probes.push(
        () => Promise.reject(fault(name)),
        () => Promise.resolve(),
      );
      await exhaust(made);
      await expect
        .poll(async () => {
          nowMs += 10_000;
          await made.calls.run('final', async () => 1).catch(() => null);
          return made.calls.status.state;
        })
        .toBe('up');
      const states = made.states.map(([state]) => state);
      expect(states).toEqual(['resting', 'probing', 'resting', 'probing', 'up']);
      expect(made.probed).toBe(2);
      expect(made.faults).toContain(name);
    },
  );

  it('does what a probe is told with Retry-After: it is not asked until then', async () => {
    // The clock of the breaker.
    vi.useFakeTimers({ toFake: ['Date'] });
    let nowMs = 0;
    const made = scene({ maxPauseMs: 120_000 }, () => nowMs);
    made.probes.push(
      () => Promise.reject(fault('overloaded', 90_000)),
      () => Promise.resolve(),
    );
    await exhaust(made);
    const ask = () => made.calls.run('final', async () => 'done').catch(() => null);
    vi.setSystemTime(Date.now() + 1_000);
    await expect.poll(() => ask().then(() => made.states.length)).toBe(3);
    expect(made.states[2]).toEqual(['resting', 'overloaded']);
    // It would not rest so long by itself.
    nowMs = 89_999;
    vi.setSystemTime(Date.now() + 89_999);
    await ask();
    expect(made.probed).toBe(1);
    nowMs = 90_001;
    await expect.poll(ask).toBe('done');
  });

  it('is back with a clean record, whatever the probe was answered', async () => {
    const made = scene({ maxTries: 1 });
    made.probes.push(() => Promise.reject(fault('unusable')));
    await exhaust(made);
    await expect
      .poll(() => made.calls.run('final', async () => 'back').catch(() => null))
      .toBe('back');
    await made.calls.run('final', () => Promise.reject(fault('timeout'))).catch(() => undefined);
    expect(made.calls.status.state).toBe('up');
  });
});

it('tells what was wrong with each try, and of nothing that the asker did', async () => {
  const { calls, faults } = scene({ maxTries: 2, breakerMinCalls: 8 });
  for (const name of ['unavailable', 'rejected', 'unusable'] as const) {
    await calls.run('final', () => Promise.reject(fault(name))).catch(() => undefined);
  }
  await calls.run('partial', () => Promise.reject(fault('broken'))).catch(() => undefined);
  const gone = AbortSignal.abort(new Error('gone'));
  await calls.run('final', async () => 'done', gone).catch(() => undefined);
  expect(faults).toEqual(['unavailable', 'unavailable', 'rejected', 'unusable', 'broken']);
});

describe('close', () => {
  const over = new Error('over');

  it('drops what is under way and what waits, and refuses what comes', async () => {
    const { calls } = scene({ concurrency: 1 });
    const both = Promise.allSettled([calls.run('final', forEver), calls.run('final', forEver)]);
    await Promise.all([calls.close(over, 'drop'), calls.close(over, 'drop')]);
    for (const each of await both) expect(each).toMatchObject({ reason: over });
    await expect(calls.run('final', async () => 1)).rejects.toBe(over);
  });

  it('tells nobody how a probe ended that it cut off', async () => {
    const made = scene();
    made.probes.push(forEver);
    await exhaust(made);
    await expect
      .poll(() =>
        made.calls.run('final', async () => 1).catch(() => made.states.at(-1)?.[0] ?? null),
      )
      .toBe('probing');
    await made.calls.close(over, 'drop');
    expect(made.states.map(([state]) => state)).toEqual(['resting', 'probing']);
  });

  it('lets the work end where that is wanted', async () => {
    const { calls } = scene();
    let finish = (_: string) => {};
    const work = calls.run(
      'final',
      () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    );
    const closed = calls.close(over, 'finish');
    await expect(calls.run('final', async () => 1)).rejects.toBe(over);
    finish('done');
    await expect(work).resolves.toBe('done');
    await closed;
  });
});

it('pauses when a partial is told to, and not for a partial that was only refused', async () => {
  const { calls } = scene();
  const busy = (retryAfterMs?: number) => () => Promise.reject(fault('overloaded', retryAfterMs));
  await calls.run('partial', busy()).catch(() => undefined);
  expect(calls.status.state).toBe('up');
  await calls.run('partial', busy(60_000)).catch(() => undefined);
  expect(calls.status.state).toBe('paused');
});
