import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { Hypothesis, RecognitionRequest, Recognizer } from '../recognition/recognizer.ts';
import { RecognizerChain } from '../recognition/recognizer-chain.ts';
import { RecognitionScheduler } from './recognition-scheduler.ts';

const labels = new WeakMap<Float32Array, string>();
const ask = (label: string, kind: 'partial' | 'final' = 'final'): RecognitionRequest => {
  const samples = new Float32Array(1);
  labels.set(samples, label);
  return { samples, language: 'en', kind };
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Reads so many at a time, each until the test lets it go, and lets others wait in the order they came. */
class HeldRecognizer implements Recognizer {
  readonly name: string;
  readonly capabilities: Recognizer['capabilities'];
  away = false;
  /** Labels of what it reads, and of what waits in it. */
  readonly reading: string[] = [];
  readonly waiting: string[] = [];
  readonly #ends = new Map<string, () => void>();

  constructor(name: string, concurrency: number, extraReadings: 'none' | 'all') {
    this.name = name;
    this.capabilities = {
      ...{ languages: ['en'], maxUtteranceMs: 30_000, drafts: false, wordTimes: false },
      ...{ concurrency, extraReadings },
    };
  }

  recognize({ samples }: RecognitionRequest): Promise<Hypothesis> {
    if (this.away) return Promise.reject(new AppError('recognizer_failed', 'Scripted.'));
    const label = labels.get(samples) ?? '';
    const isFull = this.reading.length >= this.capabilities.concurrency;
    (isFull ? this.waiting : this.reading).push(label);
    return new Promise((resolve) => {
      this.#ends.set(label, () => resolve({ text: label, tokens: [], meanLogProbability: null }));
    });
  }

  async end(label: string): Promise<void> {
    this.reading.splice(this.reading.indexOf(label), 1);
    const next = this.waiting.shift();
    if (next !== undefined) this.reading.push(next);
    this.#ends.get(label)?.();
    await settled();
  }

  async endAll(): Promise<void> {
    while (this.reading.length > 0) await this.end(this.reading[0] ?? '');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Finals are read far away, eight at a time; partials, and finals while that fails, here by two threads. */
function scene() {
  const far = new HeldRecognizer('far', 8, 'none');
  const near = new HeldRecognizer('near', 2, 'all');
  const chain = new RecognizerChain([far, near]);
  const scheduler = new RecognitionScheduler(chain, {
    partialIntervalMs: 700,
    maxFinalWaitMs: 2_000,
  });
  const asked: Promise<unknown>[] = [];
  const refused: string[] = [];
  const note = (label: string, answer: Promise<unknown>) => {
    asked.push(answer.catch((error: AppError) => refused.push(`${label} ${error.code}`)));
  };
  const partial = (label: string) =>
    note(
      label,
      scheduler.open('room').partial(() => ask(label, 'partial'), 'later', 0),
    );
  const final = (label: string) => note(label, scheduler.open('room').final(ask(label)));
  closers.push(async () => {
    const closed = scheduler.close();
    await Promise.all([far.endAll(), near.endAll()]);
    await Promise.all([closed, ...asked]);
  });
  return { far, near, scheduler, partial, final, refused };
}

const some = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `${name}${index}`);

test('[INV8] partials that wait for the machine hold up no final that is read outside', async () => {
  const { far, near, scheduler, partial, final } = scene();
  for (const label of some(10, 'partial')) partial(label);
  expect(near).toMatchObject({ reading: ['partial0', 'partial1'], waiting: [] });
  for (const label of some(9, 'final')) final(label);
  await settled();
  expect(far.reading).toEqual(some(8, 'final'));
  expect(scheduler.stats).toMatchObject({
    slots: 10,
    running: 10,
    finalsWaiting: 1,
    partialsWaiting: 8,
  });
});

test('finals that are read outside, however slowly, stop no partials here', async () => {
  const { near, partial, final } = scene();
  for (const label of some(12, 'final')) final(label);
  for (const label of some(3, 'partial')) partial(label);
  await settled();
  expect(near.reading).toEqual(['partial0', 'partial1']);
  await near.end('partial0');
  expect(near.reading).toEqual(['partial1', 'partial2']);
});

test('[INV8] while the service outside is away, finals go before partials here', async () => {
  const { far, near, partial, final } = scene();
  far.away = true;
  for (const label of some(4, 'partial')) partial(label);
  for (const label of some(3, 'final')) final(label);
  await settled();
  expect(near).toMatchObject({ reading: ['partial0', 'partial1'], waiting: [] });
  for (const label of ['partial0', 'partial1', 'final0', 'final1']) await near.end(label);
  expect(near).toMatchObject({ reading: ['final2', 'partial2'], waiting: [] });
});

test('[INV8] a final that one service could not read waits behind no partial that waits', async () => {
  const { far, near, partial, final, refused } = scene();
  far.recognize = () => Promise.reject(new AppError('recognizer_failed', 'Scripted.'));
  for (const label of some(2, 'final')) final(label);
  await settled();
  expect(near.reading).toEqual(['final0', 'final1']);
  for (const label of some(2, 'partial')) partial(label);
  final('final2');
  await settled();
  expect(near.waiting).toEqual(['final2']);
  expect(refused).toEqual(['partial0 server_busy', 'partial1 server_busy']);
});

test('after a service came back finals are read by as many as before', async () => {
  const { far, near, final } = scene();
  far.away = true;
  for (const label of some(6, 'final')) final(label);
  await settled();
  expect(near.reading).toEqual(['final0', 'final1']);
  far.away = false;
  await near.end('final0');
  expect(far.reading).toEqual(['final2', 'final3', 'final4', 'final5']);
});
