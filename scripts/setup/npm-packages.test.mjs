import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locksMatch, npmCommand, npmPackagesMatch } from './npm-packages.mjs';

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' },
    'node_modules/mac-only': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  },
};
const zod = { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' } };

describe('comparing', () => {
  test('what the lock asks for, without what is for other systems, matches', () => {
    expect(locksMatch(lock, { packages: zod })).toBe(true);
  });

  test.each([
    ['nothing installed', {}],
    ['another version', { 'node_modules/zod': { version: '4.6.8', integrity: 'sha512-a' } }],
    ['another content', { 'node_modules/zod': { version: '4.6.7', integrity: 'sha512-c' } }],
    ['one too many', { ...zod, 'node_modules/left-over': { version: '1.0.0' } }],
  ])('%s does not', (_what, packages) => {
    expect(locksMatch(lock, { packages })).toBe(false);
  });
});

describe('on the disk', () => {
  let root = '';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'parlance-npm-'));
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** @param {object} packages */
  function install(packages) {
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  }

  test('no node_modules, or one whose installation never ended, does not match', () => {
    expect(npmPackagesMatch(root)).toBe(false);
    mkdirSync(join(root, 'node_modules/zod'), { recursive: true });
    expect(npmPackagesMatch(root)).toBe(false);
  });

  test('a whole one matches, until a folder of it is removed', () => {
    install(zod);
    mkdirSync(join(root, 'node_modules/zod'));
    expect(npmPackagesMatch(root)).toBe(true);
    rmSync(join(root, 'node_modules/zod'), { recursive: true });
    expect(npmPackagesMatch(root)).toBe(false);
  });
});

test('the npm that runs the script is used again; another package manager is not', () => {
  expect(npmCommand('/usr/lib/node_modules/npm/bin/npm-cli.js')).toEqual([
    process.execPath,
    '/usr/lib/node_modules/npm/bin/npm-cli.js',
  ]);
  expect(npmCommand('/usr/lib/yarn.js')).toEqual(['npm']);
  expect(npmCommand(undefined)).toEqual(['npm']);
});
