import type { Request, Response } from 'express';
import { expect, test } from 'vitest';
import { identify, identityOf, requireScope } from './http-access.ts';
import type { Identity } from './identity.ts';
import { keyMissing } from './refusals.ts';

const STRANGER: Identity = { kind: 'stranger', refusal: keyMissing() };
const ANYONE: Identity = { kind: 'anyone' };

/** What is shown to the server by a request with these headers. */
async function shown(headers: Record<string, string>): Promise<string | undefined> {
  let credential: string | undefined = 'nothing was asked';
  const handle = identify({
    identify: (given) => {
      credential = given;
      return Promise.resolve(ANYONE);
    },
  });
  const request = { get: (name: string) => headers[name] } as unknown as Request;
  const response = { locals: {} } as unknown as Response;
  await handle(request, response, () => undefined);
  expect(identityOf(response)).toBe(ANYONE);
  return credential;
}

test('a key comes as X-API-Key or as a bearer, and the first goes before the other', async () => {
  expect(await shown({ 'x-api-key': 'one' })).toBe('one');
  expect(await shown({ authorization: 'Bearer two' })).toBe('two');
  expect(await shown({ authorization: 'bearer   two ' })).toBe('two');
  expect(await shown({ 'x-api-key': 'one', authorization: 'Bearer two' })).toBe('one');
});

test.each([
  {},
  { authorization: 'Basic dXNlcjpwYXNz' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer one two' },
  { authorization: `Bearer ${'x'.repeat(2_049)}` },
  { 'x-api-key': 'x'.repeat(2_049) },
])('%j shows nothing', async (headers) => {
  expect(await shown(headers)).toBeUndefined();
});

test('a scope lets everybody through on an open server, and nobody without a key elsewhere', () => {
  const asked = (identity: Identity | undefined): string[] => {
    const told: string[] = [];
    const response = {
      locals: identity === undefined ? {} : { identity },
      set: (name: string) => told.push(name),
    } as unknown as Response;
    requireScope('operate')({} as Request, response, () => told.push('next'));
    return told;
  };
  expect(asked(ANYONE)).toEqual(['next']);
  expect(() => asked(STRANGER)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  const key = { id: 'k', name: 'k', prefix: '', scopes: ['operate'], limits: {} } as const;
  const token: Identity = {
    ...{ kind: 'token', id: 'x', room: 'r', role: 'speak', expiresAtMs: 0 },
    key: { ...key, createdAtMs: 0, expiresAtMs: null, revokedAtMs: null },
  };
  expect(() => asked(token)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  expect(() => asked(undefined)).toThrow('Expected identify() before this route');
});
