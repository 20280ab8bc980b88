import { expect, test, vi } from 'vitest';
import type { Hypothesis, RecognitionRequest, Recognizer } from '../recognition/recognizer.ts';
import {
  LOAD_INTERVAL_MS,
  MAX_WAITING_FINALS_PER_SESSION,
  RecognitionScheduler,
} from './recognition-scheduler.ts';

/** Runs one utterance at a time, each until the test lets it go; remembers their order. */
function steppedRecognizer(concurrency = 1) {
  const started: string[] = [];
  const release: (() => void)[] = [];
  const recognizer: Recognizer = {
    name: 'stepped',
    capabilities: {
      languages: ['en'],
      maxUtteranceMs: 30_000,
      concurrency,
      drafts: false,
      wordTimes: false,
    },
    recognize: async (request) => {
      started.push(request.language);
      await new Promise<void>((resolve) => release.push(resolve));
      return said(request.language);
    },
    close: () => Promise.resolve(),
  };
  const step = async () => {
    release.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { recognizer, started, step };
}

const PACE = { partialIntervalMs: 700, maxFinalWaitMs: 2_000 };
const said = (text: string): Hypothesis => ({ text, tokens: [], meanLogProbability: null });
const ask = (label: string): RecognitionRequest => ({
  samples: new Float32Array(0),
  language: label,
});

function failingOnce(): Recognizer {
  let calls = 0;
  return {
    ...steppedRecognizer().recognizer,
    name: 'failing once',
    recognize: () => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(said('fine'));
    },
  };
}

test('finals go before partials, and partials in the order they began to wait', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const [a, b, c] = [scheduler.open('room'), scheduler.open('room'), scheduler.open('room')];
  const first = a.final(ask('a-final'));
  const partialB = b.partial(() => ask('b-partial'), 'later', 0);
  const partialC = c.partial(() => ask('c-partial'), 'later', 0);
  const final = c.final(ask('c-final'));
  for (let turn = 0; turn < 4; turn += 1) await step();
  expect(started).toEqual(['a-final', 'c-final', 'b-partial']);
  expect((await first).text).toBe('a-final');
  expect((await final).text).toBe('c-final');
  expect((await partialB)?.text).toBe('b-partial');
  expect(await partialC).toBeNull();
});

test('an early final goes behind finals and before first words, and is not read again', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const [a, b, c] = [scheduler.open('room'), scheduler.open('room'), scheduler.open('room')];
  const busy = a.final(ask('busy'));
  const first = b.partial(() => ask('first'), 'first', 0);
  const request = ask('early');
  const early = c.early(request);
  const final = a.final(ask('final'));
  for (let turn = 0; turn < 4; turn += 1) await step();
  expect(started).toEqual(['busy', 'final', 'early', 'first']);
  expect((await early)?.text).toBe('early');
  expect((await c.final(request)).text).toBe('early');
  expect(started).toHaveLength(4);
  await Promise.all([busy, first, final]);
});

test('an early final that still waits becomes a final; one that runs is waited for', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const [a, b] = [scheduler.open('room'), scheduler.open('room')];
  const busy = a.final(ask('busy'));
  const request = ask('early');
  const early = b.early(request);
  const final = b.final(request);
  expect(await early).toBeNull();
  await step();
  await step();
  expect((await final).text).toBe('early');
  expect(started).toEqual(['busy', 'early']);
  const next = ask('next');
  const running = b.early(next);
  const nextFinal = b.final(next);
  await step();
  expect((await nextFinal).text).toBe('next');
  expect((await running)?.text).toBe('next');
  expect(started).toHaveLength(3);
  await busy;
});

test('more speech overtakes an early final, and an early final a partial that waits', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const [a, b] = [scheduler.open('room'), scheduler.open('room')];
  const busy = a.final(ask('busy'));
  const before = b.partial(() => ask('before'), 'later', 0);
  const early = b.early(ask('early'));
  expect(await before).toBeNull();
  const after = b.partial(() => ask('after'), 'later', 0);
  expect(await early).toBeNull();
  await step();
  await step();
  expect((await after)?.text).toBe('after');
  expect(started).toEqual(['busy', 'after']);
  await busy;
});

test('[INV6] a session has at most one partial waiting or running', async () => {
  const { recognizer, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const turn = scheduler.open('room');
  const running = turn.partial(() => ask('one'), 'later', 0);
  expect(await turn.partial(() => ask('two'), 'later', 0)).toBeNull();
  await step();
  expect((await running)?.text).toBe('one');
});

test('a partial reads its audio when it begins, and may find that nothing is wanted', async () => {
  const { recognizer, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const busy = scheduler.open('room').final(ask('busy'));
  let newest = 'old';
  const late = scheduler.open('room').partial(() => ask(newest), 'later', 0);
  const gone = scheduler.open('room').partial(() => null, 'later', 0);
  newest = 'new';
  await step();
  await step();
  await busy;
  expect((await late)?.text).toBe('new');
  expect(await gone).toBeNull();
});

test('[INV4] finals of one session are bounded', async () => {
  const { recognizer, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const turn = scheduler.open('room');
  const all = Array.from({ length: MAX_WAITING_FINALS_PER_SESSION }, () => turn.final(ask('x')));
  await expect(turn.final(ask('one more'))).rejects.toThrow(/at most/);
  for (let at = 0; at <= MAX_WAITING_FINALS_PER_SESSION; at += 1) await step();
  expect(await Promise.all(all)).toHaveLength(MAX_WAITING_FINALS_PER_SESSION);
});

test('a failure reaches the session that asked, and the slot goes on', async () => {
  const scheduler = new RecognitionScheduler(failingOnce(), PACE);
  const turn = scheduler.open('room');
  await expect(turn.final(ask('a'))).rejects.toThrow('broken');
  expect((await turn.final(ask('b'))).text).toBe('fine');
});

test('closing a session drops what it waits for; closing the scheduler waits for what runs', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const running = scheduler.open('room').final(ask('running'));
  const leaving = scheduler.open('room');
  const dropped = leaving.final(ask('dropped'));
  leaving.close();
  await expect(dropped).rejects.toMatchObject({ code: 'shutting_down' });
  const closed = scheduler.close();
  await step();
  await closed;
  await running;
  expect(started).toEqual(['running']);
  await expect(scheduler.open('room').final(ask('late'))).rejects.toMatchObject({
    code: 'shutting_down',
  });
});

test('of the partials that wait the most overdue goes first', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const busy = scheduler.open('room').final(ask('busy'));
  const later = scheduler.open('room').partial(() => ask('later'), 'later', 300);
  const sooner = scheduler.open('room').partial(() => ask('sooner'), 'later', 200);
  for (let turn = 0; turn < 3; turn += 1) await step();
  await Promise.all([busy, later, sooner]);
  expect(started).toEqual(['busy', 'sooner', 'later']);
});

test('[INV5] a room with many finals does not keep another waiting', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer, PACE);
  const loud = Array.from({ length: 6 }, () => scheduler.open('loud').final(ask('loud')));
  const quiet = scheduler.open('quiet').final(ask('quiet'));
  for (let turn = 0; turn < 7; turn += 1) await step();
  await Promise.all([...loud, quiet]);
  expect(started.indexOf('quiet')).toBeLessThanOrEqual(2);
});

test('[INV8] under load partials come less often, then not at all, and come back', async () => {
  vi.useFakeTimers();
  try {
    let now = 0;
    const tookMs = { final: 800, partial: 400 };
    const scheduler = new RecognitionScheduler(
      {
        name: 'slow',
        capabilities: {
          languages: ['en'],
          maxUtteranceMs: 30_000,
          concurrency: 1,
          drafts: false,
          wordTimes: false,
        },
        recognize: (request) => {
          now += request.language === 'partial' ? tookMs.partial : tookMs.final;
          return Promise.resolve(said('fine'));
        },
        close: () => Promise.resolve(),
      },
      { ...PACE, now: () => now },
    );
    const turns = Array.from({ length: 10 }, () => scheduler.open('room'));
    for (const turn of turns) turn.follow(true);
    await turns[0]?.partial(() => ask('partial'), 'later', 0);
    expect(scheduler.intervalMs).toBeGreaterThan(700);
    for (let look = 0; look < 20; look += 1) {
      // The third waits for as long as the second takes.
      await Promise.all([1, 2, 3].map((at) => turns[at]?.final(ask('final'))));
      now += 20;
      vi.advanceTimersByTime(LOAD_INTERVAL_MS);
    }
    expect(scheduler.step).toBe('finals');
    expect(scheduler.stats.finalShare).toBeGreaterThan(0.8);
    expect(await turns[2]?.partial(() => ask('partial'), 'later', 0)).toBeNull();
    for (const turn of turns.slice(1)) turn.follow(false);
    for (let look = 0; look < 40; look += 1) {
      now += LOAD_INTERVAL_MS;
      vi.advanceTimersByTime(LOAD_INTERVAL_MS);
    }
    expect(scheduler.step).toBe('full');
    expect(scheduler.intervalMs).toBe(700);
    expect(await turns[0]?.partial(() => ask('partial'), 'later', 0)).not.toBeNull();
    await scheduler.close();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('what costs money is read for finals only, or for finals and partials', async () => {
  const read: string[] = [];
  const recognizerThat = (extraReadings: 'none' | 'partials'): Recognizer => ({
    name: 'paid',
    capabilities: {
      languages: ['en'],
      maxUtteranceMs: 30_000,
      concurrency: 2,
      drafts: false,
      wordTimes: false,
      extraReadings,
    },
    recognize: () => {
      read.push(extraReadings);
      return Promise.resolve(said('heard'));
    },
    close: () => Promise.resolve(),
  });
  const paid = new RecognitionScheduler(recognizerThat('none'), PACE).open('room');
  expect(await paid.partial(() => ask('partial'), 'first', 0)).toBeNull();
  expect(await paid.early(ask('early'))).toBeNull();
  expect((await paid.final(ask('final'))).text).toBe('heard');
  const mixed = new RecognitionScheduler(recognizerThat('partials'), PACE).open('room');
  expect((await mixed.partial(() => ask('partial'), 'first', 0))?.text).toBe('heard');
  expect(await mixed.early(ask('early'))).toBeNull();
  expect(read).toEqual(['none', 'partials']);
});

test('an early final that failed is read again as the final', async () => {
  const scheduler = new RecognitionScheduler(failingOnce(), PACE);
  const turn = scheduler.open('room');
  const request = ask('the same');
  await expect(turn.early(request)).rejects.toThrow('broken');
  expect((await turn.final(request)).text).toBe('fine');
});
