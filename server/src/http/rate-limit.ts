import { createHash } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { AppError } from '../../../shared/errors.ts';
import { type Identity, subjectOf } from '../access/identity.ts';
import { clientAddress, type TrustsProxy } from '../limits/client-address.ts';
import { type Allowance, type RequestRate, WINDOW_MS } from '../limits/request-rate.ts';

export interface RateLimitOptions {
  readonly rate: Pick<RequestRate, 'take'>;
  /** Requests a minute of one key or token, where the key has no other limit (RATE_LIMIT_PER_MINUTE). */
  readonly perMinute: number;
  /** Of everybody else behind one address (RATE_LIMIT_PER_ADDRESS). */
  readonly perAddress: number;
  readonly trusts: TrustsProxy;
}

interface Quota {
  /** As `RateLimit-Policy` names it. */
  readonly policy: 'key' | 'token' | 'address';
  readonly subject: string;
  readonly limit: number;
}

/**
 * Counts a request for whoever makes it, in the whole cluster, and refuses it with `rate_limited`
 * (429) beyond the limit. The answer tells how much is left, as draft-ietf-httpapi-ratelimit-headers
 * has it. While Redis does not tell, everybody is let in: the number of requests under way is still
 * limited. Goes behind what makes `response.locals.identity`.
 */
export function limitRate(options: RateLimitOptions): RequestHandler {
  return async (request, response, next) => {
    const { identity } = response.locals as { identity?: Identity };
    const quota =
      quotaOf(identity, options.perMinute) ??
      addressQuota(clientAddress(request, options.trusts), options.perAddress);
    const allowance = await options.rate.take(quota.subject, quota.limit);
    if (allowance === null) {
      next();
      return;
    }
    tell(response, quota, allowance);
    next(allowance.allowed ? undefined : tooMany(quota, allowance));
  };
}

/**
 * What a key or token may do; null for whoever has none that holds. A token for watching is in the
 * link of a whole audience, so its holders count by their addresses.
 */
function quotaOf(identity: Identity | undefined, perMinute: number): Quota | null {
  const subject = identity === undefined ? null : subjectOf(identity);
  if (identity === undefined || subject === null) return null;
  const shown = identity.kind === 'expired' ? identity.of : identity;
  if (shown.kind === 'token' && shown.role === 'watch') return null;
  if (shown.kind !== 'key' && shown.kind !== 'token') return null;
  const limit = shown.key.limits.ratePerMinute ?? perMinute;
  return { policy: shown.kind, subject, limit };
}

/** Redis is not told the address of anybody. */
function addressQuota(address: string, limit: number): Quota {
  const digest = createHash('sha256').update(address).digest('base64url').slice(0, 22);
  return { policy: 'address', subject: `address:${digest}`, limit };
}

function tell(response: Response, { policy, limit }: Quota, allowance: Allowance): void {
  response.set('RateLimit-Policy', `"${policy}";q=${limit};w=${WINDOW_MS / 1000}`);
  response.set(
    'RateLimit',
    `"${policy}";r=${allowance.remaining};t=${Math.ceil(allowance.resetMs / 1000)}`,
  );
}

function tooMany({ policy, limit }: Quota, { resetMs }: Allowance): AppError {
  return new AppError(
    'rate_limited',
    `Expected at most ${limit} requests a minute from one ${policy}, got more.`,
    { retryAfterMs: resetMs },
  );
}
