import type { RequestHandler } from 'express';
import { AppError } from '../../../shared/errors.ts';
import { mayCall, type OriginRules } from '../limits/origins.ts';

/** Refuses (`origin_refused`) what comes to a name that others made to point to this machine. */
export function ownNamesOnly(rules: OriginRules): RequestHandler {
  return (request, _response, next) => {
    if (mayCall(request, rules)) {
      next();
      return;
    }
    throw new AppError(
      'origin_refused',
      'Expected localhost or an address as the host, since this server is for its own machine, got ' +
        'another name. Behind a proxy set TRUST_PROXY, or name the page in ALLOWED_ORIGINS.',
    );
  };
}
