import { expect, test } from 'vitest';
import { ffmpegVersion, findFfmpeg } from './find-ffmpeg.ts';
import { writeProgram } from './testing/programs.ts';

test('finds one that runs, without a setting or with an empty one', () => {
  expect(ffmpegVersion(findFfmpeg())).toMatch(/\d/);
  expect(findFfmpeg({ ffmpegBin: '' })).toBe(findFfmpeg());
});

test('the setting goes first', () => {
  const mine = writeProgram(`console.log('ffmpeg version 9.9-mine Copyright nobody')`);
  expect(findFfmpeg({ ffmpegBin: mine })).toBe(mine);
  expect(ffmpegVersion(mine)).toBe('9.9-mine');
});

test.each([
  ['nothing there', () => '/nowhere/ffmpeg'],
  ['another program', () => writeProgram(`console.log('I am no FFmpeg')`)],
  ['a program that fails', () => writeProgram(`process.exit(1)`)],
  ['a folder', () => '/'],
])('a wrong setting is program_missing, not silently replaced: %s', (_, path) => {
  const ffmpegBin = path();
  expect(() => findFfmpeg({ ffmpegBin })).toThrow(
    expect.objectContaining({
      code: 'program_missing',
      message: expect.stringContaining(`FFMPEG_BIN="${ffmpegBin}"`),
    }),
  );
});
