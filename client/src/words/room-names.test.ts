import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ROOM_NAME_LENGTH } from '../../../shared/limits.ts';
import { roomNameSchema } from '../../../shared/messages.ts';
import { suggestRoomName, toRoomName } from './room-names.ts';

describe('toRoomName', () => {
  it.each([
    ['Café & Chat', 'cafe-chat'],
    ['  Team  Monday ', 'team-monday'],
    ['--a--', 'a'],
    ['日本', ''],
    ['x'.repeat(100), 'x'.repeat(MAX_ROOM_NAME_LENGTH)],
  ])('makes of %j the name %j', (typed, name) => {
    expect(toRoomName(typed)).toBe(name);
  });

  it('makes nothing that the server would refuse, and keeps what it would take', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
        const name = toRoomName(typed);
        if (name !== '') expect(roomNameSchema.safeParse(name).success).toBe(true);
        expect(toRoomName(name)).toBe(name);
      }),
    );
  });
});

describe('suggestRoomName', () => {
  it('gives names that the server takes, at both ends of chance', () => {
    for (const random of [() => 0, () => 0.999999, Math.random]) {
      const name = suggestRoomName(random);
      expect(name).toMatch(/^[a-z]+-[a-z]+-\d{3}$/);
      expect(roomNameSchema.parse(name)).toBe(name);
    }
  });
});
