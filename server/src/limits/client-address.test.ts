import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { addressGroup, clientAddress, trustedProxies } from './client-address.ts';

/** A request from `peer`, with what it says about itself. */
function from(peer: string, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { headers, socket: { remoteAddress: peer } } as unknown as IncomingMessage;
}

test('without a setting nobody is believed about anybody', () => {
  const nobody = trustedProxies([]);
  expect(clientAddress(from('192.0.2.1', '198.51.100.7'), nobody)).toBe('192.0.2.1');
  expect(clientAddress(from('127.0.0.1', '198.51.100.7'), nobody)).toBe('127.0.0.1');
});

test('a proxy that is trusted is believed about its client, and a client about nothing', () => {
  const trusts = trustedProxies(['loopback', '10.0.0.0/8']);
  expect(clientAddress(from('127.0.0.1', '198.51.100.7'), trusts)).toBe('198.51.100.7');
  expect(clientAddress(from('::ffff:10.1.2.3', '198.51.100.7'), trusts)).toBe('198.51.100.7');
  expect(clientAddress(from('192.0.2.1', '198.51.100.7'), trusts)).toBe('192.0.2.1');
});

test('what a client writes before the proxy appends is not believed', () => {
  const trusts = trustedProxies(['loopback']);
  const forged = from('127.0.0.1', '203.0.113.9, 198.51.100.7');
  expect(clientAddress(forged, trusts)).toBe('198.51.100.7');
});

test('a proxy that says nothing stands for itself', () => {
  expect(clientAddress(from('127.0.0.1'), trustedProxies(['loopback']))).toBe('127.0.0.1');
});

test('what is no address or network is refused at start', () => {
  expect(() => trustedProxies(['everybody'])).toThrow();
  expect(() => trustedProxies(['10.0.0.0/99'])).toThrow();
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:0:1:aaaa::1', '2001:db8:0:1::/64'],
  ['2001:0DB8:0000:0001::', '2001:db8:0:1::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test('[INV4] a forged header of any length makes no longer key', () => {
  expect(addressGroup('x'.repeat(10_000))).toHaveLength(64);
});
