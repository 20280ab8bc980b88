import { expect, test } from 'vitest';
import { finalEntry, speakerEntry } from '../../../client/src/live/testing/captions.ts';
import { MAX_AWAITED, RoomProgress } from './room-progress.ts';

test('what was said in another language is awaited until its translation comes', () => {
  const progress = new RoomProgress('es');
  expect(progress.translated).toBe(true);
  progress.entry(finalEntry('1-0'));
  progress.entry(finalEntry('2-0', { segment: 1, text: '', notice: 'not_understood' }));
  progress.entry(finalEntry('3-0', { language: 'ca' }));
  expect(progress.translated).toBe(false);
  progress.entry(finalEntry('4-0', { language: 'es' }));
  expect(progress.translated).toBe(true);
  progress.entry(finalEntry('1-0'));
  expect(progress.translated).toBe(true);
});

test('what is spoken in the language that one reads needs none', () => {
  const progress = new RoomProgress('en');
  progress.entry(finalEntry('1-0'));
  expect(progress.translated).toBe(true);
});

test('a room is over when the last of those who spoke has left, not before anybody did', () => {
  const progress = new RoomProgress('es');
  progress.entry(speakerEntry('1-0', { session: 'earlier' }));
  progress.entry(speakerEntry('1-1', { session: 'earlier', live: false }));
  progress.begin();
  expect(progress.over).toBe(false);
  progress.speaker({ session: 'session-a', name: '', language: 'en', live: true });
  progress.entry(speakerEntry('2-0', { session: 'session-b' }));
  progress.entry(speakerEntry('3-0', { live: false }));
  expect(progress.over).toBe(false);
  progress.entry(speakerEntry('4-0', { session: 'session-b', live: false }));
  expect(progress.over).toBe(true);
});

test('who speaks already when one comes counts', () => {
  const progress = new RoomProgress('es');
  progress.entry(speakerEntry('1-0'));
  progress.begin();
  expect(progress.over).toBe(false);
  progress.entry(speakerEntry('2-0', { live: false }));
  expect(progress.over).toBe(true);
});

test('a room that its owner ended is over at once', () => {
  const progress = new RoomProgress('es');
  progress.entry({ cursor: '1-0', type: 'ended', erased: false });
  expect(progress.over).toBe(true);
});

test('[INV4] only so many translations are awaited', () => {
  const progress = new RoomProgress('es');
  for (let segment = 0; segment < MAX_AWAITED + 1; segment += 1) {
    progress.entry(finalEntry(`${segment}-1`, { segment }));
  }
  for (let segment = 1; segment < MAX_AWAITED + 1; segment += 1) {
    progress.entry(finalEntry(`${segment}-2`, { segment, language: 'es' }));
  }
  expect(progress.translated).toBe(true);
});
