import { expect, test } from 'vitest';
import { finalEntry, partialCaption, speakerEntry } from './testing/captions.ts';
import { MAX_PARTIAL_LINES, MAX_SPEAKERS, MAX_TRANSCRIPT_LINES, Transcript } from './transcript.ts';

const shown = (transcript: Transcript) =>
  transcript.lines.map(
    (line) => (line.translation ?? line.original ?? line.partial)?.text ?? line.kind,
  );

test('[INV3] lines stand in the order of the record, what is being spoken behind them', () => {
  const transcript = new Transcript('en');
  transcript.applyPartial(partialCaption({ session: 'session-b', text: 'meanwhile' }));
  transcript.apply(finalEntry('1-0', { text: 'one' }));
  transcript.apply(finalEntry('3-0', { segment: 2, text: 'three' }));
  transcript.apply(finalEntry('2-0', { segment: 1, text: 'two' }));
  expect(shown(transcript)).toEqual(['one', 'two', 'three', 'meanwhile']);
  transcript.apply(finalEntry('4-0', { session: 'session-b', text: 'four' }));
  expect(shown(transcript)).toEqual(['one', 'two', 'three', 'four']);
});

test('[INV2] an entry that comes twice changes nothing', () => {
  const transcript = new Transcript('es');
  const entries = [
    finalEntry('1-0'),
    finalEntry('2-0', { language: 'es', text: 'hola' }),
    {
      cursor: '3-0',
      type: 'gap' as const,
      gap: { session: 'session-a', fromSeq: 50, toSeq: 100 },
    },
  ];
  for (const entry of [...entries, ...entries]) transcript.apply(entry);
  expect(transcript.lines).toHaveLength(2);
  expect(transcript.lines[1]).toMatchObject({
    kind: 'gap',
    segment: -1,
    startMs: 1000,
    endMs: 2000,
  });
});

test('a segment grows from partial to original to translation, in one line', () => {
  const transcript = new Transcript('es');
  const line = () => transcript.lines[0];
  transcript.applyPartial(partialCaption({ text: 'hel' }));
  expect(line()).toMatchObject({ original: null, translation: null, partial: { text: 'hel' } });
  const key = line()?.key;
  transcript.applyPartial(partialCaption({ language: 'es', text: 'ho' }));
  expect(line()?.partial?.text).toBe('ho');
  transcript.apply(finalEntry('1-0'));
  expect(line()).toMatchObject({ original: { text: 'hello' }, partial: { text: 'ho' } });
  transcript.apply(finalEntry('2-0', { language: 'es', text: 'hola' }));
  expect(line()).toMatchObject({
    key,
    original: { text: 'hello' },
    translation: { text: 'hola' },
    partial: null,
    startMs: 0,
    endMs: 1000,
  });
  expect(transcript.lines).toHaveLength(1);
});

test('who reads the spoken language needs no translation', () => {
  const transcript = new Transcript('en');
  transcript.apply(finalEntry('1-0'));
  expect(transcript.lines[0]).toMatchObject({ original: { text: 'hello' }, translation: null });
});

test('captions in languages that nobody here reads are left out', () => {
  const transcript = new Transcript('es');
  transcript.apply(finalEntry('1-0', { language: 'ca', text: 'hola' }));
  transcript.applyPartial(partialCaption({ language: 'ca' }));
  expect(transcript.lines).toEqual([]);
});

test('[INV2] older revisions, and those of a former owner, change nothing', () => {
  const transcript = new Transcript('en');
  const text = () => transcript.lines[0]?.partial?.text;
  transcript.applyPartial(partialCaption({ revision: 3, text: 'third' }));
  transcript.applyPartial(partialCaption({ revision: 2, text: 'second' }));
  expect(text()).toBe('third');
  transcript.applyPartial(partialCaption({ epoch: 2, revision: 1, text: 'new owner' }));
  expect(text()).toBe('new owner');
  transcript.applyPartial(partialCaption({ epoch: 1, revision: 9, text: 'old owner' }));
  expect(text()).toBe('new owner');
});

test('[INV2] a partial after the final changes nothing', () => {
  const transcript = new Transcript('es');
  transcript.apply(finalEntry('1-0', { segment: 4 }));
  transcript.applyPartial(partialCaption({ segment: 4, revision: 9 }));
  transcript.applyPartial(partialCaption({ segment: 3, revision: 9 }));
  expect(transcript.lines).toHaveLength(1);
  expect(transcript.lines[0]?.partial).toBeNull();
});

test('what was spoken before a final and never became one goes', () => {
  const transcript = new Transcript('en');
  transcript.applyPartial(partialCaption({ segment: 0, text: 'um' }));
  transcript.applyPartial(partialCaption({ segment: 1, text: 'next' }));
  transcript.applyPartial(partialCaption({ session: 'session-b', text: 'other' }));
  transcript.apply(finalEntry('1-0', { segment: 1, text: 'next.' }));
  expect(shown(transcript)).toEqual(['next.', 'other']);
});

test('what a speaker was saying goes with the speaker', () => {
  const transcript = new Transcript('en');
  transcript.apply(speakerEntry('1-0'));
  transcript.apply(finalEntry('2-0'));
  transcript.applyPartial(partialCaption({ segment: 1 }));
  transcript.apply(speakerEntry('3-0', { live: false }));
  expect(shown(transcript)).toEqual(['hello']);
  expect(transcript.speakers).toEqual([
    { session: 'session-a', name: 'Ada', language: 'en', live: false },
  ]);
});

test('another language keeps the originals and their places', () => {
  const transcript = new Transcript('es');
  transcript.apply(finalEntry('1-0', { text: 'one' }));
  transcript.apply(finalEntry('2-0', { language: 'es', text: 'uno' }));
  transcript.apply(finalEntry('3-0', { segment: 1, text: 'two' }));
  transcript.setLanguage('ca');
  expect(shown(transcript)).toEqual(['one', 'two']);
  transcript.apply(finalEntry('4-0', { segment: 1, language: 'ca', text: 'dos' }));
  transcript.apply(finalEntry('5-0', { language: 'ca', text: 'un' }));
  expect(shown(transcript)).toEqual(['un', 'dos']);
});

test('lines that did not change stay the same objects, and so do all when nothing did', () => {
  const transcript = new Transcript('en');
  transcript.apply(finalEntry('1-0'));
  transcript.applyPartial(partialCaption({ segment: 1 }));
  const before = transcript.lines;
  expect(transcript.lines).toBe(before);
  transcript.applyPartial(partialCaption({ segment: 1, revision: 2 }));
  expect(transcript.lines).not.toBe(before);
  expect(transcript.lines[0]).toBe(before[0]);
  expect(transcript.lines[1]).not.toBe(before[1]);
});

test('an erased room shows nothing, an ended one what was said', () => {
  const transcript = new Transcript('en');
  transcript.apply(finalEntry('1-0'));
  transcript.applyPartial(partialCaption({ segment: 1 }));
  transcript.apply({ cursor: '2-0', type: 'ended', erased: false });
  expect(shown(transcript)).toEqual(['hello']);
  expect(transcript.ended).toEqual({ erased: false });
  transcript.apply({ cursor: '3-0', type: 'ended', erased: true });
  expect(shown(transcript)).toEqual([]);
  expect(transcript.ended).toEqual({ erased: true });
});

test('[INV4] only so many lines are kept; the oldest go, are counted, and do not come back', () => {
  const transcript = new Transcript('es');
  const count = MAX_TRANSCRIPT_LINES + 3;
  for (let segment = 0; segment < count; segment += 1) {
    transcript.apply(finalEntry(`${segment + 1}-0`, { segment }));
  }
  expect(transcript.lines).toHaveLength(MAX_TRANSCRIPT_LINES);
  expect(transcript.trimmed).toBe(3);
  transcript.apply(finalEntry(`${count + 1}-0`, { segment: 2, language: 'es', text: 'tarde' }));
  expect(transcript.lines[0]).toMatchObject({ segment: 3 });
  expect(transcript.lines.at(-1)).toMatchObject({ segment: count - 1 });
});

test('[INV4] only so many lines are open at a time', () => {
  const transcript = new Transcript('en');
  for (let at = 0; at < MAX_PARTIAL_LINES + 5; at += 1) {
    transcript.applyPartial(partialCaption({ session: `session-${at}` }));
  }
  expect(transcript.lines).toHaveLength(MAX_PARTIAL_LINES);
  expect(transcript.lines[0]?.session).toBe('session-5');
});

test('[INV4] only so many speakers are remembered; those who left go first', () => {
  const transcript = new Transcript('en');
  transcript.apply(speakerEntry('1-0', { session: 'gone', live: false }));
  for (let at = 0; at < MAX_SPEAKERS; at += 1) {
    transcript.apply(speakerEntry(`${at + 2}-0`, { session: `session-${at}` }));
  }
  expect(transcript.speakers).toHaveLength(MAX_SPEAKERS);
  expect(transcript.speakers[0]?.session).toBe('session-0');
});

test('clearing begins anew', () => {
  const transcript = new Transcript('en');
  transcript.apply(finalEntry('1-0', { segment: 3 }));
  transcript.clear();
  expect(transcript.lines).toEqual([]);
  transcript.apply(finalEntry('2-0', { segment: 0, text: 'again' }));
  expect(shown(transcript)).toEqual(['again']);
});
