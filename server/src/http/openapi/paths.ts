import { z } from 'zod';
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
} from 'zod-openapi';
import {
  clusterStatusSchema,
  concurrentStatusSchema,
  errorAnswerSchema,
  healthSchema,
  infoSchema,
  languagesSchema,
  nodesSchema,
  performanceSchema,
  readySchema,
  roomTokenAnswerSchema,
  statusSchema,
} from '../../../../shared/http-answers.ts';
import { languageSchema } from '../../../../shared/language-schema.ts';
import { roomTokenRequestSchema } from '../../../../shared/room-tokens.ts';

type Tag = 'Health' | 'Operator' | 'Languages' | 'Page' | 'Description' | 'Access';

interface Described {
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly ok: ZodOpenApiResponseObject;
  readonly okStatus?: '200' | '201';
  /** Further answers by status, beside those that every route has. */
  readonly also?: Readonly<Record<string, ZodOpenApiResponseObject>>;
  readonly params?: ZodOpenApiOperationObject['requestParams'];
  readonly body?: ZodOpenApiOperationObject['requestBody'];
  /** Whether it needs a key on a server that has keys. */
  readonly guarded?: boolean;
}

const JSON_TYPE = 'application/json';

export function json(description: string, schema: z.ZodType): ZodOpenApiResponseObject {
  return { description, content: { [JSON_TYPE]: { schema } } };
}

export function refusal(description: string): ZodOpenApiResponseObject {
  return json(description, errorAnswerSchema);
}

function text(description: string, type: string): ZodOpenApiResponseObject {
  return { description, content: { [type]: { schema: z.string() } } };
}

/** Answers that every route may give, since limits come before it. */
const ALWAYS = {
  '400': refusal('The request can not be read'),
  '403': refusal('A page of another origin, or a key that may not do this'),
  '429': refusal('Too many requests; Retry-After says when to come back'),
  '500': refusal('A fault of the server'),
  '503': refusal('The server is full, leaving, or slow; Retry-After says when to come back'),
};

export function operation(described: Described): ZodOpenApiOperationObject {
  const { id, tag, summary, description, ok, also, params, body, guarded = false } = described;
  const { okStatus = '200' } = described;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(params === undefined ? {} : { requestParams: params }),
    ...(body === undefined ? {} : { requestBody: body }),
    ...(guarded ? { security: [{ apiKey: [] }, { bearer: [] }] } : {}),
    responses: {
      [okStatus]: ok,
      ...ALWAYS,
      ...(guarded ? { '401': refusal('No key, or one that does not hold') } : {}),
      ...also,
    },
  };
}

const room = z.string().describe('Name of a room; the page says so where it can be none');
const page = text('The page', 'text/html');

/** Every route of the server, and what it answers. A test holds it against the routes there are. */
export const PATHS: ZodOpenApiPathsObject = {
  '/health': {
    get: operation({
      id: 'health',
      tag: 'Health',
      summary: 'Whether the process lives',
      ok: json('It does; status says how it fares', healthSchema),
    }),
  },
  '/ready': {
    get: operation({
      id: 'ready',
      tag: 'Health',
      summary: 'Whether this node takes speakers: engines loaded, Redis reachable, not draining',
      ok: json('It does', readySchema),
      also: { '503': json('It does not, and why', z.union([readySchema, errorAnswerSchema])) },
    }),
  },
  '/metrics': {
    get: operation({
      id: 'metrics',
      tag: 'Operator',
      guarded: true,
      summary: 'Metrics of this node, for Prometheus',
      ok: text('Text exposition format 0.0.4', 'text/plain'),
    }),
  },
  '/metrics.json': {
    get: operation({
      id: 'metricsJson',
      tag: 'Operator',
      guarded: true,
      summary: 'The same metrics as JSON',
      ok: json(
        'One object a metric',
        z.array(
          z.looseObject({
            name: z.string(),
            help: z.string(),
            type: z.string(),
            values: z.array(z.looseObject({ value: z.number().nullable() })),
          }),
        ),
      ),
    }),
  },
  '/status': {
    get: operation({
      id: 'status',
      tag: 'Operator',
      guarded: true,
      summary: 'Connections, memory, requests and errors',
      description:
        'Of the node that answers; with cluster=1 sums over all nodes, each of them, and which nodes are silent.',
      params: { query: z.object({ cluster: z.enum(['0', '1']).optional() }) },
      ok: json('How it fares', z.union([statusSchema, clusterStatusSchema])),
    }),
  },
  '/api/v1/performance': {
    get: operation({
      id: 'performance',
      tag: 'Operator',
      guarded: true,
      summary: 'Load, times and totals of this node',
      ok: json('Since the start, and of the last minutes', performanceSchema),
    }),
  },
  '/api/v1/concurrent-status': {
    get: operation({
      id: 'concurrentStatus',
      tag: 'Operator',
      guarded: true,
      summary: 'Slots, speakers and viewers of this node',
      ok: json('As it is now', concurrentStatusSchema),
    }),
  },
  '/api/v1/nodes': {
    get: operation({
      id: 'nodes',
      tag: 'Operator',
      guarded: true,
      summary: 'Everything about every node, as the status page shows it',
      description:
        'Each node leaves its figures in Redis every two seconds. One that missed two reports is silent: it hangs or is gone.',
      ok: json('The nodes that answer, and those that do not', nodesSchema),
    }),
  },
  '/api/v1/info': {
    get: operation({
      id: 'info',
      tag: 'Languages',
      summary: 'What this server can do',
      ok: json('For pages and tools, before they connect', infoSchema),
    }),
  },
  '/api/v1/languages': {
    get: operation({
      id: 'languages',
      tag: 'Languages',
      summary: 'Languages that can be read where one is spoken',
      params: { query: z.object({ from: languageSchema }) },
      ok: json('The spoken language first', languagesSchema),
      also: { '404': refusal('No recogniser for that language') },
    }),
  },
  '/api/v1/tokens': {
    post: operation({
      id: 'makeToken',
      tag: 'Access',
      guarded: true,
      summary: 'A token for a browser: one room, to speak or to watch, for a while',
      body: { required: true, content: { [JSON_TYPE]: { schema: roomTokenRequestSchema } } },
      okStatus: '201',
      ok: json('The token, and the path of a page with it', roomTokenAnswerSchema),
      also: {
        '409': refusal('A server without keys has nothing to sign with'),
        '413': refusal('A body above the limit'),
        '415': refusal('A compressed body, or one of another character set'),
      },
    }),
  },
  '/openapi.json': {
    get: operation({
      id: 'openapi',
      tag: 'Description',
      summary: 'This description',
      ok: json('OpenAPI 3.1', z.looseObject({ openapi: z.string() })),
    }),
  },
  '/docs': {
    get: operation({
      id: 'docs',
      tag: 'Description',
      summary: 'This description, to read',
      ok: text('A page', 'text/html'),
    }),
  },
  '/docs/style.css': {
    get: operation({
      id: 'docsStyle',
      tag: 'Description',
      summary: 'How that page looks',
      ok: text('A style sheet', 'text/css'),
    }),
  },
  '/': { get: operation({ id: 'home', tag: 'Page', summary: 'The start page', ok: page }) },
  '/speak/{room}': {
    get: operation({
      id: 'speak',
      tag: 'Page',
      summary: 'The page of a speaker',
      params: { path: z.object({ room }) },
      ok: page,
    }),
  },
  '/watch/{room}': {
    get: operation({
      id: 'watch',
      tag: 'Page',
      summary: 'The page of a viewer',
      params: { path: z.object({ room }) },
      ok: page,
    }),
  },
  '/operate': {
    get: operation({
      id: 'operate',
      tag: 'Page',
      summary: 'The status page of an operator',
      ok: page,
    }),
  },
};
