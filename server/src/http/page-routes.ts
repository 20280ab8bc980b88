import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router, static as serveStatic } from 'express';
import type { HttpParts } from './http-parts.ts';

/** Assets carry a hash in their names, so a browser may keep them for a year. */
const ASSET_MAX_AGE = '365d';
/** Addresses of the page, as its own router knows them. */
const ADDRESSES = ['/', '/speak/:room', '/watch/:room', '/operate'];

/** The page is one file; its own router reads the address. Nothing where no page is built. */
export function pageRoutes({ pageFolder }: Pick<HttpParts, 'pageFolder'>): Router {
  const router = Router();
  if (pageFolder === null) return router;
  const index = join(pageFolder, 'index.html');
  if (!existsSync(index)) return router;
  router.use(
    '/assets',
    serveStatic(join(pageFolder, 'assets'), { immutable: true, maxAge: ASSET_MAX_AGE }),
  );
  router.use(serveStatic(pageFolder, { index: false }));
  for (const address of ADDRESSES) {
    router.get(address, (_request, response) => {
      response.set('Cache-Control', 'no-cache').sendFile(index);
    });
  }
  return router;
}
