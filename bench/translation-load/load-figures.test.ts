import { expect, test } from 'vitest';
import type { PlacedEntry } from '../../shared/captions.ts';
import { type RoomSeen, windowFigures } from './load-figures.ts';
import { ViewerLog } from './viewer-log.ts';

const FRAME_MS = 20;
const SENTENCES = ['one two', 'three four'];

function final(segment: number, language: string, text: string, startSeq: number): PlacedEntry {
  return {
    type: 'final',
    cursor: '1-1',
    caption: {
      session: 's',
      segment,
      language,
      sourceLanguage: 'en',
      text,
      startMs: 0,
      endMs: 0,
      startSeq,
      endSeq: startSeq + 60,
      storedAt: 0,
      engine: language === 'en' ? 'scripted' : 'bergamot',
      quality: 'neural',
    },
  };
}

/** Two sentences; the viewers saw them at these moments. */
function room(): RoomSeen {
  const [whole, late] = [new ViewerLog(), new ViewerLog()];
  whole.entry(final(0, 'en', 'one two', 0), 1_100);
  whole.entry(final(0, 'es', 'uno dos', 0), 1_140);
  whole.entry(final(1, 'en', 'three', 90), 3_150);
  late.entry(final(0, 'en', 'one two', 0), 1_300);
  return {
    plan: [
      { sentence: 0, startFrame: 10, endFrame: 50 },
      { sentence: 1, startFrame: 100, endFrame: 150 },
    ],
    logs: [whole, late],
    endOf: ({ endFrame }) => endFrame * FRAME_MS,
  };
}

test('lags of a window, each viewer counted', () => {
  const figures = windowFigures([room()], SENTENCES, { from: 0, to: 2_000 }, true);
  expect(figures).toMatchObject({
    transcriptLagMs: { count: 2, p50: 100, max: 300 },
    finals: 2,
    expectedFinals: 2,
    wrong: 0,
    translationLagMs: { count: 1, p50: 40 },
    translations: 1,
    expectedTranslations: 2,
    engines: { bergamot: 1 },
  });
});

test('what is missing or wrong is counted', () => {
  const figures = windowFigures([room()], SENTENCES, { from: 2_000, to: 4_000 }, false);
  expect(figures).toMatchObject({
    finals: 1,
    expectedFinals: 2,
    wrong: 1,
    translations: 0,
    expectedTranslations: 0,
  });
});
