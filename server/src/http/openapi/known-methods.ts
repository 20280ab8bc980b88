import type { RequestHandler } from 'express';
import { type ApiDocument, operationsOf } from './document.ts';

/** Answers 405, with what is allowed, to a known path that was asked by another method. */
export function knownMethodsOnly(document: ApiDocument): RequestHandler {
  const known = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  for (const { path, method } of operationsOf(document)) {
    const pattern = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`);
    const entry = known.get(path) ?? { pattern, methods: new Set() };
    entry.methods.add(method.toUpperCase());
    if (method === 'get') entry.methods.add('HEAD');
    known.set(path, entry);
  }
  return (request, response, next) => {
    for (const { pattern, methods } of known.values()) {
      if (!pattern.test(request.path) || methods.has(request.method)) continue;
      const allowed = [...methods].join(', ');
      if (request.method === 'OPTIONS') {
        response.status(204).set('Allow', allowed).end();
        return;
      }
      const message = `Expected ${allowed}, got another method.`;
      response
        .status(405)
        .set('Allow', allowed)
        .json({ error: { code: 'method_not_allowed', message, retryable: false } });
      return;
    }
    next();
  };
}
