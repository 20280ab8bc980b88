import type { Request, Response } from 'express';
import { expect, test, vi } from 'vitest';
import { AppError } from '../../../shared/errors.ts';
import type { Identity, KeyRecord } from '../access/identity.ts';
import { trustedProxies } from '../limits/client-address.ts';
import type { Allowance } from '../limits/request-rate.ts';
import { limitRate } from './rate-limit.ts';

const key = (limits: KeyRecord['limits'] = {}): KeyRecord => ({
  ...{ id: 'k1', name: 'one', prefix: 'pk', scopes: ['speak'], limits },
  ...{ createdAtMs: 0, expiresAtMs: null, revokedAtMs: null },
});
const token = (role: 'speak' | 'watch'): Identity => ({
  ...{ kind: 'token', id: 't1', key: key(), room: 'room', role, expiresAtMs: 1 },
});

async function asked(identity: Identity | undefined, answer: Allowance | null, peer = '192.0.2.1') {
  const take = vi.fn((_subject: string, _limit: number) => Promise.resolve(answer));
  const limit = limitRate({
    ...{ rate: { take }, perMinute: 100, perAddress: 6_000 },
    trusts: trustedProxies([]),
  });
  const headers: Record<string, string> = {};
  const response = {
    locals: { identity },
    set: (name: string, value: string) => {
      headers[name] = value;
    },
  } as unknown as Response;
  const request = { headers: {}, socket: { remoteAddress: peer } } as unknown as Request;
  const next = vi.fn();
  await limit(request, response, next);
  const [subject = '', quota = 0] = take.mock.calls[0] ?? [];
  return { subject, quota, headers, error: next.mock.calls[0]?.[0] as AppError | undefined };
}

const letIn: Allowance = { allowed: true, remaining: 41, resetMs: 12_345 };
const refused: Allowance = { allowed: false, remaining: 0, resetMs: 1_500 };

test.each([
  ['a key', { kind: 'key', key: key() }, 'key:k1', 100],
  ['a key with a limit of its own', { kind: 'key', key: key({ ratePerMinute: 7 }) }, 'key:k1', 7],
  ['a token for speaking', token('speak'), 'token:t1', 100],
] as const)('%s is counted by itself', async (_name, identity, subject, quota) => {
  expect(await asked(identity, letIn)).toMatchObject({ subject, quota });
});

const stranger: Identity = { kind: 'stranger', refusal: new AppError('unauthorized', 'No.') };
test.each([
  ['nobody in particular', undefined],
  ['anyone of an open server', { kind: 'anyone' }],
  ['a stranger', stranger],
  ['an audience with one link', token('watch')],
] as const)('%s is counted by address, which Redis is not told', async (_name, identity) => {
  const { subject, quota } = await asked(identity, letIn);
  expect(subject).toMatch(/^address:[\w-]{22}$/);
  expect(quota).toBe(6_000);
  expect((await asked(identity, letIn, '192.0.2.2')).subject).not.toBe(subject);
});

test('what is left is told as the IETF draft has it', async () => {
  const { headers, error } = await asked({ kind: 'key', key: key() }, letIn);
  expect(headers).toEqual({
    'RateLimit-Policy': '"key";q=100;w=60',
    RateLimit: '"key";r=41;t=13',
  });
  expect(error).toBeUndefined();
});

test('[INV4] beyond the limit it is refused by name, with the time to wait', async () => {
  const { headers, error } = await asked({ kind: 'key', key: key() }, refused);
  expect(headers.RateLimit).toBe('"key";r=0;t=2');
  expect(error).toMatchObject({ code: 'rate_limited', retryable: true, retryAfterMs: 1_500 });
});

test('while Redis does not tell everybody is let in, and nothing is claimed', async () => {
  const { headers, error } = await asked({ kind: 'key', key: key() }, null);
  expect(headers).toEqual({});
  expect(error).toBeUndefined();
});
