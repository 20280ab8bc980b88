import { expect, test } from 'vitest';
import { finalEntry, speakerEntry } from '../../../client/src/live/testing/captions.ts';
import { SpeechReport } from './speech-report.ts';

const SESSION = 'session-a';

test('every segment needs its original and each translation asked for', () => {
  const report = new SpeechReport('en', ['es', 'ca', 'en']);
  report.take(finalEntry('1-0'), SESSION);
  report.take(finalEntry('2-0', { language: 'es' }), SESSION);
  report.take(finalEntry('3-0', { segment: 1, language: 'ca' }), SESSION);
  expect(report.missing(2)).toEqual([
    { segment: 0, language: 'ca' },
    { segment: 1, language: 'en' },
    { segment: 1, language: 'es' },
  ]);
  expect([report.finals, report.translations, report.segmentsSeen]).toEqual([1, 2, 2]);
});

test('nothing is missing of a segment without words but its original', () => {
  const report = new SpeechReport('en', ['es']);
  report.take(finalEntry('1-0', { text: '', notice: 'not_understood' }), SESSION);
  expect(report.missing(1)).toEqual([]);
});

test('a translation that failed for good counts as come', () => {
  const report = new SpeechReport('en', ['es']);
  report.take(finalEntry('1-0'), SESSION);
  report.take(finalEntry('2-0', { language: 'es', notice: 'untranslated' }), SESSION);
  expect(report.missing(1)).toEqual([]);
});

test('[INV2] a final counts once, and those of others not at all', () => {
  const report = new SpeechReport('en', []);
  expect(report.take(finalEntry('1-0'), SESSION)).toMatchObject({ text: 'hello' });
  expect(report.take(finalEntry('1-0'), SESSION)).toBeNull();
  expect(report.take(finalEntry('2-0', { session: 'session-b' }), SESSION)).toBeNull();
  expect(report.take(speakerEntry('3-0'), SESSION)).toBeNull();
  expect(report.finals).toBe(1);
});

test('a session without speech misses nothing', () => {
  const report = new SpeechReport('en', ['es']);
  expect(report.missing(0)).toEqual([]);
  expect(report.segmentsSeen).toBe(0);
});
