import { expect, test } from 'vitest';
import type { BenchClip } from '../corpus.ts';
import type { SegmentRecord } from '../live/session-record.ts';
import { formatTable } from '../scoring/table.ts';
import type { LivePass } from './live-pass.ts';
import type { PreparedClip } from './offline-pass.ts';
import { parseQualityOptions } from './options.ts';
import type { LiveOutcome } from './outcome.ts';
import { qualityResult } from './quality-result.ts';
import { qualityTables } from './quality-tables.ts';
import { translationTable } from './translation-table.ts';

function prepared(id: string, extra: Partial<BenchClip> = {}): PreparedClip {
  const clip: BenchClip = {
    id,
    set: 'en',
    group: 'en',
    path: id,
    language: 'en',
    seconds: 60,
    reference: 'one two three four',
    ...extra,
  };
  return {
    clip,
    packets: [],
    voice: [{ startMs: 0, endMs: 1000 }],
    whole: 'One two three four.',
    wholeAfterOpus: 'One two three for.',
  };
}

function segment(text: string): SegmentRecord {
  const final = { text, atMs: 1500, engine: 'scripted', notice: null, startSeq: 0, endSeq: 75 };
  const caption = {
    language: 'en',
    partials: [{ text: 'One', stableLength: 0, atMs: 400 }],
    final,
  };
  return { segment: 0, startMs: 0, endMs: 1200, captions: [caption] };
}

const spoken = (...texts: string[]): LiveOutcome => ({
  kind: 'spoken',
  segments: texts.map(segment),
  sentMs: 60_000,
  missingFinals: 1,
  sentLateMs: 7,
});

const clips = [
  prepared('right'),
  prepared('lost'),
  prepared('music', { set: 'nonspeech', language: '-', reference: '' }),
  prepared('deutsch', { set: 'foreign', language: 'de', reference: 'eins zwei' }),
];
const live: LivePass = {
  outcomes: new Map<PreparedClip, LiveOutcome>(
    clips.map((clip, index): [PreparedClip, LiveOutcome] => [
      clip,
      [
        spoken('One two three four.'),
        { kind: 'failed' as const, error: 'lost: server_busy' },
        spoken('One you'),
        spoken(''),
      ][index] ?? spoken(),
    ]),
  ),
  audioSeconds: 180,
  cpu: { ownSeconds: 18, childSeconds: 9 },
  wallSeconds: 90,
  warnings: [],
};
const offline = { recognizer: 'scripted', clips };

test('puts every clip where it belongs', () => {
  const result = qualityResult(parseQualityOptions([]), null, offline, live);
  expect(Object.keys(result.words)).toEqual(['en']);
  expect(result.words.en).toMatchObject({ clips: 2, failed: 1, segments: 1 });
  expect(result.words.en?.whole.rate).toBe(0);
  expect(result.words.en?.wholeAfterOpus.rate).toBe(0.25);
  expect(result.words.en?.live.rate).toBe(0.5);
  expect(result.nonspeech).toMatchObject({ finalWords: 2, finalWordsPerMinute: 2 });
  expect(result.foreign.de).toMatchObject({ finalWords: 0, passingWords: 1 });
  expect(result.latency?.finalLagMs).toMatchObject({ count: 1, p50: 500 });
  expect(result.flicker.map(({ language }) => language)).toEqual(['en', 'es']);
  expect(result.cost.serverCpuPerSecond).toBeCloseTo(0.1);
  expect(result.cost.childCpuPerSecond).toBeCloseTo(0.05);
  expect(result.failures).toEqual(['lost: server_busy']);
  expect(result.missingFinals).toBe(3);
  expect(result.clips.map(({ id, live: text }) => [id, text])).toEqual([
    ['right', 'One two three four.'],
    ['lost', ''],
    ['music', 'One you'],
    ['deutsch', ''],
  ]);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test('without real-time pace there are no delays, without /proc no processor time', () => {
  const options = parseQualityOptions(['--pace', 'max']);
  const result = qualityResult(options, 'part only', offline, { ...live, cpu: null });
  expect(result.latency).toBeNull();
  expect(result.cost.serverCpuPerSecond).toBeNull();
  expect(result.notice).toBe('part only');
});

test('tables tell the same to people', () => {
  const result = qualityResult(parseQualityOptions([]), null, offline, live);
  const text = qualityTables(result).map(formatTable).join('\n\n');
  expect(text).toMatch(/^en +2 +8 +0\.000 +0\.250 +0\.500 /m);
  expect(text).toMatch(/^nonspeech +1 +1\.0 +2\.0 +0\.0 /m);
  expect(text).toMatch(/^final after end of speech +1 +500 +500 +500$/m);
  expect(text).toContain('lost: server_busy');
});

test('the table of translators shows routes, and says what has none', () => {
  const table = translationTable({
    notice: null,
    translators: [
      {
        translator: 'scripted',
        pairs: [
          {
            from: 'en',
            to: 'pt',
            engine: 'scripted',
            via: ['es'],
            sentences: 10,
            bleu: 12.34,
            chrf: 45.6,
            numbersKept: 0.9,
            startMs: 170,
            msPerSentence: 3,
            p95Ms: 5,
            sentencesPerSecond: 600,
          },
          { from: 'en', to: 'de', skipped: 'scripted has no route from en to de' },
        ],
      },
    ],
  });
  const text = formatTable(table);
  expect(text).toMatch(/^scripted en → es → pt +10 +12\.3 +45\.6 /m);
  expect(text).toContain('no route from en to de');
});
