import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLI_SETTING_NAMES } from '../server/src/config/cli-config.ts';
import { SETTING_NAMES } from '../server/src/config/settings.ts';
import { ERROR_CODES } from './errors.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('docs/protocol.md names every event and every error code', () => {
  const protocol = read('docs/protocol.md');
  const events = [...read('shared/protocol.ts').matchAll(/^ {2}'([a-z]+:[a-z]+)':/gm)];
  expect(events.length).toBeGreaterThan(10);
  for (const [, event] of events) expect(protocol).toContain(`\`${event}\``);
  for (const code of Object.keys(ERROR_CODES)) expect(protocol).toContain(`\`${code}\``);
});

test('docs/settings.md names every setting', () => {
  const settings = read('docs/settings.md');
  for (const name of [...SETTING_NAMES, ...CLI_SETTING_NAMES])
    expect(settings).toContain(`\`${name}\``);
});
