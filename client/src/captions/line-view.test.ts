import { describe, expect, it } from 'vitest';
import { scriptedFinal, scriptedPartial } from '../../testing/caption-script.ts';
import type { TranscriptLine } from '../live/transcript-line.ts';
import { viewLine } from './line-view.ts';

const session = 'session-1';
const original = scriptedFinal({ session, segment: 0, text: 'Good morning.' });
const translation = scriptedFinal({ session, segment: 0, text: 'Buenos días.', language: 'es' });

const reading = (language: string, translated: boolean, guesses = true) => ({
  language,
  translated,
  guesses,
});

function line(parts: Partial<TranscriptLine>): TranscriptLine {
  return {
    key: 'session-1:0',
    kind: 'speech',
    session,
    segment: 0,
    speakerName: '',
    original: null,
    translation: null,
    partial: null,
    startMs: 0,
    endMs: 3500,
    ...parts,
  };
}

describe('viewLine', () => {
  it('shows the translation, with the original to hand', () => {
    expect(viewLine(line({ original, translation }), reading('es', true))).toMatchObject({
      text: 'Buenos días.',
      language: 'es',
      isFinal: true,
      mark: null,
      original: { text: 'Good morning.', language: 'en' },
    });
  });

  it('shows the original alone to whoever reads the spoken language', () => {
    expect(viewLine(line({ original }), reading('en', true))).toMatchObject({
      text: 'Good morning.',
      mark: null,
      original: null,
    });
  });

  it('shows the original, marked, until the translation comes', () => {
    expect(viewLine(line({ original }), reading('es', true))).toMatchObject({
      text: 'Good morning.',
      language: 'en',
      mark: 'awaiting',
    });
  });

  it('awaits nothing where nothing translates', () => {
    expect(viewLine(line({ original }), reading('es', false))).toMatchObject({
      mark: 'untranslated',
    });
  });

  it('marks what no translator could do, in the language that it is in', () => {
    const failed = { ...translation, text: 'Good morning.', notice: 'untranslated' } as const;
    expect(viewLine(line({ original, translation: failed }), reading('es', true))).toMatchObject({
      text: 'Good morning.',
      language: 'en',
      mark: 'untranslated',
      original: null,
    });
  });

  it('splits a partial into what is stable and what is not', () => {
    const partial = scriptedPartial({
      session,
      segment: 0,
      text: 'Buenos días a to',
      language: 'es',
      revision: 2,
      stableLength: 11,
    });
    expect(viewLine(line({ partial }), reading('es', true))).toMatchObject({
      stableLength: 11,
      isFinal: false,
      mark: null,
    });
  });

  it('marks a partial that is not translated yet', () => {
    const said = { session, segment: 0, text: 'Good mor', revision: 1, stableLength: 0 };
    const partial = scriptedPartial(said);
    expect(viewLine(line({ partial }), reading('es', true))).toMatchObject({ mark: 'awaiting' });
    expect(viewLine(line({ partial }), reading('en', true))).toMatchObject({ mark: null });
  });

  it('shows nothing that may change, unless it is asked for', () => {
    const said = { session, segment: 0, text: 'Buenos días a to', revision: 2, stableLength: 11 };
    const own = scriptedPartial({ ...said, language: 'es' });
    expect(viewLine(line({ partial: own }), reading('es', true, false))).toMatchObject({
      text: 'Buenos días',
      stableLength: 11,
      isFinal: false,
    });
    // What stands in another language will be replaced as a whole.
    const foreign = scriptedPartial({ ...said, text: 'Good morning to', stableLength: 12 });
    expect(viewLine(line({ partial: foreign }), reading('es', true, false))).toMatchObject({
      text: '',
      mark: null,
    });
  });

  it('prefers a partial translation to the finished original', () => {
    const said = { session, segment: 0, text: 'Buenos', language: 'es' };
    const partial = scriptedPartial({ ...said, revision: 1, stableLength: 6 });
    expect(viewLine(line({ original, partial }), reading('es', true))).toMatchObject({
      text: 'Buenos',
      original: { text: 'Good morning.' },
    });
  });

  it('says what was not understood, and where sound is missing', () => {
    const unheard = { ...original, text: '', notice: 'not_understood' } as const;
    expect(viewLine(line({ original: unheard }), reading('es', true))).toEqual({
      kind: 'not_understood',
    });
    const gap = line({ kind: 'gap', segment: -1, startMs: 8000, endMs: 20_000 });
    expect(viewLine(gap, reading('es', true))).toEqual({ kind: 'gap', lostMs: 12_000 });
  });
});
