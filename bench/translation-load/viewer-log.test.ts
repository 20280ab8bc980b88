import { expect, test } from 'vitest';
import type { FinalCaption, PartialCaption, PlacedEntry } from '../../shared/captions.ts';
import { ViewerLog } from './viewer-log.ts';

const place = {
  session: 's',
  segment: 0,
  sourceLanguage: 'en',
  startMs: 0,
  endMs: 100,
  engine: 'made',
};

function partial(language: string, text: string, revision: number, segment = 0): PartialCaption {
  const stableLength = text.length;
  return { ...place, language, text, revision, segment, stableLength, epoch: 1 };
}

function final(language: string): PlacedEntry {
  const caption: FinalCaption = {
    ...place,
    language,
    text: language === 'en' ? 'one two' : 'uno dos',
    startSeq: 3,
    endSeq: 9,
    storedAt: 0,
    quality: 'neural',
  };
  return { type: 'final', caption, cursor: '1-1' };
}

test('a final and its translation, each with its arrival', () => {
  const log = new ViewerLog();
  log.entry(final('en'), 100);
  log.entry(final('es'), 130);
  expect(log.segments.get(0)).toEqual({
    startSeq: 3,
    endSeq: 9,
    text: 'one two',
    sourceAt: 100,
    translation: { at: 130, engine: 'made', quality: 'neural' },
  });
  expect(log.repeated).toBe(0);
  log.entry(final('en'), 140);
  log.entry(final('es'), 150);
  expect(log.repeated).toBe(2);
  expect(log.segments.get(0)?.translation?.at).toBe(130);
});

test('a partial is worth a translation when two more words are committed', () => {
  const log = new ViewerLog();
  for (const [revision, text] of ['one', 'one two', 'one two three', 'a b c d'].entries()) {
    log.partial(partial('en', text, revision), revision * 10);
  }
  log.partial(partial('en', 'next segment', 0, 1), 50);
  expect(log.partials.possible).toEqual([10, 50]);
});

test('the delay of a translated partial counts from the one that it translates', () => {
  const log = new ViewerLog();
  log.partial(partial('en', 'one two', 1), 10);
  log.partial(partial('en', 'one two three', 2), 20);
  log.partial(partial('es', 'uno dos', 1), 25);
  // Of a segment that is over, and of a revision that never came.
  log.partial(partial('es', 'cero', 1, 7), 26);
  log.partial(partial('es', 'tres', 9), 27);
  expect(log.partials.translated).toEqual([{ at: 25, lagMs: 15 }]);
});
