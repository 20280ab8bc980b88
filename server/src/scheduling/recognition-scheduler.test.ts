import { expect, test } from 'vitest';
import type { Hypothesis, RecognitionRequest, Recognizer } from '../recognition/recognizer.ts';
import { MAX_WAITING_FINALS_PER_SESSION, RecognitionScheduler } from './recognition-scheduler.ts';

/** Runs one utterance at a time, each until the test lets it go; remembers their order. */
function steppedRecognizer(concurrency = 1) {
  const started: string[] = [];
  const release: (() => void)[] = [];
  const recognizer: Recognizer = {
    name: 'stepped',
    capabilities: { languages: ['en'], maxUtteranceMs: 30_000, concurrency, drafts: false },
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

const said = (text: string): Hypothesis => ({ text, tokens: [], meanLogProbability: null });
const ask = (label: string): RecognitionRequest => ({
  samples: new Float32Array(0),
  language: label,
});

test('finals go before partials, and partials in the order they began to wait', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer);
  const [a, b, c] = [scheduler.open(), scheduler.open(), scheduler.open()];
  const first = a.final(ask('a-final'));
  const partialB = b.partial(() => ask('b-partial'));
  const partialC = c.partial(() => ask('c-partial'));
  const final = c.final(ask('c-final'));
  for (let turn = 0; turn < 4; turn += 1) await step();
  expect(started).toEqual(['a-final', 'c-final', 'b-partial']);
  expect((await first).text).toBe('a-final');
  expect((await final).text).toBe('c-final');
  expect((await partialB)?.text).toBe('b-partial');
  expect(await partialC).toBeNull();
});

test('[INV6] a session has at most one partial waiting or running', async () => {
  const { recognizer, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer);
  const turn = scheduler.open();
  const running = turn.partial(() => ask('one'));
  expect(await turn.partial(() => ask('two'))).toBeNull();
  await step();
  expect((await running)?.text).toBe('one');
});

test('a partial reads its audio when it begins, and may find that nothing is wanted', async () => {
  const { recognizer, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer);
  const busy = scheduler.open().final(ask('busy'));
  let newest = 'old';
  const late = scheduler.open().partial(() => ask(newest));
  const gone = scheduler.open().partial(() => null);
  newest = 'new';
  await step();
  await step();
  await busy;
  expect((await late)?.text).toBe('new');
  expect(await gone).toBeNull();
});

test('[INV4] finals of one session are bounded', async () => {
  const { recognizer, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer);
  const turn = scheduler.open();
  const all = Array.from({ length: MAX_WAITING_FINALS_PER_SESSION }, () => turn.final(ask('x')));
  await expect(turn.final(ask('one more'))).rejects.toThrow(/at most/);
  for (let at = 0; at <= MAX_WAITING_FINALS_PER_SESSION; at += 1) await step();
  expect(await Promise.all(all)).toHaveLength(MAX_WAITING_FINALS_PER_SESSION);
});

test('a failure reaches the session that asked, and the slot goes on', async () => {
  let calls = 0;
  const scheduler = new RecognitionScheduler({
    name: 'failing',
    capabilities: { languages: ['en'], maxUtteranceMs: 30_000, concurrency: 1, drafts: false },
    recognize: () => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('broken')) : Promise.resolve(said('fine'));
    },
    close: () => Promise.resolve(),
  });
  const turn = scheduler.open();
  await expect(turn.final(ask('a'))).rejects.toThrow('broken');
  expect((await turn.final(ask('b'))).text).toBe('fine');
});

test('closing a session drops what it waits for; closing the scheduler waits for what runs', async () => {
  const { recognizer, started, step } = steppedRecognizer();
  const scheduler = new RecognitionScheduler(recognizer);
  const running = scheduler.open().final(ask('running'));
  const leaving = scheduler.open();
  const dropped = leaving.final(ask('dropped'));
  leaving.close();
  await expect(dropped).rejects.toMatchObject({ code: 'shutting_down' });
  const closed = scheduler.close();
  await step();
  await closed;
  await running;
  expect(started).toEqual(['running']);
  await expect(scheduler.open().final(ask('late'))).rejects.toMatchObject({
    code: 'shutting_down',
  });
});
