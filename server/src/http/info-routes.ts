import { Router } from 'express';
import { AppError } from '../../../shared/errors.ts';
import { languageSchema } from '../../../shared/language-schema.ts';
import type { LanguagesAnswer } from '../../../shared/protocol.ts';
import type { HttpParts } from './http-parts.ts';

/** What this server is and which languages it can do. */
export function infoRoutes(parts: Pick<HttpParts, 'info' | 'offers' | 'recognizable'>): Router {
  const router = Router();
  router.get('/api/v1/info', (_request, response) => {
    response.json(parts.info());
  });
  router.get('/api/v1/languages', (request, response) => {
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
  return router;
}
