import { expect, test } from 'vitest';
import { VERSION } from '../version.ts';
import { runCommand } from './testing/run-command.ts';

test('the version, and the help of everything and of one command', async () => {
  const [version, help, speakHelp] = await Promise.all([
    runCommand(['--version']),
    runCommand(['--help']),
    runCommand(['speak', '--help']),
  ]);
  expect([version.exitCode, help.exitCode, speakHelp.exitCode]).toEqual([0, 0, 0]);
  expect(version.stdout).toContain(`parlance/${VERSION}`);
  for (const command of ['serve', 'speak', 'watch', 'models', 'doctor']) {
    expect(help.stdout).toContain(`  ${command}`);
  }
  for (const option of ['--room', '--from', '--to', '--speed', '--json', '--url', '--insecure']) {
    expect(speakHelp.stdout).toContain(option);
  }
});

test('a command that does not exist is exit code 2, none at all shows the help as well', async () => {
  const [unknown, none] = await Promise.all([runCommand(['dance']), runCommand([])]);
  expect([unknown.exitCode, none.exitCode]).toEqual([2, 2]);
  expect(unknown.stderr).toBe(
    'parlance: Expected a command out of serve, cluster, speak, watch, load, keys, models, doctor, got "dance". See parlance --help.\n',
  );
  expect(none.stdout).toContain('Usage:');
});
