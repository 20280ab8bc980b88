import { expect, test } from 'vitest';
import { runCommand } from './testing/run-command.ts';

interface Report {
  captionsWork: boolean;
  findings: { id: string; level: string }[];
}

test('where everything is there, speech to captions works and the exit code is 0', async () => {
  const { exitCode, stdout } = await runCommand(['doctor', '--json'], { PORT: '0' });
  const report: Report = JSON.parse(stdout);
  expect(report.findings.filter(({ level }) => level === 'fail')).toEqual([]);
  expect(report.captionsWork).toBe(true);
  expect(exitCode).toBe(0);
});

test('a missing model is exit code 1, in one screen without colours', async () => {
  const { exitCode, stdout } = await runCommand(['doctor'], {
    PORT: '0',
    PARLANCE_CACHE: '/proc/nowhere',
  });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('✗ Speech model   moonshine-tiny-en is missing');
  expect(stdout).toContain('Speech to captions does not work here yet');
  expect(stdout).not.toContain('\u001b');
  expect(stdout.split('\n').length).toBeLessThan(40);
});

test('settings that cannot be read are a finding, and the rest is looked at all the same', async () => {
  const { exitCode, stdout } = await runCommand(['doctor', '--json'], { PORT: 'seventy' });
  const report: Report = JSON.parse(stdout);
  expect(report.findings).toContainEqual(
    expect.objectContaining({ id: 'settings', level: 'fail' }),
  );
  expect(report.findings.map(({ id }) => id)).toContain('speech-model');
  expect(exitCode).toBe(1);
});
