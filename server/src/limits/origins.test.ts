import { describe, expect, test } from 'vitest';
import { mayCall, mayConnect } from './origins.ts';

const same = { allowed: [], loopbackOnly: false };
const asked = (origin: string | undefined, host: string | undefined = 'talk.example:8080') => ({
  headers: { ...(origin === undefined ? {} : { origin }), ...(host === undefined ? {} : { host }) },
});

describe('a page of', () => {
  test.each([
    ['this server', 'http://talk.example:8080', true],
    ['this server behind TLS of a proxy', 'https://talk.example:8080', true],
    ['another host', 'http://evil.example:8080', false],
    ['another port', 'http://talk.example:9090', false],
    ['a host that begins alike', 'http://talk.example.evil.example:8080', false],
    ['a host with a name and password before it', 'http://talk.example:8080@evil.example', false],
    ['a file or a sandbox', 'null', false],
    ['nonsense', 'talk.example:8080', false],
  ])('%s', (_name, origin, may) => {
    expect(mayConnect(asked(origin), same)).toBe(may);
  });

  test('a default port may be left out', () => {
    expect(mayConnect(asked('https://talk.example', 'talk.example'), same)).toBe(true);
    expect(mayConnect(asked('https://talk.example', 'talk.example:443'), same)).toBe(true);
    expect(mayConnect(asked('https://talk.example', 'talk.example:8443'), same)).toBe(false);
  });
});

test('programs send no origin and are let in', () => {
  expect(mayConnect(asked(undefined), same)).toBe(true);
});

test('other origins are let in where they are named, or all are', () => {
  const named = { ...same, allowed: ['https://blog.example'] };
  expect(mayConnect(asked('https://blog.example'), named)).toBe(true);
  expect(mayConnect(asked('http://blog.example'), named)).toBe(false);
  expect(mayConnect(asked('https://evil.example'), named)).toBe(false);
  expect(mayConnect(asked('https://evil.example'), { ...same, allowed: ['*'] })).toBe(true);
});

test('on loopback a name that was made to point here is not our own', () => {
  const loopback = { allowed: [], loopbackOnly: true };
  const page = (host: string) => mayConnect(asked(`http://${host}`, host), loopback);
  expect(page('localhost:8080')).toBe(true);
  expect(page('127.0.0.1:8080')).toBe(true);
  expect(page('[::1]:8080')).toBe(true);
  expect(page('rebound.evil.example:8080')).toBe(false);
});

test('a handshake without a host is nobody’s own', () => {
  expect(mayConnect({ headers: { origin: 'http://talk.example' } }, same)).toBe(false);
});

describe('on loopback a request', () => {
  const loopback = { allowed: [], loopbackOnly: true };
  const named = (host: string | undefined) => ({
    headers: host === undefined ? {} : { host },
  });

  test.each([
    ['localhost:8080', true],
    ['talk.localhost', true],
    ['127.0.0.1:8080', true],
    ['[::1]:8080', true],
    [undefined, true],
    ['rebound.evil.example:8080', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['localhost@evil.example', false],
    ['no host at all', false],
    ['', false],
  ])('to %s', (host, may) => {
    expect(mayCall(named(host), loopback)).toBe(may);
    expect(mayCall(named(host), { ...loopback, loopbackOnly: false })).toBe(true);
  });

  test('may name what ALLOWED_ORIGINS names', () => {
    const host = named('talk.example:8080');
    expect(mayCall(host, { ...loopback, allowed: ['https://talk.example'] })).toBe(true);
    expect(mayCall(host, { ...loopback, allowed: ['https://other.example'] })).toBe(false);
    expect(mayCall(host, { ...loopback, allowed: ['*'] })).toBe(true);
  });
});
