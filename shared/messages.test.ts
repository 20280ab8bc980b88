import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, ERROR_CODES, toWireError } from './errors.ts';
import { MAX_OFFERED_LANGUAGES, MAX_ROOM_NAME_LENGTH, MAX_SPEAKER_NAME_LENGTH } from './limits.ts';
import { roomJoinSchema, sessionGapSchema, sessionStartSchema } from './messages.ts';

const start = {
  room: 'my-room-1',
  language: 'en',
  offers: ['es'],
  reads: [],
  instance: 'abcdefghij0123456789',
};
const accepts = (fields: object) => sessionStartSchema.safeParse({ ...start, ...fields }).success;

describe('session:start', () => {
  test('what a client sends is accepted', () => {
    expect(accepts({})).toBe(true);
    expect(accepts({ speakerName: 'María José', ownerSecret: 'x'.repeat(32) })).toBe(true);
  });

  test.each([
    ['a room with capitals', { room: 'Room' }],
    ['a room that is a path', { room: '../etc' }],
    ['no room', { room: '' }],
    ['a room too long', { room: 'r'.repeat(MAX_ROOM_NAME_LENGTH + 1) }],
    ['a name too long', { speakerName: 'n'.repeat(MAX_SPEAKER_NAME_LENGTH + 1) }],
    [
      'too many languages',
      { offers: Array.from({ length: MAX_OFFERED_LANGUAGES + 1 }, () => 'es') },
    ],
    ['a language with a region', { language: 'en-GB' }],
    ['a short instance', { instance: 'short' }],
    ['a field nobody knows', { admin: true }],
  ])('[INV4] %s is refused', (_name, fields) => {
    expect(accepts(fields)).toBe(false);
  });
});

test('a gap goes forward', () => {
  expect(sessionGapSchema.safeParse({ fromSeq: 5, toSeq: 9 }).success).toBe(true);
  for (const toSeq of [5, 4, -1, 5.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(sessionGapSchema.safeParse({ fromSeq: 5, toSeq }).success).toBe(false);
  }
});

test('nothing that can be sent makes a schema throw', () => {
  fc.assert(
    fc.property(fc.anything(), (anything) => {
      for (const schema of [sessionStartSchema, sessionGapSchema, roomJoinSchema]) {
        expect(typeof schema.safeParse(anything).success).toBe('boolean');
      }
    }),
  );
});

describe('errors on the wire', () => {
  test('[INV7] what is no error of ours says nothing of itself', () => {
    const wire = toWireError(new Error('the secret is hunter2'));
    expect(wire).toMatchObject({ code: 'internal', retryable: true });
    expect(JSON.stringify(wire)).not.toContain('hunter2');
  });

  test('every code knows whether a retry makes sense, and carries its hints along', () => {
    for (const code of Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[]) {
      const wire = toWireError(new AppError(code, 'Expected this, got that.'));
      expect(wire).toEqual({
        code,
        message: 'Expected this, got that.',
        retryable: ERROR_CODES[code].retryable,
      });
    }
    expect(toWireError(new AppError('server_busy', 'Full.', { retryAfterMs: 9 }))).toMatchObject({
      retryAfterMs: 9,
    });
    expect(toWireError(new AppError('audio_gap', 'Gap.', { expectedSeq: 3 }))).toMatchObject({
      expectedSeq: 3,
    });
  });
});
