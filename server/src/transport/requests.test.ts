import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import * as messages from '../../../shared/messages.ts';
import { roomTokenRequestSchema } from '../../../shared/room-tokens.ts';
import { FaultCount, MAX_INVALID_MESSAGES, parseMessage } from './requests.ts';

/** Whatever may arrive is either what the schema says, or `invalid_message`; never anything else. */

const SCHEMAS: readonly (readonly [name: string, schema: z.ZodType<unknown>])[] = [
  ...Object.entries(messages).flatMap(([name, schema]) =>
    schema instanceof z.ZodType ? [[name, schema as z.ZodType<unknown>] as const] : [],
  ),
  ['roomTokenRequestSchema', roomTokenRequestSchema],
];

const secret = 'secret-0123456789';
const glossary = [
  {
    language: 'en',
    term: 'Parlance',
    heardAs: ['par lance'],
    translations: { es: 'P' },
    keep: true,
  },
];
/** One good message for each, that others are made from. */
const GOOD: Readonly<Record<string, unknown>> = {
  roomNameSchema: 'a-room',
  cursorSchema: '12-0',
  handshakeSchema: { protocol: 1, token: 'x' },
  sessionStartSchema: {
    room: 'a-room',
    language: 'en',
    offers: ['es'],
    reads: ['es'],
    speakerName: 'Ana',
    instance: secret,
    ownerSecret: secret,
    glossary,
  },
  sessionResumeSchema: {
    room: 'a-room',
    session: 'session-1',
    secret,
    instance: secret,
    reads: ['es'],
    after: '12-0',
  },
  sessionGapSchema: { fromSeq: 1, toSeq: 5 },
  sessionStopSchema: { endSeq: 5 },
  sessionLanguagesSchema: { offers: ['es'], reads: [] },
  roomGlossarySchema: { room: 'a-room', ownerSecret: secret, glossary },
  roomEndSchema: { room: 'a-room', ownerSecret: secret, erase: true },
  roomJoinSchema: { room: 'a-room', language: 'es', after: '12-0' },
  roomLanguageSchema: { language: 'es' },
  roomTokenRequestSchema: { room: 'a-room', role: 'watch', seconds: 60 },
};

/** Anything that Socket.IO can bring: JSON, and binary in its place. */
const anything = fc.anything({
  withNullPrototype: true,
  withTypedArray: true,
  withSparseArray: true,
  withUnicodeString: true,
});
const words = fc.constantFrom('__proto__', 'constructor', 'room', 'language', 'length', 'toString');
const strange = fc.oneof(
  anything,
  words,
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 2 ** 53, -1, 1.5, 4_294_967_296),
  fc.array(fc.constant('es'), { minLength: 30, maxLength: 40 }),
);

/** The places of a value, by the keys that lead to them. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, part]) => placesIn(part, [...path, key]));
  return [path, ...inner];
}

/** A copy in which something else stands in one place, or something more beside it. */
function changed(value: unknown, path: readonly string[], put: unknown, beside: boolean): unknown {
  const [key, ...rest] = path;
  if (key === undefined) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return beside && isObject ? { ...value, extra: put } : put;
  }
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : { ...(value as object) };
  const inner = copy as Record<string, unknown>;
  inner[key] = changed(inner[key], rest, put, beside);
  return copy;
}

function outcomeOf(schema: z.ZodType<unknown>, message: unknown): AppError | 'read' {
  try {
    parseMessage(schema, message);
    return 'read';
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return error as AppError;
  }
}

function expectNamed(schema: z.ZodType<unknown>, message: unknown): void {
  const outcome = outcomeOf(schema, message);
  if (outcome === 'read') return;
  expect(outcome.code).toBe('invalid_message');
  // [INV4] whatever was sent, what goes back is short.
  expect(outcome.message.length).toBeLessThan(2_000);
}

test('every schema of a message is tried', () => {
  expect(SCHEMAS.map(([name]) => name).sort()).toEqual(Object.keys(GOOD).sort());
});

describe.each(SCHEMAS)('%s', (name, schema) => {
  const good = GOOD[name];

  test('reads what it should', () => {
    expect(outcomeOf(schema, good)).toBe('read');
  });

  test('[INV4] any value at all is read, or refused by name', () => {
    fc.assert(
      fc.property(strange, (message) => expectNamed(schema, message)),
      { numRuns: 300 },
    );
  });

  test('[INV4] good messages with anything in any place are read, or refused by name', () => {
    const places = placesIn(good);
    fc.assert(
      fc.property(fc.nat(places.length - 1), strange, fc.boolean(), (at, put, beside) => {
        expectNamed(schema, changed(good, places[at] ?? [], put, beside));
      }),
      { numRuns: 500 },
    );
  });

  test('[INV7] what is refused is not repeated', () => {
    const said = 'what-nobody-else-may-read';
    for (const place of placesIn(good)) {
      for (const put of [said, { [said]: 1 }, [said], 7]) {
        const outcome = outcomeOf(schema, changed(good, place, put, false));
        if (outcome !== 'read' && put !== 7)
          expect(JSON.stringify(outcome.message)).not.toContain(said);
      }
    }
  });
});

test('[INV4] a structure that is very deep is refused by name', () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  for (const [, schema] of SCHEMAS) {
    expect(outcomeOf(schema, deep)).toMatchObject({ code: 'invalid_message' });
  }
});

test('[INV4] so much may be wrong on one connection; what is not its fault does not count', () => {
  const faults = new FaultCount();
  for (let count = 0; count < 100; count += 1) expect(faults.note('server_busy')).toBe(false);
  for (let count = 0; count < MAX_INVALID_MESSAGES; count += 1) {
    expect(faults.note('invalid_message')).toBe(false);
  }
  expect(faults.note('audio_malformed')).toBe(true);
});

test.each([
  'session_not_found',
  'not_room_owner',
  'unauthorized',
  'forbidden',
  'language_unsupported',
  'room_full',
] as const)('[INV4] guesses that end in %s count', (code) => {
  const faults = new FaultCount();
  for (let count = 0; count < MAX_INVALID_MESSAGES; count += 1) {
    expect(faults.note(code)).toBe(false);
  }
  expect(faults.note(code)).toBe(true);
});

test('[INV4] whoever there is no room for does not stay', () => {
  expect(new FaultCount().note('server_full')).toBe(true);
});
