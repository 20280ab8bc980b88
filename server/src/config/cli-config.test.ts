import { expect, test } from 'vitest';
import { DEFAULT_URL, readCliConfig } from './cli-config.ts';

test('nothing set means the server of this machine, without a token', () => {
  expect(readCliConfig({})).toEqual({
    url: DEFAULT_URL,
    token: undefined,
    ffmpegBin: undefined,
    rewritesLines: true,
  });
});

test('an empty value counts as not set', () => {
  expect(readCliConfig({ PARLANCE_URL: '', PARLANCE_TOKEN: '' })).toEqual(readCliConfig({}));
});

test('what is set is taken', () => {
  expect(
    readCliConfig({
      PARLANCE_URL: 'https://h',
      PARLANCE_TOKEN: 't',
      FFMPEG_BIN: 'f',
      TERM: 'dumb',
    }),
  ).toEqual({ url: 'https://h', token: 't', ffmpegBin: 'f', rewritesLines: false });
});
