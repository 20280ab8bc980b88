import { expect, test } from 'vitest';
import { checkOwner } from './keys-redis.ts';

test("another user's Redis is not started: its server could not read what that writes", () => {
  checkOwner(1000, 1000, '/data/redis');
  expect(() => checkOwner(61_234, 0, '/data/redis')).toThrow(
    expect.objectContaining({ code: 'invalid_setting' }),
  );
  expect(() => checkOwner(61_234, 0, '/data/redis')).toThrow(/\/data\/redis.*user 61234.*start/);
});
