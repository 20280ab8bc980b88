import { describe, expect, it } from 'vitest';
import { pageAddress } from './page-address.ts';

describe('pageAddress', () => {
  it.each([
    ['/', { kind: 'home' }],
    ['/speak/team-monday', { kind: 'speak', room: 'team-monday' }],
    ['/watch/a/', { kind: 'watch', room: 'a' }],
    ['/operate', { kind: 'operate' }],
    ['/operate/more', { kind: 'unknown' }],
    ['/watch/', { kind: 'unknown' }],
    ['/watch/Team', { kind: 'unknown' }],
    ['/watch/a/b', { kind: 'unknown' }],
    ['/watch/%E0%A4%A', { kind: 'unknown' }],
    ['/elsewhere', { kind: 'unknown' }],
  ])('reads %s', (pathname, address) => {
    expect(pageAddress(pathname)).toEqual(address);
  });
});
