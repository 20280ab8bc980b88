import type { RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import type { Settings } from '../config/settings.ts';
import type { TrustsProxy } from '../limits/client-address.ts';
import { type Limits, requestsOfOneAddress } from '../limits/create-limits.ts';
import { RequestRate } from '../limits/request-rate.ts';
import { allowOrigins } from './cors.ts';
import { ownNamesOnly } from './own-names.ts';
import { limitRate } from './rate-limit.ts';
import { RequestLimit } from './request-limits.ts';

/** What bounds requests over HTTP, in the order in which it is used. */
export interface HttpLimits {
  /** Whose word counts about a request. */
  readonly trusts: TrustsProxy;
  /** Keeps out what calls this server by another's name. */
  readonly names: RequestHandler;
  /** Lets pages of other origins in that the settings name. */
  readonly origins: RequestHandler;
  /** Requests under way and their time; goes behind what must always be answered. */
  readonly requests: RequestLimit;
  /** Requests a minute; goes behind what tells who asks. */
  readonly rate: RequestHandler;
}

export function createHttpLimits(
  settings: Settings,
  redis: Redis,
  { trusts, origins }: Pick<Limits, 'trusts' | 'origins'>,
): HttpLimits {
  return {
    trusts,
    names: ownNamesOnly(origins),
    origins: allowOrigins(settings.ALLOWED_ORIGINS),
    requests: new RequestLimit({
      max: settings.MAX_CONCURRENT_REQUESTS,
      maxOfOneAddress: requestsOfOneAddress(settings),
      trusts,
      timeoutMs: settings.REQUEST_TIMEOUT * 1000,
    }),
    rate: limitRate({
      rate: new RequestRate({ redis }),
      perMinute: settings.RATE_LIMIT_PER_MINUTE,
      perAddress: settings.RATE_LIMIT_PER_ADDRESS,
      trusts,
    }),
  };
}
