import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { IMAGE_NEEDS, REDIS, SERVER_NEEDS } from '../../../scripts/setup/needs.mjs';
import { packagesFor } from '../../../scripts/setup/plan.mjs';
import { SETTING_NAMES } from '../config/settings.ts';
import { projectRoot } from '../testing/speech-corpus.ts';

/** No Docker engine runs here: the file is held against the project, its scripts run in the set-up. */

interface Instruction {
  readonly word: string;
  readonly text: string;
}

const read = (path: string) => readFileSync(join(projectRoot(), path), 'utf8');
const instructions: readonly Instruction[] = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ word: line.split(' ', 1)[0] ?? '', text: line.replace(/^\w+ /, '') }));
const lastFrom = instructions.findLastIndex(({ word }) => word === 'FROM');
const build = instructions.slice(0, lastFrom);
const last = instructions.slice(lastFrom);
const texts = (stage: readonly Instruction[], word: string) =>
  stage.filter((instruction) => instruction.word === word).map(({ text }) => text);

/** What the last stage takes from the first, as paths in the project. */
const copied = texts(last, 'COPY').flatMap((text) =>
  text
    .split(' ')
    .filter((path) => path.startsWith('/app/'))
    .map((path) => path.slice('/app/'.length)),
);

test('it is built upon a pinned Node that the product runs on, and upon the same Debian', () => {
  expect(texts(instructions, 'FROM')).toEqual([
    'node:20.19.0-bookworm-slim AS build',
    expect.stringMatching(/^debian:12\.\d+-slim$/),
  ]);
  expect(JSON.parse(read('package.json')).engines.node).toBe('>=20.19');
});

test('what it runs are the scripts of the set-up, which exist', () => {
  const scripts = [...texts(build, 'RUN'), ...texts(last, 'RUN')].flatMap((text) =>
    [...text.matchAll(/node (scripts\/\S+)/g)].map(([, script]) => script),
  );
  expect(scripts).toEqual(['scripts/build.mjs', 'scripts/image-programs.mjs']);
  for (const script of scripts) expect(existsSync(join(projectRoot(), script ?? '?'))).toBe(true);
  const packages = packagesFor(IMAGE_NEEDS, 'apt');
  expect(packages).toContain('tini');
  expect(packages).not.toContain('redis-server');
  const server = packagesFor(
    SERVER_NEEDS.filter((need) => need !== REDIS),
    'apt',
  );
  expect(packages).toEqual([...server, 'tini']);
});

test('the last stage has no build tools and no sources', () => {
  for (const command of texts(last, 'RUN'))
    expect(command).not.toMatch(/\b(npm|npx|apt-get|tsc)\b/);
  expect(copied.sort()).toEqual([
    ...['LICENSE', 'bin', 'dist', 'e2e/fixtures/clip.opus', 'node_modules', 'package.json'],
    'scripts',
  ]);
});

test('what is copied is there, and .dockerignore lets it through', () => {
  const made = ['dist', 'node_modules'];
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  for (const path of copied.filter((name) => !made.includes(name))) {
    expect(existsSync(join(projectRoot(), path)), path).toBe(true);
    expect(allowed).toContain(path);
  }
  // What the build compiles, as far as the server needs it.
  for (const path of ['shared', 'server', 'client', 'tsconfig.build.json', 'package-lock.json']) {
    expect(allowed).toContain(path);
  }
});

test('it leaves root by number, starts under tini, and tells whether it is well', () => {
  const user = /^(\d+):(\d+)$/.exec(texts(last, 'USER').at(-1) ?? '');
  expect(Number(user?.[1])).toBeGreaterThanOrEqual(1000);
  const userAt = last.findIndex(({ word }) => word === 'USER');
  expect(last.findLastIndex(({ word }) => word === 'RUN')).toBeLessThan(userAt);
  const [entry = '[]'] = texts(last, 'ENTRYPOINT');
  expect(JSON.parse(entry)).toEqual(['/usr/bin/tini', '--', 'node', 'bin/parlance']);
  const [check = ''] = texts(last, 'HEALTHCHECK');
  expect(check).toContain('CMD ["node", "scripts/healthcheck.mjs"]');
  expect(texts(last, 'STOPSIGNAL')).toEqual(['SIGTERM']);
});

test('its variables are settings, and its port is the one that it listens on', () => {
  const variables = new Map(
    texts(last, 'ENV')
      .flatMap((text) => text.split(/\s+/))
      .map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']),
  );
  for (const name of variables.keys()) expect(['NODE_ENV', ...SETTING_NAMES]).toContain(name);
  expect(texts(last, 'EXPOSE')).toEqual([variables.get('PORT')]);
  const folders = texts(last, 'RUN').join(' ');
  for (const name of ['DATA_DIR', 'PARLANCE_CACHE']) {
    expect(folders).toContain(variables.get(name) ?? '?');
  }
});
