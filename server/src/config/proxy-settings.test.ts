import { expect, test } from 'vitest';
import { NO_PROXY, proxyFor, readProxySettings } from './proxy-settings.ts';

const maker = new URL('https://models.example.org/tiny/encoder.ort');

test('nothing set means a direct connection', () => {
  expect(readProxySettings({})).toEqual(NO_PROXY);
  expect(proxyFor(maker, NO_PROXY)).toBeNull();
});

test('each scheme has its own proxy, and all_proxy stands in', () => {
  const settings = readProxySettings({ HTTPS_PROXY: 'http://p:3128', all_proxy: 'q:8080' });
  expect(proxyFor(maker, settings)?.host).toBe('p:3128');
  expect(proxyFor(new URL('http://models.example.org/'), settings)?.host).toBe('q:8080');
});

test('lower case goes before upper case, and an empty value counts as not set', () => {
  const settings = readProxySettings({ https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1' });
  expect(settings.forHttps?.host).toBe('low:1');
  expect(readProxySettings({ https_proxy: '', HTTPS_PROXY: 'http://up:1' }).forHttps?.host).toBe(
    'up:1',
  );
});

test.each([
  ['models.example.org', true],
  ['example.org', true],
  ['.example.org', true],
  ['*.example.org', true],
  ['*', true],
  ['models.example.org:443', true],
  ['models.example.org:8443', false],
  ['ample.org', false],
  ['other.org, example.org', true],
])('no_proxy=%s: direct is %s', (noProxy, direct) => {
  const settings = readProxySettings({ https_proxy: 'http://p:3128', no_proxy: noProxy });
  expect(proxyFor(maker, settings) === null).toBe(direct);
});

test('an IPv6 address matches without its brackets', () => {
  const settings = readProxySettings({ http_proxy: 'http://p:3128', no_proxy: '::1' });
  expect(proxyFor(new URL('http://[::1]:8080/'), settings)).toBeNull();
});

test('a proxy that is no http proxy is left out', () => {
  expect(readProxySettings({ https_proxy: 'socks5://p:1080' }).forHttps).toBeNull();
  expect(readProxySettings({ https_proxy: 'http://' }).forHttps).toBeNull();
});
