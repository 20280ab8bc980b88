import { z } from 'zod';
import { languageSchema } from './language-schema.ts';
import type { RoomTokenAnswer } from './room-tokens.ts';

/**
 * Every answer of the HTTP server, as the server gives it and docs and tests read it: the OpenAPI
 * document is made from these. Names of fields are the operator's: snake_case with units.
 */

const count = z.int().min(0);
const amount = z.number().min(0);
const percent = z.number().min(0).describe('Percent');

export const errorAnswerSchema = z
  .object({
    error: z.object({
      code: z.string().describe('One of the codes in docs/protocol.md, or not_found'),
      message: z.string(),
      retryable: z.boolean().optional(),
      retryAfterMs: amount.optional(),
      expectedSeq: count.optional(),
    }),
  })
  .meta({ id: 'Error', description: 'What went wrong; never holds what was said or a key.' });

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded', 'draining']),
    problems: z.array(z.string()),
  })
  .meta({ id: 'Health' });

export const readySchema = z
  .object({
    ready: z.boolean(),
    problems: z.array(z.string()).describe('Why not, in words'),
  })
  .meta({ id: 'Ready' });

export const infoSchema = z
  .object({
    name: z.literal('parlance'),
    version: z.string(),
    protocols: z.array(count).readonly(),
    spoken: z
      .array(z.object({ language: languageSchema, recognizer: z.string() }))
      .readonly()
      .describe('Spoken languages and who recognises them'),
    keptForS: count.describe('How long what is said is kept, in seconds'),
    keyRequired: z.boolean().describe('Whether speaking needs a key'),
    full: z.boolean().describe('Whether every live slot is taken'),
  })
  .meta({ id: 'Info' });

export const languagesSchema = z
  .object({
    from: languageSchema,
    languages: z
      .array(
        z.object({
          language: languageSchema,
          engine: z.string(),
          quality: z.enum(['none', 'basic', 'neural', 'remote']),
          via: z.array(languageSchema).readonly(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Languages' });

export const statusSchema = z
  .object({
    current_connections: count.describe('WebSocket connections: speakers and viewers'),
    max_connections: count,
    memory_usage_mb: amount.describe('The server and the programs it started, MiB'),
    memory_limit_mb: amount.describe('MiB'),
    total_requests: count.describe('HTTP and socket requests answered since the start'),
    error_count: count.describe('Those of them that were answered with an error'),
  })
  .meta({ id: 'Status' });

const nodeName = z.object({
  node: z.string().describe('Different for every start of a node'),
  name: z.string().describe('Host and port'),
});

const silentNodeSchema = nodeName
  .extend({
    seconds: amount.describe('Since its last sign of life'),
    reason: z.enum(['silent', 'unreadable']).describe('unreadable: a node of another version'),
  })
  .meta({ id: 'SilentNode', description: 'A node whose figures are not among the others.' });

const whole = {
  complete: z.boolean().describe('False where some node is silent or Redis does not answer'),
  silent_nodes: z.array(silentNodeSchema),
  problem: z.string().nullable().describe('Why only this node is shown, or null'),
};

export const clusterStatusSchema = statusSchema
  .extend({
    nodes: z.array(statusSchema.extend({ ...nodeName.shape, age_seconds: amount })),
    ...whole,
  })
  .meta({ id: 'ClusterStatus', description: 'Sums over all nodes that answer, and each of them.' });

export const timesSchema = z
  .object({
    count: count.describe('How many the others are made of'),
    mean: amount.nullable(),
    median: amount.nullable(),
    p95: amount.nullable(),
    p99: amount.nullable(),
  })
  .meta({
    id: 'Times',
    description:
      'Seconds, over the newest 1000 of the last five minutes; null where there are none.',
  });

export const performanceSchema = z
  .object({
    active_conversions: count.describe('FFmpeg streams at work'),
    utilization_percent: percent.describe('Conversion slots in use, percent'),
    average_processing_time: amount
      .nullable()
      .describe('Mean seconds of recognising one utterance, as in recognition_times'),
    cpu_percent: percent.describe('All cores of the machine, everything on it, percent'),
    process_cpu_percent: percent.describe('The server process; 100 is one core'),
    memory_usage: amount.describe('The server and the programs it started, MiB'),
    memory_percent: percent.describe('Of the limit'),
    event_loop_delay_ms: amount.describe('p99 of the last seconds'),
    uptime_seconds: amount,
    totals: z
      .object({
        requests: count,
        errors: count,
        conversions: count.describe('Streams that ended'),
        recognitions: count.describe('Utterances read, partials included'),
        translations: count.describe('Texts translated, partials included'),
        finals: count.describe('Segments that became final'),
      })
      .describe('Since the start'),
    conversion_times: timesSchema.describe('From a frame to its samples'),
    recognition_times: timesSchema.describe('Of one utterance, partials included, without waiting'),
    translation_times: timesSchema.describe('Of one text, partials included'),
    caption_lag: timesSchema.describe('From the arrival of the last frame to the final stored'),
    translation_lag: timesSchema.describe('From the arrival of the last frame to it stored'),
    delivery_lag: timesSchema.describe('From a final made to handed to its readers'),
    cores: count,
    disk: z
      .object({ total_mb: amount, free_mb: amount, used_percent: percent })
      .nullable()
      .describe('Where DATA_DIR lies; null where the system does not tell'),
    redis: z.object({
      reachable: z.boolean(),
      connections: count.nullable().describe('All clients of that Redis; null while it is away'),
    }),
  })
  .meta({ id: 'Performance' });

const slotSchema = z
  .object({ total: count, in_use: count, waiting: count })
  .meta({ id: 'Slots', description: 'Permits to use something scarce.' });

export const concurrentStatusSchema = z
  .object({
    slots: z.object({
      conversion: slotSchema.describe('FFmpeg streams: one a speaker'),
      recognition: slotSchema.describe('Inference threads'),
      translation: slotSchema.describe(
        'Neural workers, Apertium pipelines, requests outside; waiting: texts',
      ),
    }),
    sessions: count.describe('Speakers'),
    viewers: count,
    rooms: count,
    utilization: percent.describe('Conversion slots in use, percent'),
    connections: z.object({ current: count, max: count }),
    load_step: z.enum(['full', 'slower', 'untranslated', 'finals', 'refusing']),
    draining: z.boolean(),
  })
  .meta({ id: 'ConcurrentStatus' });

export const nodeReportSchema = nodeName
  .extend({
    version: z.string(),
    age_seconds: amount.describe('How old these figures are'),
    problems: z.array(z.string()).describe('As /ready tells'),
    status: statusSchema,
    performance: performanceSchema,
    concurrent: concurrentStatusSchema,
  })
  .meta({ id: 'NodeReport' });

export const nodesSchema = z
  .object({ nodes: z.array(nodeReportSchema), ...whole })
  .meta({ id: 'Nodes', description: 'Everything the status page shows, node by node.' });

export const roomTokenAnswerSchema = z
  .object({
    token: z.string(),
    room: z.string(),
    role: z.enum(['speak', 'watch']),
    expiresAt: count.describe('Milliseconds since 1970; sooner than asked for where the key ends'),
    link: z.string().describe('Path of a page, with the token behind the #'),
  })
  .meta({ id: 'RoomToken' }) satisfies z.ZodType<RoomTokenAnswer>;

export type Status = z.infer<typeof statusSchema>;
export type ClusterStatus = z.infer<typeof clusterStatusSchema>;
export type Times = z.infer<typeof timesSchema>;
export type Performance = z.infer<typeof performanceSchema>;
export type ConcurrentStatus = z.infer<typeof concurrentStatusSchema>;
export type NodeReport = z.infer<typeof nodeReportSchema>;
export type SilentNode = z.infer<typeof silentNodeSchema>;
export type NodesAnswer = z.infer<typeof nodesSchema>;
