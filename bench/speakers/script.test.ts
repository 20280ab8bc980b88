import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FRAME_MS } from '../../shared/limits.ts';
import { SILENCE_AFTER_MS, voiceOf, writeScripts } from './script.ts';

const clips = [150, 250, 400, 175, 300].map((frames) => ({
  frames,
  speechMs: frames * FRAME_MS * 0.8,
}));
const options = {
  speakers: 4,
  seconds: 60,
  activity: 0.5,
  arrivalsMs: 1_000,
  readShare: 0.5,
  seed: 1,
};

test('clips never overlap, and silence follows the last', () => {
  const activities = fc.double({ min: 0.05, max: 1, noNaN: true });
  fc.assert(
    fc.property(activities, fc.integer({ min: 0, max: 1_000 }), (activity, seed) => {
      for (const script of writeScripts(clips, { ...options, activity, seed })) {
        let free = 0;
        for (const { clip, startFrame } of script.placements) {
          expect(startFrame).toBeGreaterThanOrEqual(free);
          free = startFrame + (clips[clip]?.frames ?? 0);
        }
        expect(script.frames - free).toBeGreaterThanOrEqual(SILENCE_AFTER_MS / FRAME_MS);
      }
    }),
  );
});

test.each([0.25, 0.5, 0.8])('about a share of %f of a long script is speech', (activity) => {
  const scripts = writeScripts(clips, { ...options, activity, seconds: 3_600, speakers: 2 });
  for (const { placements, frames } of scripts) {
    const speech = placements.reduce((sum, { clip }) => sum + (clips[clip]?.speechMs ?? 0), 0);
    expect(speech / (frames * FRAME_MS)).toBeCloseTo(activity, 1);
  }
});

test('with activity 1 clips stand back to back, and none comes twice before all were spoken', () => {
  for (const { placements } of writeScripts(clips, { ...options, activity: 1 })) {
    for (const [index, { clip, startFrame }] of placements.slice(0, -1).entries()) {
      expect(placements[index + 1]?.startFrame).toBe(startFrame + (clips[clip]?.frames ?? 0));
    }
    expect(new Set(placements.slice(0, clips.length).map(({ clip }) => clip)).size).toBe(5);
  }
});

test('the same seed writes the same scripts; arrivals and readers are spread evenly', () => {
  const scripts = writeScripts(clips, options);
  expect(writeScripts(clips, options)).toEqual(scripts);
  expect(writeScripts(clips, { ...options, seed: 2 })).not.toEqual(scripts);
  expect(scripts.map(({ arrivesAtMs }) => arrivesAtMs)).toEqual([0, 250, 500, 750]);
  expect(scripts.map(({ translated }) => translated)).toEqual([false, true, false, true]);
});

test('the reference pass moves with its clip', () => {
  const placements = [
    { clip: 1, startFrame: 50 },
    { clip: 0, startFrame: 500 },
  ];
  const voices = [{ voice: [{ startMs: 10, endMs: 20 }] }, { voice: [{ startMs: 1, endMs: 2 }] }];
  expect(voiceOf({ placements }, voices)).toEqual([
    { startMs: 1001, endMs: 1002 },
    { startMs: 10_010, endMs: 10_020 },
  ]);
});
