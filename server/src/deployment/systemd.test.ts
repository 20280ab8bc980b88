import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findOnPath, run } from '../../../scripts/setup/run.mjs';
import { readSettings, SETTING_NAMES } from '../config/settings.ts';
import { projectRoot } from '../testing/speech-corpus.ts';

/** The unit as systemd's own tools see it, where they are: no systemd runs in a container. */

const UNIT = readFileSync(join(projectRoot(), 'deploy/systemd/parlance.service'), 'utf8');
/** Tenths of a point: `systemd-analyze security` calls what is below 2.0 "OK" or better. */
const MOST_EXPOSURE = 15;

const values = (name: string) =>
  [...UNIT.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlance-unit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs systemd-analyze upon the unit with the paths of this machine; null where it is not here. */
async function analyze(...args: readonly string[]) {
  const program = findOnPath('systemd-analyze');
  if (program === null) {
    console.warn('systemd-analyze is not on this machine: the unit is judged by its text alone.');
    return null;
  }
  const file = join(folder, 'parlance.service');
  writeFileSync(
    file,
    UNIT.replaceAll('/usr/bin/node', process.execPath).replaceAll('/opt/parlance', projectRoot()),
  );
  return await run(program, [...args, file]);
}

test('systemd understands every line of it', async () => {
  expect((await analyze('verify', '--man=no')) ?? { code: 0, output: '' }).toEqual({
    code: 0,
    output: '',
  });
  expect(values('ExecStart')).toEqual(['/usr/bin/node bin/parlance serve']);
});

test('it is as locked up as a server in JavaScript can be', async () => {
  const verdict = await analyze(
    ...['security', '--offline=true', `--threshold=${MOST_EXPOSURE}`, '--no-pager'],
  );
  expect(verdict?.code ?? 0, verdict?.output).toBe(0);
  for (const [name, value] of [
    ['DynamicUser', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['PrivateDevices', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['StateDirectory', 'parlance'],
    ['CacheDirectory', 'parlance'],
  ] as const) {
    expect(values(name), name).toEqual([value]);
  }
});

test('it has the time to drain: the signal goes to the server alone, the kill comes after', () => {
  expect(values('KillMode')).toEqual(['mixed']);
  expect(values('KillSignal')).toEqual(['SIGTERM']);
  const { DRAIN_TIMEOUT } = readSettings({});
  expect(Number(values('TimeoutStopSec')[0])).toBeGreaterThan(DRAIN_TIMEOUT);
});

test('its variables are settings, and no key stands in it', () => {
  const names = values('Environment')
    .flatMap((line = '') => line.split(' '))
    .map((pair) => pair.split('=')[0] ?? '');
  expect(names).toContain('DATA_DIR');
  for (const name of names) expect(['NODE_ENV', ...SETTING_NAMES]).toContain(name);
  expect(names.filter((name) => /KEY|TOKEN|SECRET/.test(name))).toEqual([]);
});
