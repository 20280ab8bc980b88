import { expect, test } from 'vitest';
import type { SegmentRecord } from '../live/session-record.ts';
import type { ClipOutcome } from './outcome.ts';
import { scoreFlicker, scoreLatency, scoreShown, scoreWords } from './score.ts';

interface Drawn {
  readonly partials?: readonly (readonly [text: string, atMs: number, stableLength?: number])[];
  readonly final?: readonly [text: string, atMs: number];
  readonly heldBack?: boolean;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly spanish?: readonly string[];
}

function segment(
  number: number,
  { partials = [], final, heldBack = false, startMs = 0, endMs = 2000, spanish = [] }: Drawn,
): SegmentRecord {
  const notice = heldBack ? ('not_understood' as const) : null;
  const shown = (texts: readonly string[]) =>
    texts.map((text) => ({ text, atMs: 0, stableLength: 0 }));
  const spanishFinal = shown(spanish).at(-1);
  return {
    segment: number,
    startMs,
    endMs,
    captions: [
      {
        language: 'en',
        partials: partials.map(([text, atMs, stableLength = 0]) => ({ text, atMs, stableLength })),
        final: final
          ? { text: final[0], atMs: final[1], engine: 'scripted', notice, startSeq: 0, endSeq: 1 }
          : null,
      },
      {
        language: 'es',
        partials: shown(spanish.slice(0, -1)),
        final: spanishFinal
          ? {
              ...spanishFinal,
              ...{ atMs: 2600, engine: 'scripted', notice: null, startSeq: 0, endSeq: 1 },
            }
          : null,
      },
    ],
  };
}

function outcome(
  reference: string,
  segments: readonly SegmentRecord[],
  extra: Partial<ClipOutcome> = {},
): ClipOutcome {
  return {
    id: 'clip',
    set: 'en',
    language: 'en',
    seconds: 30,
    reference,
    whole: reference,
    wholeAfterOpus: '',
    voice: [{ startMs: 300, endMs: 1700 }],
    live: { kind: 'spoken', segments, sentMs: 30_000, missingFinals: 0, sentLateMs: 7 },
    ...extra,
  };
}

test('words: finals of a clip joined, beside the whole reading, failures as lost words', () => {
  const score = scoreWords([
    outcome('one two three four', [
      segment(0, { final: ['One too', 0] }),
      segment(1, { final: ['', 0], heldBack: true }),
      segment(2, { final: ['four', 0] }),
    ]),
    outcome('five six', [], { live: { kind: 'failed', error: 'server_busy' }, whole: 'five' }),
  ]);
  expect(score.live).toEqual({
    substitutions: 1,
    insertions: 0,
    deletions: 3,
    words: 6,
    rate: 4 / 6,
  });
  expect(score.whole).toMatchObject({ deletions: 1, rate: 1 / 6 });
  expect(score.wholeAfterOpus.rate).toBe(1);
  expect(score).toMatchObject({ clips: 2, seconds: 60, segments: 3, heldBack: 1, failed: 1 });
});

test('words shown where none should be, for good or in passing', () => {
  const score = scoreShown([
    outcome('', [
      segment(0, {
        partials: [
          ['Thank you for', 0],
          ['Thank', 1],
        ],
        final: ['', 2],
        heldBack: true,
      }),
      segment(1, { partials: [['You', 0]], final: ['You too.', 2] }),
    ]),
    outcome('', []),
  ]);
  expect(score).toEqual({
    clips: 2,
    minutes: 1,
    finalWords: 2,
    finalWordsPerMinute: 2,
    passingWords: 3,
    passingWordsPerMinute: 3,
    segments: 2,
    heldBack: 1,
    failed: 0,
  });
});

test('latency: from the onset to the first words, from the end of speech to finals', () => {
  const score = scoreLatency(
    [
      outcome('hello there', [
        segment(0, {
          partials: [
            ['', 900],
            ['hello', 1000],
          ],
          final: ['Hello there.', 2500],
          spanish: ['Hola.'],
        }),
      ]),
      // A pause in which nothing is said has neither an onset nor an end.
      outcome('', [segment(0, { final: ['You', 9000], startMs: 5000, endMs: 6000 })]),
      // Nothing shown of a segment that was held back.
      outcome('', [segment(0, { final: ['', 2500], heldBack: true })]),
    ],
    ['es', 'ca'],
  );
  expect(score.firstWordsMs).toEqual({ count: 1, p50: 700, p95: 700, max: 700 });
  expect(score.finalLagMs).toEqual({ count: 1, p50: 800, p95: 800, max: 800 });
  expect(score.translationLagMs.es?.p50).toBe(900);
  expect(score.translationLagMs.ca?.count).toBe(0);
  expect(score.sentLateMs).toMatchObject({ count: 3, max: 7 });
});

test('flicker: partials and the final of each segment, by language', () => {
  const clips = [
    outcome('a b c', [
      segment(0, {
        partials: [
          ['a x', 0, 3],
          ['a b', 1, 1],
        ],
        final: ['a b c', 2],
        spanish: ['y', 'z'],
      }),
      segment(1, { partials: [['d', 3]], final: ['d', 4] }),
    ]),
  ];
  expect(scoreFlicker(clips, 'en')).toEqual({
    language: 'en',
    erasedTokens: 1,
    finalTokens: 4,
    normalizedErasure: 0.25,
    stableErasure: 0.25,
    partials: 3,
  });
  expect(scoreFlicker(clips, 'es')).toMatchObject({ erasedTokens: 1, finalTokens: 1 });
  expect(scoreFlicker(clips, 'gl')).toMatchObject({ normalizedErasure: 0, partials: 0 });
});
