import { beforeEach, expect, it, vi } from 'vitest';
import {
  keepReturnToken,
  keepSpeakingKey,
  speakingCredential,
  speakingKey,
  takeKeyFromAddress,
  watchTokenFromAddress,
} from './room-access.ts';

const TOKEN = 'head.body.signature';

/** Opens the page at this address; the storage of Node's stand-in lasts as long as the tab would. */
function open(hash: string, room: string | null): string[] {
  const shown: string[] = [];
  vi.stubGlobal('location', { hash, pathname: `/speak/${room}`, search: '' });
  vi.stubGlobal('history', {
    replaceState: (_state: unknown, _title: string, address: string) => shown.push(address),
  });
  takeKeyFromAddress(room);
  return shown;
}

beforeEach(() => {
  open('', 'garden');
  keepSpeakingKey(null);
  return () => vi.unstubAllGlobals();
});

it('[INV7] takes a key out of the address and keeps it for every room', () => {
  expect(open('#k=the-key', 'garden')).toEqual(['/speak/garden']);
  expect(speakingCredential()).toBe('the-key');
  open('', 'kitchen');
  expect(speakingCredential()).toBe('the-key');
});

it("a room's token is for that room alone, and is there after a reload", () => {
  keepSpeakingKey('the-key');
  expect(open(`#k=${TOKEN}`, 'garden')).toEqual(['/speak/garden']);
  expect(speakingCredential()).toBe(TOKEN);
  open('', 'garden');
  expect(speakingCredential()).toBe(TOKEN);
  open('', 'kitchen');
  expect(speakingCredential()).toBe('the-key');
  expect(speakingKey.value).toBe('the-key');
});

it('a key that is entered takes the place of a token that ran out, after a reload too', () => {
  open(`#k=${TOKEN}`, 'garden');
  keepSpeakingKey('typed-key');
  expect(speakingCredential()).toBe('typed-key');
  open('', 'garden');
  expect(speakingCredential()).toBe('typed-key');
});

it('a reader comes back with what it was given, as long as it reads by the same link', () => {
  open('#t=linked', 'garden');
  expect(watchTokenFromAddress('garden')).toBe('linked');
  keepReturnToken('garden', 'given');
  expect(watchTokenFromAddress('garden')).toBe('given');
  expect(watchTokenFromAddress('kitchen')).toBe('linked');
  open('#t=another', 'garden');
  expect(watchTokenFromAddress('garden')).toBe('another');
  open('', 'garden');
  expect(watchTokenFromAddress('garden')).toBeNull();
});
