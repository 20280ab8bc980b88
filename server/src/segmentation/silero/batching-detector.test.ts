import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DETECTOR_WINDOW_SAMPLES } from '../speech-detector.ts';
import {
  BatchingDetector,
  type BatchJudge,
  MAX_BATCH_STREAMS,
  MAX_WAITING_WINDOWS,
} from './batching-detector.ts';
import { MAX_WINDOWS_PER_TURN } from './detector-stream.ts';
import { type BatchMessage, type BatchReply, CONTEXT_SAMPLES, STATE_SIZE } from './silero-batch.ts';

const GATHER_MS = 10;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/**
 * Instead of a model: a window's probability is its first sample plus the stream's state, which
 * counts its windows, plus a hundred times the first sample of its context.
 */
function judgeByCounting({ windows, data }: BatchMessage): BatchReply {
  const probabilities: number[] = [];
  const states = new Float32Array(windows.reduce((sum, count) => sum + count, 0) * STATE_SIZE);
  let at = 0;
  for (const count of windows) {
    let state = data[at] ?? 0;
    at += STATE_SIZE;
    for (let window = 0; window < count; window += 1) {
      const context = data[at] ?? 0;
      probabilities.push((data[at + CONTEXT_SAMPLES] ?? 0) + state + 100 * context);
      state += 1;
      states[(probabilities.length - 1) * STATE_SIZE] = state;
      at += DETECTOR_WINDOW_SAMPLES;
    }
    at += CONTEXT_SAMPLES;
  }
  return { probabilities: Float32Array.from(probabilities), states };
}

function createDetector() {
  const batches: { message: BatchMessage; finish(): void; fail(error: Error): void }[] = [];
  const judge: BatchJudge = {
    concurrency: 1,
    run: (prepare) =>
      new Promise((resolve, reject) => {
        const message = prepare();
        batches.push({ message, finish: () => resolve(judgeByCounting(message)), fail: reject });
      }),
    close: async () => {},
  };
  const detector = new BatchingDetector('counting', judge, { gatherMs: GATHER_MS });
  const next = async () => {
    const batch = batches.shift();
    if (batch === undefined) throw new Error('Expected a batch, got none.');
    return batch;
  };
  return { detector, batches, next, finish: async () => (await next()).finish() };
}

/** Windows filled with these values. */
const speech = (...values: number[]) =>
  Float32Array.from(
    { length: values.length * DETECTOR_WINDOW_SAMPLES },
    (_, at) => values[Math.floor(at / DETECTOR_WINDOW_SAMPLES)] ?? 0,
  );

const settle = () => vi.advanceTimersByTimeAsync(0);

test('one stream is judged at once, in order, with state and context carried on', async () => {
  const { detector, finish } = createDetector();
  const stream = detector.open();
  const first = stream.judge(speech(1, 2));
  const second = stream.judge(speech(3));
  await finish();
  await settle();
  await finish();
  expect([...(await first).probabilities]).toEqual([1, 2 + 1 + 100]);
  expect([...(await second).probabilities]).toEqual([3 + 2 + 200]);
  await detector.close();
});

test('windows of several streams share a call, and each gets its own answer', async () => {
  const { detector, batches, finish } = createDetector();
  const streams = [detector.open(), detector.open(), detector.open()];
  const answers = Promise.all(
    [speech(1), speech(2, 2, 2), speech(3, 3)].map((samples, index) =>
      streams[index]?.judge(samples),
    ),
  );
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect(batches.map(({ message }) => message.windows)).toEqual([[3, 2, 1]]);
  await finish();
  expect((await answers).map((answer) => [...(answer?.probabilities ?? [])])).toEqual([
    [1],
    [2, 203, 204],
    [3, 304],
  ]);
  expect(detector.stats).toMatchObject({ batches: 1, windows: 6, waitingWindows: 0 });
  await detector.close();
});

test('[INV4] a call serves only so many streams; the others come next', async () => {
  const { detector, batches, finish } = createDetector();
  const streams = Array.from({ length: MAX_BATCH_STREAMS + 5 }, () => detector.open());
  const answers = Promise.all(streams.map((stream, at) => stream.judge(speech(at))));
  expect(batches[0]?.message.windows.length).toBe(MAX_BATCH_STREAMS);
  await finish();
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  expect(batches[0]?.message.windows.length).toBe(5);
  await finish();
  expect((await answers).map((answer) => answer?.probabilities[0])).toEqual(
    streams.map((_, at) => at),
  );
  await detector.close();
});

test('does not wait when every open stream has something to judge', async () => {
  const { detector, batches, finish } = createDetector();
  const left = detector.open();
  const right = detector.open();
  const first = left.judge(speech(1));
  expect(batches.length).toBe(0);
  const second = right.judge(speech(2));
  expect(batches.length).toBe(1);
  await finish();
  await Promise.all([first, second]);
  await detector.close();
});

test('a stream that says nothing holds the others up for a moment only', async () => {
  const { detector, batches, finish } = createDetector();
  const stream = detector.open();
  detector.open();
  const answer = stream.judge(speech(1));
  await vi.advanceTimersByTimeAsync(GATHER_MS - 1);
  expect(batches.length).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await finish();
  expect([...(await answer).probabilities]).toEqual([1]);
  await detector.close();
});

test('[INV9] after nothing was recalled, nothing depends on what came before', async () => {
  const { detector, finish } = createDetector();
  const stream = detector.open();
  const before = stream.judge(speech(5, 5, 5));
  stream.recall(null);
  const after = stream.judge(speech(0.5, 0.25));
  await finish();
  await settle();
  await finish();
  expect([...(await before).probabilities]).toEqual([5, 506, 507]);
  expect([...(await after).probabilities]).toEqual([0.5, 0.25 + 1 + 50]);
  await detector.close();
});

test('[INV9] a stream goes on from any memory as if nothing had come between', async () => {
  const { detector, finish } = createDetector();
  const stream = detector.open();
  const heard = stream.judge(speech(1, 2, 3));
  await finish();
  const { memories } = await heard;
  stream.recall(memories[1] ?? null);
  const again = stream.judge(speech(3));
  await settle();
  await finish();
  expect([...(await again).probabilities]).toEqual([3 + 2 + 200]);
  expect((await again).memories).toEqual([memories[2]]);
  stream.recall(new Float32Array(3));
  const other = stream.judge(speech(3));
  await settle();
  await finish();
  expect([...(await other).probabilities]).toEqual([3]);
  await detector.close();
});

test('[INV5] a stream that catches up takes turns with the others', async () => {
  const { detector, finish, next } = createDetector();
  const behind = detector.open();
  const live = detector.open();
  const backlog = behind.judge(
    new Float32Array((MAX_WINDOWS_PER_TURN + 1) * DETECTOR_WINDOW_SAMPLES),
  );
  const now = live.judge(speech(7));
  const { message, finish: finishFirst } = await next();
  expect(message.windows).toEqual([MAX_WINDOWS_PER_TURN, 1]);
  finishFirst();
  expect([...(await now).probabilities]).toEqual([7]);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  await finish();
  expect([...(await backlog).probabilities].at(-1)).toBe(MAX_WINDOWS_PER_TURN);
  await detector.close();
});

test('[INV4] refuses more windows than may wait, and takes them again later', async () => {
  const { detector, next, finish } = createDetector();
  const stream = detector.open();
  const many = new Float32Array(MAX_WAITING_WINDOWS * DETECTOR_WINDOW_SAMPLES);
  const waiting = expect(stream.judge(many)).rejects.toThrow('by request');
  await expect(stream.judge(speech(1))).rejects.toMatchObject({ code: 'server_busy' });
  (await next()).fail(new Error('by request'));
  await waiting;
  const later = stream.judge(speech(1));
  await finish();
  expect([...(await later).probabilities]).toEqual([1]);
  await detector.close();
});

test('a batch that fails is counted; its streams go on without memory', async () => {
  const { detector, next, finish } = createDetector();
  const stream = detector.open();
  const first = stream.judge(speech(1));
  await finish();
  await first;
  const lost = stream.judge(speech(1));
  (await next()).fail(new Error('by request'));
  await expect(lost).rejects.toThrow('by request');
  await settle();
  const after = stream.judge(speech(1));
  await finish();
  expect([...(await after).probabilities]).toEqual([1]);
  expect(detector.stats.failedBatches).toBe(1);
  await detector.close();
});

test('refuses parts of windows, and answers nothing for nothing', async () => {
  const { detector } = createDetector();
  const stream = detector.open();
  await expect(stream.judge(new Float32Array(100))).rejects.toThrow('whole windows of 512');
  expect(await stream.judge(new Float32Array(0))).toEqual({
    probabilities: new Float32Array(0),
    memories: [],
  });
  await detector.close();
});

test('what is judged later may be overwritten by its owner', async () => {
  const { detector, finish } = createDetector();
  const stream = detector.open();
  detector.open();
  const samples = speech(1);
  const answer = stream.judge(samples);
  samples.fill(9);
  await vi.advanceTimersByTimeAsync(GATHER_MS);
  await finish();
  expect([...(await answer).probabilities]).toEqual([1]);
  await detector.close();
});

test('closing a stream refuses what waits, even in the middle of a call', async () => {
  const { detector, finish } = createDetector();
  const stream = detector.open();
  const running = stream.judge(speech(1));
  const waiting = stream.judge(speech(2));
  stream.close();
  stream.close();
  await expect(running).rejects.toMatchObject({ code: 'session_ended' });
  await expect(waiting).rejects.toMatchObject({ code: 'session_ended' });
  await expect(stream.judge(speech(3))).rejects.toMatchObject({ code: 'session_ended' });
  await finish();
  await settle();
  expect(detector.stats).toMatchObject({ streams: 0, waitingWindows: 0 });
  await detector.close();
});

test('closing the detector refuses everything and leaves no timer', async () => {
  const { detector } = createDetector();
  const stream = detector.open();
  detector.open();
  const waiting = stream.judge(speech(1));
  const closed = detector.close();
  expect(detector.close()).toBe(closed);
  await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' });
  await closed;
  const late = detector.open();
  await expect(late.judge(speech(1))).rejects.toMatchObject({ code: 'shutting_down' });
});
