import { Router } from 'express';
import { apiPage } from './openapi/api-page.ts';
import { API_STYLE } from './openapi/api-style.ts';
import { API_DOCUMENT } from './openapi/document.ts';

/** What this server answers, for programs and for people. */
export function descriptionRoutes(): Router {
  const router = Router();
  const page = apiPage(API_DOCUMENT);
  router.get('/openapi.json', (_request, response) => {
    response.json(API_DOCUMENT);
  });
  router.get('/docs', (_request, response) => {
    response.type('html').send(page);
  });
  router.get('/docs/style.css', (_request, response) => {
    response.type('css').send(API_STYLE);
  });
  return router;
}
