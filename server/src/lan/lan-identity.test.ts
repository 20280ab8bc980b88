import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lanAddresses, lanIdentity } from './lan-identity.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlance-lan-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the certificate names every address, and what is kept is readable by its owner only', async () => {
  const { certificate, accessKey } = await lanIdentity(folder, ['192.168.7.20']);
  expect(new X509Certificate(certificate).checkIP('192.168.7.20')).toBe('192.168.7.20');
  expect(accessKey).toMatch(/^[A-Za-z0-9_-]{32}$/);
  for (const file of ['key.pem', 'access-key']) {
    expect((await stat(join(folder, file))).mode & 0o077).toBe(0);
  }
});

test('a second start keeps key and certificate; a new address changes the certificate only', async () => {
  const first = await lanIdentity(folder, ['192.168.7.20']);
  expect(await lanIdentity(folder, ['192.168.7.20'])).toEqual(first);
  const moved = await lanIdentity(folder, ['10.0.0.9']);
  expect(moved.accessKey).toBe(first.accessKey);
  expect(moved.certificate).not.toBe(first.certificate);
});

test('a damaged certificate is replaced', async () => {
  await lanIdentity(folder, []);
  await writeFile(join(folder, 'cert.pem'), 'no certificate');
  expect((await lanIdentity(folder, [])).certificate).toContain('BEGIN CERTIFICATE');
});

test('addresses of the private network come first, loopback never', () => {
  const address = (value: string, internal = false) => ({
    address: value,
    family: 'IPv4' as const,
    internal,
    netmask: '255.255.255.0',
    mac: '00:00:00:00:00:00',
    cidr: null,
  });
  expect(
    lanAddresses({
      lo: [address('127.0.0.1', true)],
      wan: [address('203.0.113.5')],
      wifi: [address('192.168.1.4')],
    }),
  ).toEqual(['192.168.1.4', '203.0.113.5']);
});
