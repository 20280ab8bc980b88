import type { Request, RequestHandler, Response } from 'express';
import type { Access } from './access.ts';
import { type Identity, may, type Scope } from './identity.ts';
import { refusalOf } from './refusals.ts';

/** Keys longer than this are none; the header as a whole is bounded by Node. */
const MAX_CREDENTIAL_LENGTH = 2_048;

/**
 * Finds out who asks, by `X-API-Key` or `Authorization: Bearer`, and leaves it in
 * `response.locals.identity`. Refuses nobody: what is open to all stays so.
 */
export function identify(access: Pick<Access, 'identify'>): RequestHandler {
  return async (request, response, next) => {
    response.locals.identity = await access.identify(credentialOf(request));
    next();
  };
}

/** Who asks; only behind {@link identify}. */
export function identityOf(response: Response): Identity {
  const identity: Identity | undefined = response.locals.identity;
  if (identity === undefined) throw new Error('Expected identify() before this route, got none.');
  return identity;
}

/** Lets through who may do this; everybody on an open server. Throws what the others are told. */
export function requireScope(scope: Scope): RequestHandler {
  return (_request, response, next) => {
    const identity = identityOf(response);
    if (!may(identity, scope)) {
      response.set('WWW-Authenticate', 'Bearer realm="parlance"');
      throw refusalOf(identity, scope);
    }
    next();
  };
}

function credentialOf(request: Request): string | undefined {
  const credential = request.get('x-api-key') ?? bearerOf(request.get('authorization'));
  return credential === undefined || credential.length > MAX_CREDENTIAL_LENGTH
    ? undefined
    : credential.trim();
}

/** RFC 6750; the scheme's case does not count. */
function bearerOf(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}
