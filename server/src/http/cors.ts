import crossOrigin from 'cors';
import type { RequestHandler } from 'express';
import { ANY_ORIGIN } from '../limits/origins.ts';

/** Browsers need not ask again for so long. */
const PREFLIGHT_S = 600;

/**
 * Lets pages of other origins read what the HTTP API answers, if ALLOWED_ORIGINS names them; by
 * default none. Nothing here goes by cookies, so no credentials are let through.
 */
export function allowOrigins(allowed: readonly string[]): RequestHandler {
  return crossOrigin({
    origin: originsOf(allowed),
    methods: ['GET', 'HEAD', 'POST', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'X-API-Key'],
    exposedHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After'],
    credentials: false,
    maxAge: PREFLIGHT_S,
  });
}

/** `false` does nothing at all: not even a preflight is answered. */
function originsOf(allowed: readonly string[]): string | string[] | false {
  if (allowed.includes(ANY_ORIGIN)) return ANY_ORIGIN;
  return allowed.length === 0 ? false : [...allowed];
}
