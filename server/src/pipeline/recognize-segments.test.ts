import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { SAMPLES_PER_FRAME } from '../../../shared/limits.ts';
import type { Hypothesis, RecognitionRequest } from '../recognition/recognizer.ts';
import type { Turn } from '../scheduling/recognition-scheduler.ts';
import type { SpeechEvent } from '../segmentation/segment-speech.ts';
import { recognizeSegments, type Utterance } from './recognize-segments.ts';

const heard = (text: string, meanLogProbability = -0.1): Hypothesis => ({
  text,
  tokens: [1],
  meanLogProbability,
});

const MEMORY = Float32Array.of(0.5);

const samplesOf = (frames: number) => new Float32Array(frames * SAMPLES_PER_FRAME);

const closed = (startSeq: number, endSeq: number): SpeechEvent => ({
  kind: 'closed',
  startSeq,
  endSeq,
  samples: samplesOf(endSeq - startSeq),
  memory: MEMORY,
});

const growing = (startSeq: number, heardSeq: number): SpeechEvent => ({
  kind: 'growing',
  startSeq,
  heardSeq,
  spokenSeq: heardSeq,
  read: () => samplesOf(heardSeq - startSeq),
});

/** Answers each request after so many turns of the event loop. */
function turnWith(
  final: () => Hypothesis | Error,
  partial: () => Hypothesis | null = () => null,
  delays: readonly number[] = [0],
  early: () => Hypothesis | null = () => null,
): Turn & { closed: boolean; readAsFinal: RecognitionRequest[] } {
  let calls = 0;
  const readAsFinal: RecognitionRequest[] = [];
  const readEarly = new Map<RecognitionRequest, Hypothesis>();
  const wait = async (): Promise<void> => {
    const turns = delays[calls++ % delays.length] ?? 0;
    for (let at = 0; at < turns; at += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const turn = {
    closed: false,
    readAsFinal,
    early: async (request: RecognitionRequest) => {
      const answer = early();
      if (answer !== null) readEarly.set(request, answer);
      return answer;
    },
    final: async (request: RecognitionRequest) => {
      await wait();
      const known = readEarly.get(request);
      if (known !== undefined) return known;
      readAsFinal.push(request);
      const answer = final();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    partial: async (request: () => unknown) => {
      await wait();
      return request() === null ? null : partial();
    },
    follow: () => undefined,
    close: () => {
      turn.closed = true;
    },
  };
  return turn;
}

async function* eventsOf(events: readonly SpeechEvent[]): AsyncGenerator<SpeechEvent> {
  for (const event of events) {
    yield event;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function utterancesOf(
  events: readonly SpeechEvent[] | AsyncIterable<SpeechEvent>,
  turn: Turn,
): Promise<Utterance[]> {
  let now = 0;
  const all: Utterance[] = [];
  const stage = recognizeSegments('length' in events ? eventsOf(events) : events, turn, {
    language: 'en',
    firstSegment: 7,
    pace: () => ({ intervalMs: 500, crowded: false }),
    correct: (text) => {
      const corrected = text.replace('par lance', 'Parlance');
      return { text: corrected, openFrom: corrected.length };
    },
    now: () => {
      now += 200;
      return now;
    },
    observe: () => undefined,
  });
  for await (const utterance of stage) all.push(utterance);
  return all;
}

test('segments are numbered from where the session stands, and finals carry their frames', async () => {
  const turn = turnWith(() => heard('good morning everybody'));
  const utterances = await utterancesOf([closed(10, 90), closed(90, 150)], turn);
  expect(utterances).toEqual([
    {
      kind: 'final',
      segment: 7,
      startSeq: 10,
      endSeq: 90,
      text: 'good morning everybody',
      notUnderstood: false,
      memory: MEMORY,
    },
    {
      kind: 'final',
      segment: 8,
      startSeq: 90,
      endSeq: 150,
      text: 'good morning everybody',
      notUnderstood: false,
      memory: MEMORY,
    },
  ]);
  expect(turn.closed).toBe(true);
});

/** A segment that may be over: the event, and the one that closes it then. */
function settled(startSeq: number, heardSeq: number, endSeq: number): SpeechEvent[] {
  const samples = samplesOf(heardSeq - startSeq);
  return [
    { kind: 'settled', startSeq, heardSeq, samples },
    { kind: 'closed', startSeq, endSeq, samples, memory: MEMORY },
  ];
}

test('what was read in the pause is the final when nothing more is said, and shown before', async () => {
  const turn = turnWith(
    () => heard('read again'),
    () => null,
    [0],
    () => heard('good morning everybody'),
  );
  const [partial, final] = await utterancesOf(settled(0, 90, 80), turn);
  expect(partial).toMatchObject({ kind: 'partial', heardSeq: 90 });
  expect(partial?.kind === 'partial' && partial.shown.text).toBe('good morning everybody');
  expect(final).toMatchObject({ kind: 'final', text: 'good morning everybody', endSeq: 80 });
  expect(turn.readAsFinal).toEqual([]);
});

test('of two readings that end in another order than they began, the longer one stays', async () => {
  let answerEarly: (hypothesis: Hypothesis) => void = () => undefined;
  const turn: Turn = {
    ...turnWith(
      () => heard('good morning everybody and welcome'),
      () => heard('good morning everybody and'),
    ),
    early: () => new Promise((resolve) => (answerEarly = resolve)),
  };
  const [early] = settled(0, 90, 80);
  async function* events(): AsyncGenerator<SpeechEvent> {
    if (early !== undefined) yield early;
    yield* eventsOf([growing(0, 140), growing(0, 141)]);
    answerEarly(heard('good morning everybody'));
    yield* eventsOf([growing(0, 142), closed(0, 150)]);
  }
  const shown = (await utterancesOf(events(), turn)).flatMap((utterance) =>
    utterance.kind === 'partial' ? utterance.shown.text : [],
  );
  expect(shown).toContain('good morning everybody and');
  expect(shown).not.toContain('good morning everybody');
});

test('a final is read by itself when more was said, or there was no time in the pause', async () => {
  const more = turnWith(
    () => heard('good morning everybody'),
    () => null,
    [0],
    () => heard('good morning'),
  );
  const [early] = settled(0, 90, 80);
  const events = [early, growing(0, 120), closed(0, 130)].filter((event) => event !== undefined);
  const spoken = await utterancesOf(events, more);
  expect(spoken.at(-1)).toMatchObject({ kind: 'final', text: 'good morning everybody' });
  expect(more.readAsFinal).toHaveLength(1);
  const busy = turnWith(() => heard('good morning everybody'));
  expect(await utterancesOf(settled(0, 90, 80), busy)).toMatchObject([{ kind: 'final' }]);
  expect(busy.readAsFinal).toHaveLength(1);
});

test('what is too unlikely is held back, and its frames are accounted for all the same', async () => {
  const turn = turnWith(() => heard('the hen is a shirt of the wind', -3));
  const [final] = await utterancesOf([closed(0, 200)], turn);
  expect(final).toMatchObject({ kind: 'final', text: '', notUnderstood: true, endSeq: 200 });
});

test('noise makes an empty final without a notice', async () => {
  const [final] = await utterancesOf(
    [closed(0, 40)],
    turnWith(() => heard('')),
  );
  expect(final).toMatchObject({ kind: 'final', text: '', notUnderstood: false });
});

test('partials grow in revisions, and none follows its final', async () => {
  const words = ['one', 'one two', 'one two three', 'one two three four'];
  let at = 0;
  const turn = turnWith(
    () => heard('one two three four five'),
    () => heard(words[Math.min(at++, 3)] ?? ''),
  );
  const events = Array.from({ length: 12 }, (_, index) => growing(0, 60 + 10 * index));
  const utterances = await utterancesOf([...events, closed(0, 200)], turn);
  const partials = utterances.filter((utterance) => utterance.kind === 'partial');
  expect(partials.length).toBeGreaterThan(2);
  expect(partials.map((partial) => partial.revision)).toEqual(
    partials.map((_, index) => index + 1),
  );
  const shown = partials.at(-1)?.shown;
  expect(shown?.stableLength).toBeGreaterThan(0);
  expect(utterances.at(-1)?.kind).toBe('final');
});

test('terms are put right in partials and in the final', async () => {
  const turn = turnWith(
    () => heard('this is par lance speaking'),
    () => heard('this is par lance'),
  );
  const events = Array.from({ length: 4 }, (_, index) => growing(0, 60 + 30 * index));
  const utterances = await utterancesOf([...events, closed(0, 200)], turn);
  const partials = utterances.flatMap((each) => (each.kind === 'partial' ? [each.shown] : []));
  expect(partials.length).toBeGreaterThan(1);
  expect(new Set(partials.map(({ text }) => text))).toEqual(new Set(['this is Parlance']));
  expect(utterances.at(-1)).toMatchObject({ text: 'this is Parlance speaking' });
});

test('a final tells when each of its words was said', async () => {
  const words = ['this', 'is', 'par', 'lance'].map((text, index) => ({
    text,
    startMs: index * 300,
    endMs: index * 300 + 200,
  }));
  const turn = turnWith(() => ({ ...heard('this is par lance'), words }));
  const [final] = await utterancesOf([closed(0, 100)], turn);
  expect(final).toMatchObject({
    text: 'this is Parlance',
    wordTimes: [
      { startMs: 0, endMs: 200 },
      { startMs: 300, endMs: 500 },
      { startMs: 600, endMs: 1_100 },
    ],
  });
});

test('[INV9] a final is read from its samples alone, whatever partials came before', async () => {
  const requests: RecognitionRequest[] = [];
  const turn = turnWith(
    () => heard('one two three'),
    () => heard('one too'),
  );
  const final = turn.final;
  turn.final = (request) => {
    requests.push(request);
    return final(request);
  };
  const events = [growing(0, 60), growing(0, 80), growing(0, 100), closed(0, 200)];
  await utterancesOf(events, turn);
  expect(requests.map((request) => request.draft)).toEqual([undefined]);
});

test('[INV2] [INV3] finals, silence and gaps come once and in the order of the audio', async () => {
  const step = fc.constantFrom('speech', 'silence', 'gap');
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 6 }),
      async (steps, delays) => {
        const events = steps.map((kind, index): SpeechEvent => {
          const fromSeq = index * 100;
          const toSeq = fromSeq + 100;
          if (kind === 'speech') return closed(fromSeq, toSeq);
          if (kind === 'gap') return { kind, fromSeq, toSeq };
          return { kind: 'silence', ackedSeq: toSeq, memory: null };
        });
        const turn = turnWith(
          () => heard('some words'),
          () => null,
          delays,
        );
        const ends = (await utterancesOf(events, turn)).map((utterance) => {
          if (utterance.kind === 'final') return utterance.endSeq;
          return utterance.kind === 'gap'
            ? utterance.toSeq
            : 'ackedSeq' in utterance
              ? utterance.ackedSeq
              : -1;
        });
        expect(ends).toEqual(steps.map((_, index) => (index + 1) * 100));
      },
    ),
    { numRuns: 40 },
  );
});

test('a failing recogniser ends the stage with its error, after what came before', async () => {
  let calls = 0;
  const turn = turnWith(() => {
    calls += 1;
    return calls === 1 ? heard('fine so far') : new Error('broken');
  });
  await expect(utterancesOf([closed(0, 100), closed(100, 200)], turn)).rejects.toThrow('broken');
  expect(turn.closed).toBe(true);
});

test.each(['recognizer_failed', 'server_busy'] as const)(
  'a reading that fails with %s costs a partial only: the final is read again',
  async (code) => {
    const failing = () => {
      throw new AppError(code, 'Scripted.');
    };
    const turn = turnWith(
      () => ({ ...heard('fine after all'), engine: 'other' }),
      failing,
      [0],
      failing,
    );
    const samples = samplesOf(60);
    const settled: SpeechEvent = { kind: 'settled', startSeq: 0, heardSeq: 60, samples };
    const events = [growing(0, 40), growing(0, 60), settled, closed(0, 100)];
    const utterances = await utterancesOf(events, turn);
    expect(utterances).toMatchObject([{ kind: 'final', text: 'fine after all', engine: 'other' }]);
  },
);

test('any other failure of a partial ends the stage', async () => {
  const turn = turnWith(
    () => heard('fine'),
    () => {
      throw new Error('broken');
    },
  );
  await expect(
    utterancesOf([growing(0, 40), growing(0, 80), closed(0, 100)], turn),
  ).rejects.toThrow('broken');
});
