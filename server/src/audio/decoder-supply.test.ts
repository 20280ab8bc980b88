import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import {
  DecoderSupply,
  FIRST_BACKOFF_MS,
  MAX_BACKOFF_MS,
  MAX_START_ATTEMPTS,
} from './decoder-supply.ts';
import { ScriptedDecoder } from './scripted-decoder.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const never = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));
const failure = () => new AppError('decoder_failed', 'It does not start.');
const closing = new AppError('shutting_down', 'Closing.');

/** A supply whose decoders become ready when the test says so. */
function supplied({ idleTarget = 0, maxSpawning = 2 } = {}) {
  const decoders: ScriptedDecoder[] = [];
  const target = { idle: idleTarget };
  const start = vi.fn(() => {
    const decoder = new ScriptedDecoder({ ready: 'when_told' });
    decoders.push(decoder);
    return decoder;
  });
  const supply = new DecoderSupply({ start, maxSpawning, idleTarget: () => target.idle });
  const makeReady = async (): Promise<void> => {
    for (const decoder of decoders) decoder.becomeReady();
    await settled();
  };
  return { supply, decoders, start, target, makeReady };
}

test('[INV4] at most two start at the same time, until enough are idle', async () => {
  const { supply, decoders, makeReady } = supplied({ idleTarget: 5 });
  supply.tend();
  supply.tend();
  expect(decoders).toHaveLength(2);
  await makeReady();
  expect(decoders).toHaveLength(4);
  await makeReady();
  await makeReady();
  expect(decoders).toHaveLength(5);
  expect(supply).toMatchObject({ idle: 5, starting: 0, failures: 0 });
  await supply.close(closing);
  expect(decoders.every((decoder) => decoder.closed)).toBe(true);
  expect(supply.idle).toBe(0);
});

test('an idle one is handed out at once and another one started', async () => {
  const { supply, decoders, makeReady } = supplied({ idleTarget: 1 });
  supply.tend();
  await makeReady();
  expect(await supply.take('newcomer', never())).toBe(decoders[0]);
  expect(supply).toMatchObject({ idle: 0, starting: 1 });
  await supply.close(closing);
  expect(decoders.map((decoder) => decoder.closed)).toEqual([false, true]);
});

test('replacements go before newcomers', async () => {
  const { supply, makeReady } = supplied({ maxSpawning: 1 });
  const order: string[] = [];
  const newcomer = supply.take('newcomer', never()).then(() => order.push('newcomer'));
  const replacement = supply.take('replacement', never()).then(() => order.push('replacement'));
  await makeReady();
  await makeReady();
  await Promise.all([newcomer, replacement]);
  expect(order).toEqual(['replacement', 'newcomer']);
  await supply.close(closing);
});

test('more idle than wanted are ended', async () => {
  const { supply, decoders, target, makeReady } = supplied({ idleTarget: 2 });
  supply.tend();
  await makeReady();
  target.idle = 1;
  supply.tend();
  expect(supply.idle).toBe(1);
  expect(decoders.map((decoder) => decoder.closed)).toEqual([false, true]);
  await supply.close(closing);
});

test('who aborts while one starts gets none; it is ended when nobody wants it', async () => {
  const { supply, decoders, makeReady } = supplied();
  const leaving = new AbortController();
  const taken = supply.take('newcomer', leaving.signal);
  leaving.abort(new Error('gone home'));
  await expect(taken).rejects.toThrow('gone home');
  await makeReady();
  expect(decoders.map((decoder) => decoder.closed)).toEqual([true]);
  await expect(supply.take('newcomer', leaving.signal)).rejects.toThrow('gone home');
  await supply.close(closing);
});

test('idle ones that die are replaced, after a growing pause', async () => {
  const { supply, decoders, start, makeReady } = supplied({ idleTarget: 1 });
  supply.tend();
  for (let death = 0; death < 10; death += 1) {
    await makeReady();
    decoders.at(-1)?.die();
    await settled();
    const started = start.mock.calls.length;
    const pauseMs = Math.min(FIRST_BACKOFF_MS * 2 ** death, MAX_BACKOFF_MS);
    await vi.advanceTimersByTimeAsync(pauseMs - 1);
    expect(start).toHaveBeenCalledTimes(started);
    await vi.advanceTimersByTimeAsync(1);
    expect(start).toHaveBeenCalledTimes(started + 1);
  }
  expect(supply.failures).toBe(10);
  await supply.close(closing);
});

test('who waits is not kept by that pause', async () => {
  const { supply, decoders, start, makeReady } = supplied({ idleTarget: 1 });
  supply.tend();
  await makeReady();
  decoders[0]?.die();
  await settled();
  expect(start).toHaveBeenCalledTimes(1);
  const taken = supply.take('newcomer', never());
  expect(start).toHaveBeenCalledTimes(2);
  await makeReady();
  expect(await taken).toBe(decoders[1]);
  await supply.close(closing);
});

test('[INV4] who waits is told after some failures in a row', async () => {
  const { supply, decoders, start } = supplied({ maxSpawning: 1 });
  const taken = expect(supply.take('newcomer', never())).rejects.toMatchObject({
    code: 'decoder_failed',
  });
  for (let attempt = 0; attempt < MAX_START_ATTEMPTS; attempt += 1) {
    decoders.at(-1)?.failToStart(failure());
    await settled();
  }
  await taken;
  expect(start).toHaveBeenCalledTimes(MAX_START_ATTEMPTS);
  expect(supply).toMatchObject({ starting: 0, failures: MAX_START_ATTEMPTS });
  await supply.close(closing);
});

test('a start that throws is a failure as well, and a missing program is told at once', async () => {
  const { supply, start } = supplied();
  start.mockImplementation(() => {
    throw failure();
  });
  await expect(supply.take('newcomer', never())).rejects.toMatchObject({ code: 'decoder_failed' });
  expect(start).toHaveBeenCalledTimes(MAX_START_ATTEMPTS);
  start.mockImplementation(() => {
    throw new AppError('program_missing', 'No FFmpeg.');
  });
  await expect(supply.take('newcomer', never())).rejects.toMatchObject({ code: 'program_missing' });
  expect(start).toHaveBeenCalledTimes(MAX_START_ATTEMPTS + 1);
  await supply.close(closing);
});

test('closing rejects who waits and ends what starts; nobody comes in afterwards', async () => {
  const { supply, decoders, start } = supplied({ idleTarget: 2 });
  const waiting = expect(supply.take('replacement', never())).rejects.toBe(closing);
  await Promise.all([supply.close(closing), supply.close(closing)]);
  await waiting;
  expect(decoders.every((decoder) => decoder.closed)).toBe(true);
  const started = start.mock.calls.length;
  await expect(supply.take('newcomer', never())).rejects.toBe(closing);
  supply.tend();
  expect(start).toHaveBeenCalledTimes(started);
});
