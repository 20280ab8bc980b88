import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MINIMUM_NODE, nodeProblem } from './node-version.mjs';

test.each(['20.19.0', '20.19.1', '20.20.2', '22.0.0', '24.1.0-nightly'])(
  '%s will do',
  (version) => {
    expect(nodeProblem(version)).toBeNull();
  },
);

test.each(['20.18.3', '20.2.0', '18.20.0', '9.11.2', '0.12.0'])(
  '%s is too old, in words',
  (version) => {
    expect(nodeProblem(version)).toContain(`needs Node 20.19.0 or newer; this is Node ${version}`);
  },
);

test('package.json asks for the same Node', () => {
  const { engines } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect(engines.node).toBe(`>=${MINIMUM_NODE.replace(/\.0$/, '')}`);
});
