import { createDocument } from 'zod-openapi';
import { VERSION } from '../../version.ts';
import { PATHS } from './paths.ts';

/** OpenAPI 3.1 of the HTTP server; captions and audio travel over Socket.IO (docs/protocol.md). */
export const API_DOCUMENT = createDocument({
  openapi: '3.1.1',
  info: {
    title: 'Parlance',
    version: VERSION,
    description:
      'Live speech translation. Audio and captions travel over Socket.IO, described in docs/protocol.md; this is the HTTP beside it.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'Health', description: 'For load balancers and supervisors' },
    {
      name: 'Operator',
      description: 'Figures; on a server with keys they need one that may operate',
    },
    { name: 'Access', description: 'Tokens for pages' },
    { name: 'Languages', description: 'What this server can do' },
    { name: 'Page', description: 'What people open' },
    { name: 'Description', description: 'What you are reading' },
  ],
  components: {
    securitySchemes: {
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      bearer: { type: 'http', scheme: 'bearer' },
    },
  },
  paths: PATHS,
});

export type ApiDocument = typeof API_DOCUMENT;
export type ApiOperation = NonNullable<NonNullable<ApiDocument['paths']>[string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Every operation in the order of the document. */
export function operationsOf(
  document: ApiDocument,
): readonly { path: string; method: string; operation: ApiOperation }[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
}
