import { expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.ts';

function problemsOf(env: Record<string, string>): string {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.join('\n');
  }
  return '';
}

test('nothing outside is used unless it is named', () => {
  const settings = readSettings({});
  expect(settings.RECOGNIZER).toEqual(['moonshine']);
  expect([...settings.TRANSLATORS, ...settings.RECOGNIZER]).not.toContain('openai');
  // What is set for something else does no harm.
  expect(readSettings({ OPENAI_API_KEY: 'sk-of-another-program' }).TRANSLATORS).toEqual([
    'bergamot',
    'apertium',
  ]);
});

test('what a named engine needs is asked for, all at once', () => {
  const problems = problemsOf({
    TRANSLATORS: 'libretranslate,openai,apertium-apy,apertium',
    RECOGNIZER: 'openai,moonshine',
  });
  for (const name of [
    'LIBRETRANSLATE_URL',
    'OPENAI_URL',
    'OPENAI_MODEL',
    'APERTIUM_APY_URL',
    'TRANSCRIPTION_URL',
    'TRANSCRIPTION_MODEL',
  ]) {
    expect(problems).toContain(`${name}: Expected a value`);
  }
});

test.each([
  'http://user:password@host/',
  'https://host/?key=secret',
  'https://host/#secret',
  'ftp://host/',
  'host:5000',
  'nonsense',
])('an address like %s is refused without being repeated', (address) => {
  const problems = problemsOf({ LIBRETRANSLATE_URL: address });
  expect(problems).toContain('LIBRETRANSLATE_URL');
  expect(problems).not.toMatch(/password|secret/);
});

test('a key is given once, in visible characters, and never repeated', () => {
  expect(
    problemsOf({ OPENAI_API_KEY: 'secret', OPENAI_API_KEY_FILE: '/run/secrets/key' }),
  ).toContain('OPENAI_API_KEY, OPENAI_API_KEY_FILE: Expected one of them, got both');
  const problems = problemsOf({ OPENAI_API_KEY: 'secret with\nbreaks' });
  expect(problems).toContain('OPENAI_API_KEY');
  expect(problems).not.toContain('secret with');
});

test('languages are codes', () => {
  expect(readSettings({ OPENAI_LANGUAGES: 'es, ja' }).OPENAI_LANGUAGES).toEqual(['es', 'ja']);
  expect(problemsOf({ OPENAI_LANGUAGES: 'Spanish' })).toContain('OPENAI_LANGUAGES');
  expect(readSettings({}).OPENAI_LANGUAGES).toHaveLength(42);
});
