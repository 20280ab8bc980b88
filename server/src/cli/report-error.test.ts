import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import { SettingsError } from '../config/settings.ts';
import { reportError } from './report-error.ts';
import { UsageError } from './usage.ts';

test('a known error is one line with its code and what to do', () => {
  expect(reportError(new AppError('unauthorized', 'Expected the key, got none.'))).toEqual({
    text: 'parlance: unauthorized: Expected the key, got none. Give the key or the watch token with --token or PARLANCE_TOKEN.',
    exitCode: 1,
  });
  expect(reportError(new AppError('language_unsupported', 'Expected es, got xx.')).text).toBe(
    'parlance: language_unsupported: Expected es, got xx.',
  );
});

test('a certificate that is not trusted is told from a server that is not there', () => {
  const refused = (reason: string) =>
    reportError(new AppError('server_unreachable', `Expected an answer, got: ${reason}.`)).text;
  expect(refused('ECONNREFUSED')).toContain('parlance serve');
  expect(refused('DEPTH_ZERO_SELF_SIGNED_CERT')).toContain('--insecure');
});

test('a command line that was not understood is exit code 2', () => {
  expect(reportError(new UsageError('Expected x, got y.'))).toEqual({
    text: 'parlance: Expected x, got y. See parlance --help.',
    exitCode: 2,
  });
});

test('settings are reported all at once, and what nobody expected with its stack', () => {
  expect(reportError(new SettingsError(['  PORT: no', '  HOST: no'])).text).toContain('HOST');
  const { text, exitCode } = reportError(new TypeError('broken'));
  expect(exitCode).toBe(1);
  expect(text).toContain('TypeError: broken');
  expect(text).toContain('report-error.test.ts');
});
