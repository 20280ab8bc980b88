import { describe, expect, it } from 'vitest';
import {
  forgetRoom,
  keepOwnerSecret,
  MAX_KEPT_ROOMS,
  ownerSecretOf,
  ownRooms,
} from './room-keys.ts';

// Node has no localStorage: these run on the fallback, which a browser without storage uses too.
describe('room keys', () => {
  it('keeps the secret of a room, the latest room first', () => {
    keepOwnerSecret('one', 'secret-one');
    keepOwnerSecret('two', 'secret-two');
    keepOwnerSecret('one', 'secret-one-again');
    expect(ownRooms().slice(0, 2)).toEqual(['one', 'two']);
    expect(ownerSecretOf('one')).toBe('secret-one-again');
  });

  it('forgets a room', () => {
    keepOwnerSecret('three', 'secret-three');
    forgetRoom('three');
    expect(ownerSecretOf('three')).toBeNull();
    expect(ownRooms()).not.toContain('three');
  });

  it('[INV4] forgets the oldest rooms with their secrets', () => {
    for (let n = 0; n <= MAX_KEPT_ROOMS; n += 1) keepOwnerSecret(`room-${n}`, `secret-${n}`);
    expect(ownRooms()).toHaveLength(MAX_KEPT_ROOMS);
    expect(ownerSecretOf('room-0')).toBeNull();
    expect(ownerSecretOf(`room-${MAX_KEPT_ROOMS}`)).toBe(`secret-${MAX_KEPT_ROOMS}`);
  });
});
