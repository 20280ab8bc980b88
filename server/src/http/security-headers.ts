import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** The page talks to its own origin only; workers and worklets come from it or from blobs. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        // Its WebSockets, too, since Safari 15.4, which the page needs anyway.
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
      },
    },
    // Where TLS ends is the operator's decision; a LAN certificate must not pin a whole host.
    strictTransportSecurity: false,
    // Browsers complain about these two on plain http, and no window is ever opened from here.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}
