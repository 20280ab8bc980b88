import { expect, test } from 'vitest';
import { readSettings, SettingsError } from './settings.ts';

test('nothing configured gives working defaults on loopback', () => {
  const settings = readSettings({});
  expect(settings.HOST).toBe('127.0.0.1');
  expect(settings.TRANSLATORS).toEqual(['bergamot', 'apertium']);
  expect(settings.TRANSLATION_WORKERS).toBeGreaterThan(0);
  expect(settings.MAX_LIVE_SESSIONS).toBeGreaterThan(0);
});

test('an empty value counts as not set', () => {
  expect(readSettings({ PORT: '', REDIS_URL: '' }).PORT).toBe(8080);
});

test('every problem is reported at once, by name and without the value', () => {
  const broken = () =>
    readSettings({ PORT: 'seventy', ROOM_TTL: '-1', ACCESS_KEY: 'secret!', RECOGNIZER: 'magic' });
  expect(broken).toThrow(SettingsError);
  try {
    broken();
  } catch (error) {
    const problems = (error as SettingsError).problems.join('\n');
    for (const name of ['PORT', 'ROOM_TTL', 'ACCESS_KEY', 'RECOGNIZER']) {
      expect(problems).toContain(name);
    }
    expect(problems).not.toContain('secret!');
  }
});

test('a certificate without its key is refused', () => {
  expect(() => readSettings({ TLS_CERT: '/some/cert.pem' })).toThrow(/both or neither/);
});
