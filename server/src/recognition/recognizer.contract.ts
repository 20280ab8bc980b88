import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLE_RATE } from '../../../shared/limits.ts';
import { wordErrorRate } from '../testing/word-error-rate.ts';
import { guardHypothesis } from './hypothesis-guard.ts';
import type { RecognitionRequest, Recognizer, WordTime } from './recognizer.ts';

/** An utterance and what is said in it. */
export interface SpokenUtterance {
  readonly samples: Float32Array;
  readonly reference: string;
}

export interface RecognizerFixtures {
  /** At least two, none longer than the recogniser reads. */
  readonly utterances: readonly SpokenUtterance[];
  /** Over all utterances together. */
  readonly maxWordErrorRate: number;
}

/**
 * What every recogniser must do, whatever is behind it. `create` makes one that works on two
 * utterances at the same time; `load` reads the fixtures before the first test.
 */
export function describeRecognizerContract(
  name: string,
  create: () => Promise<Recognizer>,
  load: () => Promise<RecognizerFixtures>,
): void {
  describe(`${name} is a recogniser`, () => {
    let recognizer: Recognizer;
    let fixtures: RecognizerFixtures;
    let first: SpokenUtterance;

    beforeAll(async () => {
      fixtures = await load();
      recognizer = await create();
      const [utterance] = fixtures.utterances;
      if (utterance === undefined) throw new Error('Expected at least one utterance.');
      first = utterance;
    });

    afterAll(() => recognizer.close());

    const read = (samples: Float32Array, more: Partial<RecognitionRequest> = {}) =>
      recognizer.recognize({ samples, language: language(), ...more });
    const language = () => recognizer.capabilities.languages[0] ?? '';
    const seconds = (count: number) => new Float32Array(count * SAMPLE_RATE);
    const stillReads = async () => {
      const { text } = await read(first.samples);
      expect(wordErrorRate([{ reference: first.reference, heard: text }])).toBeLessThan(0.5);
    };

    test('says what it can do', () => {
      const { languages, maxUtteranceMs, concurrency } = recognizer.capabilities;
      expect(recognizer.name).toMatch(/^[a-z0-9-]+$/);
      expect(languages.every((tag) => /^[a-z]{2}$/.test(tag))).toBe(true);
      expect(languages.length).toBeGreaterThan(0);
      expect(maxUtteranceMs).toBeGreaterThanOrEqual(5000);
      expect(concurrency).toBe(2);
    });

    test('hears what is said', async () => {
      const pairs = [];
      for (const { samples, reference } of fixtures.utterances) {
        const hypothesis = await read(samples);
        pairs.push({ reference, heard: hypothesis.text });
        const { meanLogProbability } = hypothesis;
        if (meanLogProbability !== null) expect(meanLogProbability).toBeLessThanOrEqual(0);
        const verdict = guardHypothesis(hypothesis, (samples.length * 1000) / SAMPLE_RATE);
        expect(verdict.kind).toBe('accepted');
      }
      expect(wordErrorRate(pairs)).toBeLessThanOrEqual(fixtures.maxWordErrorRate);
    });

    test('hears the same again, and leaves the samples to their owner', async () => {
      const samples = first.samples.slice();
      const once = await read(samples);
      expect(samples).toEqual(first.samples);
      expect(await read(samples)).toEqual(once);
    });

    test('answers each of several at once with its own text', async () => {
      const alone: string[] = [];
      for (const { samples } of fixtures.utterances) alone.push((await read(samples)).text);
      const together = await Promise.all(fixtures.utterances.map(({ samples }) => read(samples)));
      expect(together.map(({ text }) => text)).toEqual(alone);
    });

    test('a draft does not change the meaning, whatever is in it', async () => {
      const plain = (await read(first.samples)).text;
      const early = await read(first.samples.subarray(0, Math.floor(first.samples.length * 0.7)));
      const drafts = [
        early.tokens,
        [...early.tokens].reverse(),
        [0, 1, 2, -1, 0.5, Number.NaN, 1e9],
        Array.from({ length: 20_000 }, (_, at) => at + 3),
      ];
      for (const draft of drafts) {
        const { text } = await read(first.samples, { draft });
        expect(wordErrorRate([{ reference: plain, heard: text }])).toBeLessThan(0.2);
      }
    });

    test('says when each word was said, where it can and is asked to', async () => {
      const { wordTimes, maxUtteranceMs } = recognizer.capabilities;
      const long = seconds(Math.min(20, maxUtteranceMs / 1000));
      long.set(first.samples.subarray(0, long.length));
      const inputs = [
        ...fixtures.utterances.map(({ samples }) => samples),
        first.samples.subarray(0, Math.floor(first.samples.length / 2)),
        long,
        ...[0, 895, 3200, SAMPLE_RATE].map((length) => new Float32Array(length)),
        seconds(1).fill(Number.NaN),
      ];
      for (const samples of inputs) {
        const { text, words } = await read(samples, { wordTimes: true });
        if (!wordTimes) expect(words).toBeUndefined();
        else expectTimes(text, words ?? null, (samples.length * 1000) / SAMPLE_RATE);
      }
      expect((await read(first.samples)).words).toBeUndefined();
    });

    test('a draft and the question for times leave each other alone', async () => {
      const { tokens, text } = await read(first.samples);
      const timed = await read(first.samples, { draft: [...tokens].reverse(), wordTimes: true });
      if (timed.words !== undefined) {
        expectTimes(timed.text, timed.words, (first.samples.length * 1000) / SAMPLE_RATE);
      }
      expect((await read(first.samples, { wordTimes: true })).text).toBe(text);
    });

    test('a language it does not know is refused by name', async () => {
      await expect(read(first.samples, { language: 'xx' })).rejects.toMatchObject({
        code: 'language_unsupported',
      });
    });

    test('[INV4] an utterance that is too long is refused by name', async () => {
      const tooLong = recognizer.capabilities.maxUtteranceMs / 1000 + 1;
      await expect(read(seconds(tooLong))).rejects.toMatchObject({ code: 'invalid_message' });
      await stillReads();
    });

    test('an aborted request rejects with its reason', async () => {
      const reason = new Error('no longer wanted');
      await expect(read(first.samples, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const controller = new AbortController();
      const { concurrency } = recognizer.capabilities;
      const others = Array.from({ length: concurrency }, () => read(first.samples));
      const waiting = read(first.samples, { signal: controller.signal });
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      await Promise.all(others);
      await stillReads();
    });

    test('hears nothing in the shortest inputs', async () => {
      for (const length of [0, 1, 400, 894]) {
        expect((await read(new Float32Array(length))).text).toBe('');
      }
      for (const length of [895, 1600, 3200]) {
        const hypothesis = await read(new Float32Array(length));
        expect(guardHypothesis(hypothesis, (length * 1000) / SAMPLE_RATE).kind).toBe('refused');
      }
    });

    test('what it makes of silence is not shown', async () => {
      const hypothesis = await read(seconds(3));
      expect(guardHypothesis(hypothesis, 3000).kind).toBe('refused');
    });

    test('samples that are no numbers do no harm', async () => {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e30]) {
        const { text } = await read(seconds(1).fill(value));
        expect(typeof text).toBe('string');
      }
      await stillReads();
    });

    test('close lets the work end, refuses more, and twice is once', async () => {
      const closing = await create();
      const request = { samples: first.samples, language: language() };
      const running = closing.recognize(request);
      const closed = Promise.all([closing.close(), closing.close()]);
      await expect(closing.recognize(request)).rejects.toMatchObject({ code: 'shutting_down' });
      expect((await running).text).not.toBe('');
      await closed;
      await closing.close();
    });
  });
}

/** All words of the text, in order, none before the one in front of it is over. */
function expectTimes(text: string, words: readonly WordTime[] | null, durationMs: number): void {
  const spoken = text.split(/\s+/).filter((word) => word !== '');
  expect(words?.map((word) => word.text)).toEqual(spoken);
  let end = 0;
  for (const { startMs, endMs } of words ?? []) {
    expect([startMs, endMs].every(Number.isInteger)).toBe(true);
    expect(startMs).toBeGreaterThanOrEqual(end);
    expect(endMs).toBeGreaterThanOrEqual(startMs);
    expect(endMs).toBeLessThanOrEqual(durationMs);
    end = endMs;
  }
}
