import { expect, test } from 'vitest';
import type { PlacedEntry } from '../../shared/captions.ts';
import { judgeSpeech, type SpeechOutcome, textOf } from './judge-speech.ts';

const SENTENCES = ['one two three', 'four five six', 'seven eight nine'];

function final(segment: number, language: string, at: number): PlacedEntry {
  const startSeq = segment * 200;
  const endSeq = startSeq + 100;
  const caption = {
    session: 's',
    segment,
    language,
    sourceLanguage: 'en',
    text: `${SENTENCES[segment]}${language === 'en' ? '' : ` (${language})`}`,
    startSeq,
    endSeq,
    startMs: startSeq * 20,
    endMs: endSeq * 20,
    storedAt: 0,
    engine: 'scripted',
    quality: 'none' as const,
  };
  return { type: 'final', caption, cursor: `${at}-0` };
}

/** Three sentences, each with its translation; what `change` makes of the record is shown. */
function outcome(change: (right: PlacedEntry[]) => PlacedEntry[]): SpeechOutcome {
  const right = [0, 1, 2].flatMap((segment) =>
    ['en', 'es'].map((language, index) => final(segment, language, 2 * segment + index + 1)),
  );
  const entries = change(right).map((entry, index) => ({ ...entry, cursor: `${index + 1}-0` }));
  return {
    programme: {
      reference: SENTENCES.join(' '),
      seconds: 12,
      voice: [0, 1, 2].map((at) => ({ startMs: at * 4000 + 100, endMs: at * 4000 + 1900 })),
    },
    spoken: 'en',
    read: 'es',
    entries,
    shown: textOf(entries, 'en'),
    shownToReader: textOf(entries, 'es'),
  };
}

test('a speech of which all is there, in order and translated, is right', () => {
  const { problems, words } = judgeSpeech(outcome((right) => right));
  expect(problems).toEqual([]);
  expect(words).toMatchObject({ substitutions: 0, insertions: 0, deletions: 0 });
});

test.each([
  ['[INV1] a lost final', (right: PlacedEntry[]) => right.slice(0, 4), /frames lost/],
  ['[INV2] a doubled final', (right: PlacedEntry[]) => right.concat(right[4] ?? []), /seen twice/],
  [
    '[INV3] finals in the wrong order',
    ([a, b, c, d, ...rest]: PlacedEntry[]) => [c, d, a, b, ...rest].flatMap((each) => each ?? []),
    /out of order/,
  ],
  [
    '[INV6] a missing translation',
    (right: PlacedEntry[]) => right.slice(0, 5),
    /translations into es missing: 1/,
  ],
] as const)('%s is found', (_, change, problem) => {
  const { problems } = judgeSpeech(outcome(change));
  expect(problems.join('\n')).toMatch(problem);
});

test('a declared gap, and a second session in the room, are found', () => {
  const gap: PlacedEntry = {
    type: 'gap',
    gap: { session: 's', fromSeq: 300, toSeq: 310 },
    cursor: '9-0',
  };
  expect(judgeSpeech(outcome((right) => [...right, gap])).problems).toContain(
    '[INV1] 1 gaps declared',
  );
  const other = (entry: PlacedEntry): PlacedEntry =>
    entry.type === 'final' ? { ...entry, caption: { ...entry.caption, session: 't' } } : entry;
  const twice = judgeSpeech(outcome((right) => [...right, ...right.map(other)]));
  expect(twice.problems).toContain('Expected one session, got 2');
});

test.each([
  ['shown', 'its own page'],
  ['shownToReader', "its reader's page"],
] as const)('a page that shows something else is found: %s', (page, whose) => {
  const { problems } = judgeSpeech({ ...outcome((right) => right), [page]: 'one two three' });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(whose);
});

test('words that have little to do with what was said are found', () => {
  const right = outcome((entries) => entries);
  const programme = { ...right.programme, reference: 'something else was said here by somebody' };
  expect(judgeSpeech({ ...right, programme }).problems.join()).toMatch(/word error rate 1\./);
});
