import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildRoomLink, parseRoomLink, type RoomLink } from './room-link.ts';

test.each([
  [
    { kind: 'watch', url: 'https://host:8443', room: 'town-hall', token: 'abc_-' },
    'https://host:8443/watch/town-hall#t=abc_-',
  ],
  [
    { kind: 'speak', url: 'http://localhost:8080/', room: 'r1', token: 'key' },
    'http://localhost:8080/speak/r1#k=key',
  ],
  [
    { kind: 'watch', url: 'https://host/below/a/path/?x=1#y', room: 'r', token: null },
    'https://host/below/a/path/watch/r',
  ],
] satisfies [RoomLink, string][])('%o becomes a link', (link, text) => {
  expect(buildRoomLink(link)).toBe(text);
});

test('a link says again what it was built from', () => {
  const link = fc.record<RoomLink>({
    kind: fc.constantFrom('watch', 'speak'),
    url: fc.constantFrom('https://host', 'http://10.0.0.7:8080', 'https://[::1]:8443/base'),
    room: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/),
    token: fc.option(fc.string({ minLength: 1, unit: 'grapheme' }), { nil: null }),
  });
  fc.assert(
    fc.property(link, (given) => {
      expect(parseRoomLink(buildRoomLink(given))).toEqual(given);
    }),
  );
});

test('[INV7] a token counts only after the #, where no server sees it', () => {
  expect(parseRoomLink('https://host/watch/r?t=secret')?.token).toBeNull();
  expect(parseRoomLink('https://host/watch/r#t=')?.token).toBeNull();
  expect(parseRoomLink('https://host/watch/r#k=key')?.token).toBeNull();
  const built = new URL(
    buildRoomLink({ kind: 'watch', url: 'https://host', room: 'r', token: 'secret' }),
  );
  expect(built.hash).toBe('#t=secret');
  expect(built.pathname + built.search).not.toContain('secret');
});

test.each([
  'town-hall',
  'ftp://host/watch/r',
  'https://host/',
  'https://host/watch/',
  'https://host/watch/Room!',
  'https://host/listen/r',
  'https://host/watch/r/more',
  `https://host/watch/${'r'.repeat(65)}`,
])('%s is no link to a room', (text) => {
  expect(parseRoomLink(text)).toBeNull();
});

test('a name that is none is refused before it becomes a link', () => {
  expect(() =>
    buildRoomLink({ kind: 'watch', url: 'https://h', room: 'a/b', token: null }),
  ).toThrow(expect.objectContaining({ code: 'invalid_message' }));
});
