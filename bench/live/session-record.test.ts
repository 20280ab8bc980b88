import { expect, test } from 'vitest';
import type { FinalCaption, PartialCaption } from '../../shared/captions.ts';
import { captionIn, countShownWords, finalText, SessionRecorder } from './session-record.ts';

const place = { session: 's-1', sourceLanguage: 'en', startMs: 100, engine: 'scripted' };

function partial(segment: number, text: string, language = 'en', endMs = 500): PartialCaption {
  return { ...place, segment, language, text, endMs, revision: 1, stableLength: 0, epoch: 1 };
}

function final(segment: number, text: string, extra: Partial<FinalCaption> = {}): FinalCaption {
  return {
    ...place,
    segment,
    language: 'en',
    text,
    endMs: 900,
    startSeq: 5,
    endSeq: 45,
    storedAt: 0,
    quality: 'none',
    ...extra,
  };
}

test('keeps all texts of a segment by language, segments in the order of the audio', () => {
  const recorder = new SessionRecorder();
  recorder.partial(partial(1, 'later'), 50);
  recorder.partial(partial(0, 'good'), 10);
  recorder.partial(partial(0, 'buenos', 'es'), 12);
  recorder.final(final(0, 'Good morning.'), 20);
  recorder.final(final(1, '', { notice: 'not_understood' }), 70);
  const { segments } = recorder;
  expect(segments.map((each) => [each.segment, each.startMs, each.endMs])).toEqual([
    [0, 100, 900],
    [1, 100, 900],
  ]);
  expect(segments[0] && captionIn(segments[0], 'en')).toEqual({
    language: 'en',
    partials: [{ text: 'good', stableLength: 0, atMs: 10 }],
    final: {
      text: 'Good morning.',
      engine: 'scripted',
      notice: null,
      atMs: 20,
      startSeq: 5,
      endSeq: 45,
    },
  });
  expect(segments[0] && captionIn(segments[0], 'es')?.final).toBeNull();
  expect(segments[1] && captionIn(segments[1], 'en')?.final?.notice).toBe('not_understood');
  expect(segments[1] && captionIn(segments[1], 'es')).toBeNull();
  expect(finalText(segments, 'en')).toBe('Good morning.');
});

test('[INV3] a final behind one of a later segment is refused, in its own language', () => {
  const recorder = new SessionRecorder();
  recorder.final(final(1, 'second'), 1);
  recorder.final(final(0, 'primero', { language: 'es' }), 2);
  expect(() => recorder.final(final(0, 'first'), 3)).toThrow('got segment 0 after 1');
});

test('[INV2] a second final of the same segment and language is refused', () => {
  const recorder = new SessionRecorder();
  recorder.final(final(0, 'once'), 1);
  recorder.final(final(0, 'una vez', { language: 'es' }), 2);
  expect(() => recorder.final(final(0, 'twice'), 3)).toThrow('Expected one final of segment 0');
});

test('words are what a reader counts', () => {
  expect(countShownWords("  It's — well, 25 words… ")).toBe(4);
  expect(countShownWords(' … — ')).toBe(0);
});
