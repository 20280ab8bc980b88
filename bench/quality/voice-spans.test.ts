import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAtPauses, onsetAfter, speechEndWithin, voiceSpans } from './voice-spans.ts';

/** Windows of 32 ms each from a drawing: `#` speech, `~` between the thresholds, `.` none. */
function drawn(picture: string): Float32Array {
  return Float32Array.from(picture, (sign) => (sign === '#' ? 0.9 : sign === '~' ? 0.4 : 0.1));
}

test('speech goes on through doubtful windows but does not begin in one', () => {
  expect(voiceSpans(drawn('~~########~~..'))).toEqual([{ startMs: 64, endMs: 384 }]);
  expect(voiceSpans(drawn('....'))).toEqual([]);
});

test('short pauses are bridged, longer ones kept, short sounds dropped', () => {
  expect(voiceSpans(drawn('########...########'))).toEqual([{ startMs: 0, endMs: 608 }]);
  expect(voiceSpans(drawn('########....########'))).toEqual([
    { startMs: 0, endMs: 256 },
    { startMs: 384, endMs: 640 },
  ]);
  expect(voiceSpans(drawn('....#######....'))).toEqual([]);
});

const spans = [
  { startMs: 1000, endMs: 3000 },
  { startMs: 4000, endMs: 9000 },
];

test('finds the onset after a moment and the end before one', () => {
  expect(onsetAfter(spans, 0)).toBe(1000);
  expect(onsetAfter(spans, 2000)).toBe(2000);
  expect(onsetAfter(spans, 3500)).toBe(4000);
  expect(onsetAfter(spans, 9000)).toBeNull();
  expect(speechEndWithin(spans, 0, 3300)).toBe(3000);
  expect(speechEndWithin(spans, 0, 5000)).toBe(5000);
  expect(speechEndWithin(spans, 3100, 9900)).toBe(9000);
  expect(speechEndWithin(spans, 3000, 4000)).toBeNull();
});

test('cuts in the longest pause of the second half, else at the limit', () => {
  const speech = [
    { startMs: 0, endMs: 2000 },
    { startMs: 4000, endMs: 8000 },
    { startMs: 8200, endMs: 9000 },
    { startMs: 9600, endMs: 40_000 },
  ];
  expect(cutAtPauses(speech, 30_000 * 16, 12_000)).toEqual([
    { start: 0, end: 9300 * 16 },
    { start: 9300 * 16, end: 21_300 * 16 },
    { start: 21_300 * 16, end: 30_000 * 16 },
  ]);
  expect(cutAtPauses(speech, 9000 * 16, 12_000)).toEqual([{ start: 0, end: 9000 * 16 }]);
});

test('pieces cover everything once and keep below the limit', () => {
  const lengths = fc.array(fc.tuple(fc.integer({ min: 250, max: 9000 }), fc.nat({ max: 4000 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(lengths, (speechAndPause) => {
      let atMs = 0;
      const voice = speechAndPause.map(([speechMs, pauseMs]) => {
        const span = { startMs: atMs, endMs: atMs + speechMs };
        atMs += speechMs + pauseMs;
        return span;
      });
      const total = atMs * 16;
      const pieces = cutAtPauses(voice, total, 6000);
      expect(pieces[0]?.start).toBe(0);
      expect(pieces.at(-1)?.end).toBe(total);
      for (const [index, piece] of pieces.entries()) {
        expect(piece.end - piece.start).toBeLessThanOrEqual(6000 * 16);
        expect(piece.start).toBe(pieces[index - 1]?.end ?? 0);
      }
    }),
  );
});
