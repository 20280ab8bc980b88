import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectRoot } from '../testing/speech-corpus.ts';
import { type BalancerPlace, writeBalancerFiles } from './balancer-files.ts';

const TEMPLATE = join(projectRoot(), 'nginx.conf');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-balancer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(place: Partial<BalancerPlace>) {
  const nodePorts = [40_001, 40_002];
  await writeBalancerFiles(folder, TEMPLATE, {
    host: '127.0.0.1',
    port: 8080,
    nodePorts,
    ...place,
  });
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return {
    nginx: await read('nginx.conf'),
    upstreams: await read('upstreams.conf'),
    listen: await read('listen.conf'),
  };
}

test('nginx.conf stays as it is; each node is a line that says when it is passed over', async () => {
  const { nginx, upstreams } = await written({});
  expect(nginx).toBe(await readFile(TEMPLATE, 'utf8'));
  expect(upstreams).toBe(
    'server 127.0.0.1:40001 max_fails=1 fail_timeout=5s;\n' +
      'server 127.0.0.1:40002 max_fails=1 fail_timeout=5s;\n',
  );
});

test.each([
  ['127.0.0.1', 'listen 127.0.0.1:8080;\n'],
  ['::1', 'listen [::1]:8080;\n'],
  ['::', 'listen [::]:8080 ipv6only=off;\n'],
])('listening on %s', async (host, listen) => {
  expect((await written({ host })).listen).toBe(listen);
});

test('TLS, with paths that hold blanks and quotes', async () => {
  const tls = { cert: '/a b/c"d.pem', key: '/k.pem' };
  expect((await written({ tls })).listen).toBe(
    'listen 127.0.0.1:8080 ssl;\nssl_certificate "/a b/c\\"d.pem";\nssl_certificate_key "/k.pem";\n',
  );
});
