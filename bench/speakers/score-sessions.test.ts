import { expect, test } from 'vitest';
import type { CaptionRecord, SegmentRecord, ShownFinal } from '../live/session-record.ts';
import type { ReadyClip } from './prepare-clips.ts';
import { lostSpeech, type SpokenSession, scoreSessions, speechWithin } from './score-sessions.ts';
import type { SessionLog } from './session-log.ts';

const clip: ReadyClip = {
  id: 'clip',
  path: '',
  reference: 'good morning',
  packetsPath: '',
  frames: 150,
  voice: [
    { startMs: 200, endMs: 1000 },
    { startMs: 1500, endMs: 2500 },
  ],
  speechMs: 1800,
};

const final = (text: string, atMs: number, startSeq: number, endSeq: number): ShownFinal => ({
  ...{ text, atMs, startSeq, endSeq },
  engine: 'scripted',
  notice: null,
});

function caption(
  language: string,
  shown: readonly (readonly [string, number])[],
  last: ShownFinal | null,
): CaptionRecord {
  const partials = shown.map(([text, atMs]) => ({ text, atMs, stableLength: 0 }));
  return { language, partials, final: last };
}

const spoken: SegmentRecord = {
  segment: 0,
  startMs: 1000,
  endMs: 3500,
  captions: [
    caption(
      'en',
      [
        ['', 1500],
        ['Good', 1900],
        ['God morning', 2600],
      ],
      final('Good morning.', 4200, 50, 175),
    ),
    caption('es', [], final('Buenos días.', 4400, 50, 175)),
  ],
};

function session(changes: Partial<SessionLog> = {}, translated = true): SpokenSession {
  return {
    script: {
      placements: [{ clip: 0, startFrame: 50 }],
      frames: 300,
      arrivesAtMs: 0,
      translated,
    },
    log: {
      beganAt: 10_000,
      startedAfterMs: 30,
      segments: [spoken],
      sentFrames: 300,
      end: { kind: 'spoken' },
      reconnects: 0,
      gapFrames: 0,
      lateMs: [1],
      slowAtMs: [],
      ...changes,
    },
  };
}

const whole = new Map([['clip', 'good mourning']]);
const score = (...sessions: SpokenSession[]) => scoreSessions(sessions, [clip], whole, 'en', 'es');

test('delays count from the speech that the reference pass hears', () => {
  // Speech of the clip, which begins at 1000 ms: 1200 to 2000 and 2500 to 3500.
  const found = score(session(), session({ beganAt: 10_500 }));
  expect(found.firstPartial).toEqual([
    { atMs: 1900, delayMs: 700 },
    { atMs: 2400, delayMs: 700 },
  ]);
  expect(found.finalLag[0]).toEqual({ atMs: 4200, delayMs: 700 });
  expect(found.translationLag[0]).toEqual({ atMs: 4400, delayMs: 900 });
  expect(found.rhythm.map(({ delayMs }) => delayMs)).toEqual([400, 700, 400, 700]);
});

test('words, flicker and what was sent', () => {
  const found = score(session());
  expect(found.words.wer).toBe(0);
  expect(found.words.werWhole).toBe(0.5);
  // "Good" and then "God morning" were taken back: three words of two.
  expect(found.erasure).toEqual({ transcript: 3 / 2, translation: 0 });
  expect(found.stableErasure).toEqual({ transcript: 0, translation: 0 });
  expect(found).toMatchObject({ audioSeconds: 6, speechSeconds: 1.8, segments: 1, partials: 3 });
});

test('who was refused has no part in the figures, who died has', () => {
  const refused = session({ segments: [], end: { kind: 'refused', code: 'server_busy' } });
  const died = session({ segments: [], end: { kind: 'died', code: 'internal', atMs: 9 } });
  const found = score(session(), refused, died);
  expect(found.refused).toEqual({ server_busy: 1 });
  expect(found.died).toEqual({ internal: 1 });
  expect(found.words.words).toMatchObject({ words: 4, deletions: 2 });
  expect(found.lost.frames).toBe(40 + 50);
});

test('a translation that never came is missed only of those who read it', () => {
  const untranslated = { ...spoken, captions: spoken.captions.slice(0, 1) };
  const silent = session({ segments: [untranslated] }, false);
  expect(score(session({ segments: [untranslated] }), silent).missingTranslations).toBe(1);
});

test('[INV1] speech that lies in no final is found with its place in the clip', () => {
  const short = { ...spoken, captions: [caption('en', [], final('Good', 4200, 50, 140))] };
  const { log, script } = session({ segments: [short], gapFrames: 7 });
  expect(lostSpeech([{ log, script }], [clip])).toEqual({
    frames: 35,
    runs: [{ session: 0, atMs: 2800, ms: 700, clip: 'clip', inClipMs: 1800 }],
    gapFrames: 7,
  });
  expect(lostSpeech([session()], [clip]).frames).toBe(0);
});

test('speech of a neighbour that a segment touches is not its own', () => {
  expect(speechWithin(clip.voice, { startMs: 950, endMs: 2550 })).toEqual({
    startMs: 1500,
    endMs: 2500,
  });
  expect(speechWithin(clip.voice, { startMs: 500, endMs: 1550 })).toEqual({
    startMs: 500,
    endMs: 1000,
  });
  expect(speechWithin(clip.voice, { startMs: 1000, endMs: 1500 })).toBeNull();
});
