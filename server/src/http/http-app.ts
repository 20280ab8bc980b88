import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import { AppError, toWireError } from '../../../shared/errors.ts';
import { languageSchema } from '../../../shared/language-schema.ts';
import type { LanguageOffer, LanguagesAnswer, ServerInfo } from '../../../shared/protocol.ts';
import type { ServerMetrics } from '../metrics/server-metrics.ts';

export interface HttpParts {
  /** The built page, or null where this node serves none. */
  readonly pageFolder: string | null;
  readonly metrics: ServerMetrics;
  info(): ServerInfo;
  offers(spoken: string): readonly LanguageOffer[];
  readonly recognizable: readonly string[];
  /** Whether this node is leaving. */
  draining(): boolean;
  /** What keeps this node from taking speakers; empty when it is ready. */
  unready(): readonly string[];
}

const STATUS_OF: Partial<Record<string, number>> = {
  invalid_message: 400,
  language_unsupported: 404,
};
const UNHEALTHY_STATUS = 503;
/** Assets carry a hash in their names, so a browser may keep them for a year. */
const ASSET_MAX_AGE = '365d';

/** Plain HTTP beside the sockets: health, metrics, what the server can do, and the page. */
export function createHttpApp(parts: HttpParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders());
  app.get('/health', (_request, response) => {
    const problems = parts.unready();
    const fares = problems.length === 0 ? 'ok' : 'degraded';
    response.json({ status: parts.draining() ? 'draining' : fares, problems });
  });
  app.get('/ready', (_request, response) => {
    const problems = [...(parts.draining() ? ['This node is draining'] : []), ...parts.unready()];
    response
      .status(problems.length === 0 ? 200 : UNHEALTHY_STATUS)
      .json({ ready: problems.length === 0, problems });
  });
  app.get('/metrics', async (_request, response) => {
    response.type(parts.metrics.registry.contentType).send(await parts.metrics.registry.metrics());
  });
  app.get('/api/v1/info', (_request, response) => {
    response.json(parts.info());
  });
  app.get('/api/v1/languages', (request, response) => {
    const from = languageSchema.safeParse(request.query.from);
    if (!from.success) {
      throw new AppError('invalid_message', 'Expected ?from= with a language code like "en".');
    }
    if (!parts.recognizable.includes(from.data)) {
      throw new AppError(
        'language_unsupported',
        `Expected a spoken language out of ${parts.recognizable.join(', ')}, got ${from.data}.`,
      );
    }
    const answer: LanguagesAnswer = { from: from.data, languages: parts.offers(from.data) };
    response.json(answer);
  });
  if (parts.pageFolder !== null) servePage(app, parts.pageFolder);
  app.use((_request, response) => {
    response.status(404).json({ error: { code: 'not_found', message: 'Nothing is here.' } });
  });
  app.use(toJson);
  return app;
}

/** The page is one file; its own router reads the address. */
function servePage(app: Express, folder: string): void {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return;
  app.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: ASSET_MAX_AGE }),
  );
  app.use(express.static(folder, { index: false }));
  app.get(['/', '/speak/:room', '/watch/:room'], (_request, response) => {
    response.set('Cache-Control', 'no-cache').sendFile(index);
  });
}

/** The page talks to its own origin only; workers and worklets come from it or from blobs. */
function securityHeaders() {
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
        connectSrc: ["'self'", 'ws:', 'wss:'],
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

const toJson: ErrorRequestHandler = (error, _request, response, _next) => {
  const wire = toWireError(error);
  response.status(STATUS_OF[wire.code] ?? 500).json({ error: wire });
};
