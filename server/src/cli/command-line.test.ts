import { expect, test } from 'vitest';
import { runCommandLine } from './command-line.ts';
import { reportError } from './report-error.ts';

const SPEAK = ['speak', 'f.mp3', '--room', 'r'];

test.each([
  [
    ['dance'],
    'Expected a command out of serve, cluster, speak, watch, load, keys, models, doctor, got "dance".',
  ],
  [['dance', '--json', 'x', 'watch'], 'got "dance".'],
  [['speak'], 'missing required args'],
  [['speak', 'f.mp3'], 'Expected --room with a name or a link, got none.'],
  [['speak', 'f.mp3', '--room', 'No Room'], 'got "No Room".'],
  [['speak', 'f.mp3', '--room', 'https://host/listen/r'], 'or a link to one'],
  [[...SPEAK, '--speed', 'fast'], 'Expected --speed'],
  [[...SPEAK, '--speed=-1'], 'Expected --speed'],
  [[...SPEAK, '--wait', 'long'], 'Expected --wait'],
  [[...SPEAK, '--from', 'English'], 'got "English".'],
  [[...SPEAK, '--to', 'es,Spanish'], 'got "Spanish".'],
  [[...SPEAK, '--loud'], 'Unknown option `--loud`'],
  [[...SPEAK, '--url'], 'value is missing'],
  [['speak', 'f.mp3', 'g.mp3', '--room', 'r'], 'Unused args'],
  [['watch', 'r'], 'Expected --language'],
  [['watch', 'r', '--language', 'es', '--once', '--until-end'], 'got both.'],
  [['load'], 'Expected --type out of live, watch, health, got none.'],
  [['load', '--type', 'uploads'], 'got "uploads".'],
  [['load', '--type', 'health', '--users', '0'], 'Expected --users with a whole number from 1'],
  [['load', '--type', 'health', '--users', '1e3'], 'got "1e3".'],
  [['load', '--type', 'watch', '--users', '10001'], 'to 10000, got "10001".'],
  [['load', '--type', 'live', '--seconds', '3601'], 'Expected --seconds'],
])('parlance %j is not understood: exit code 2, in one line', async (args, message) => {
  const error: unknown = await runCommandLine(['node', 'parlance', ...args]).catch(
    (thrown: unknown) => thrown,
  );
  const { text, exitCode } = reportError(error);
  expect(exitCode).toBe(2);
  expect(text).toMatch(/^parlance: [^\n]*parlance --help\.$/);
  expect(text).toContain(message);
});
