import { expect, test } from 'vitest';
import type { FinalCaption, PlacedEntry } from '../../shared/captions.ts';
import { judgeSession, type ReaderLog, type SpokenSession } from './judge-session.ts';

const SPOKEN: SpokenSession = {
  session: 's',
  language: 'en',
  frames: 200,
  voice: [
    { startMs: 190, endMs: 1_010 },
    { startMs: 2_000, endMs: 3_000 },
  ],
  gaps: [],
};

function caption(segment: number, startSeq: number, endSeq: number, language = 'en'): FinalCaption {
  return {
    session: 's',
    segment,
    language,
    sourceLanguage: 'en',
    text: `words of ${segment}`,
    startSeq,
    endSeq,
    startMs: startSeq * 20,
    endMs: endSeq * 20,
    storedAt: 0,
    engine: 'scripted',
    quality: 'none',
  };
}

const FIRST = caption(0, 5, 60);
const SECOND = caption(1, 90, 160);

function log(captions: readonly FinalCaption[], language = 'en', name = 'viewer'): ReaderLog {
  const entries = captions.map(
    (each, index): PlacedEntry => ({ type: 'final', caption: each, cursor: `${index + 1}-0` }),
  );
  return { name, language, entries };
}

const judge = (...captions: FinalCaption[]) => judgeSession(SPOKEN, [log(captions)]);

test('a session of which every frame of speech lies in one final is right', () => {
  expect(judge(FIRST, SECOND)).toMatchObject({
    lostFrames: 0,
    doubledFrames: 0,
    gapFrames: 0,
    speechFrames: 40 + 50,
    problems: [],
  });
});

test('[INV1] frames of speech in no final are lost, to the frame', () => {
  const { lostFrames, lostRuns, problems } = judge(caption(0, 12, 60), caption(1, 90, 149));
  expect(lostRuns).toEqual([
    { fromSeq: 10, toSeq: 12 },
    { fromSeq: 149, toSeq: 150 },
  ]);
  expect(lostFrames).toBe(3);
  expect(problems).toHaveLength(1);
});

test('[INV1] what a client declared as a gap is told apart from what is lost', () => {
  const gaps = [{ fromSeq: 100, toSeq: 160 }];
  const verdict = judgeSession({ ...SPOKEN, gaps }, [log([FIRST])]);
  expect(verdict).toMatchObject({ lostFrames: 0, gapFrames: 60 });
});

test('[INV2] frames in two finals are doubled, whoever saw them', () => {
  const other = log([FIRST, caption(1, 58, 160)], 'en', 'other');
  expect(judgeSession(SPOKEN, [log([FIRST, SECOND]), other]).doubledFrames).toBe(2 + 70);
  expect(judge(FIRST, caption(1, 55, 160)).doubledFrames).toBe(5);
});

test('[INV3] a reader that misses, repeats or swaps finals is told by name', () => {
  const readers = [
    log([FIRST, SECOND], 'en', 'whole'),
    log([SECOND], 'en', 'missing'),
    log([SECOND, FIRST], 'en', 'swapped'),
    log([FIRST, FIRST, SECOND], 'en', 'repeated'),
  ];
  const verdict = judgeSession(SPOKEN, readers);
  expect(
    verdict.readers.map(({ missing, outOfOrder, repeated }) => [missing, outOfOrder, repeated]),
  ).toEqual([
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  expect(verdict.problems).toHaveLength(3);
});

test('[INV3] a segment that nobody saw is a hole in the numbers', () => {
  const verdict = judgeSession(SPOKEN, [log([caption(0, 5, 60), caption(2, 90, 160)])]);
  expect(verdict.problems).toEqual(['[INV3] segments that nobody saw: 1 (viewer)']);
});

test('[INV6] every final with words is read once in the reader’s language, after its original', () => {
  const spanish = (segment: number): FinalCaption => caption(segment, 5, 60, 'es');
  const whole = log([FIRST, spanish(0), SECOND, spanish(1)], 'es', 'whole');
  const unfinished = log([FIRST, SECOND, spanish(1)], 'es', 'unfinished');
  const early = log([FIRST, spanish(0), spanish(1), SECOND], 'es', 'early');
  const twice = log([FIRST, spanish(0), SECOND, spanish(1), spanish(1)], 'es', 'twice');
  const { readers, problems } = judgeSession(SPOKEN, [whole, unfinished, early, twice]);
  expect(readers.map(({ translationsDue }) => translationsDue)).toEqual([2, 2, 2, 2]);
  expect(readers.map(({ translationsSeen }) => translationsSeen)).toEqual([2, 1, 2, 2]);
  expect(problems).toEqual([
    '[INV6] translations into es missing: 1 (unfinished)',
    '[INV3] finals out of order: 1 (early)',
    '[INV2] finals seen twice: 1 (twice)',
  ]);
});

test('finals of noise need no translation', () => {
  const noise = { ...SECOND, text: '' };
  const reader = log([FIRST, { ...FIRST, language: 'es' }, noise], 'es');
  expect(judgeSession(SPOKEN, [reader]).problems).toEqual([]);
});

test('[INV3] an entry shown again by its cursor is out of order', () => {
  const entries = log([FIRST, SECOND]).entries.map((entry) => ({ ...entry, cursor: '1-0' }));
  const [verdict] = judgeSession(SPOKEN, [{ name: 'viewer', language: 'en', entries }]).readers;
  expect(verdict?.outOfOrder).toBe(1);
});
