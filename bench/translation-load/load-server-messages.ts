import { z } from 'zod';

/** What the measuring process and the server's process tell each other. */

const startSchema = z.object({
  kind: z.literal('start'),
  /** Settings by name, as the environment would hold them. */
  settings: z.record(z.string(), z.string()),
  /** What is said, by number. */
  sentences: z.array(z.string()),
  /** Folder of installed models. */
  models: z.string(),
});

const listeningSchema = z.object({ kind: z.literal('listening'), url: z.string() });

const figuresSchema = z.object({
  kind: z.literal('figures'),
  /** Final translations since the last question: milliseconds in the translator, queue included. */
  finalMs: z.array(z.number()),
  partialMs: z.array(z.number()),
  /** Refusals and failures since then, as `final server_busy`. */
  refused: z.record(z.string(), z.number()),
  outputTokens: z.number(),
  outputWords: z.number(),
  /** Processor seconds since the start of the server: all threads, and those that translate. */
  processSeconds: z.number(),
  translatorSeconds: z.number().nullable(),
  translatorThreads: z.number().nullable(),
  /** Linear memory of the translator's threads. */
  translatorBytes: z.number(),
  rssBytes: z.number(),
  /** How late the main thread's timers were since the last question. */
  loopDelayMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }),
});

export type LoadServerStart = z.infer<typeof startSchema>;
export type LoadServerFigures = z.infer<typeof figuresSchema>;

export const LOAD_SERVER_MESSAGE = {
  start: startSchema,
  /** Asks for the figures. */
  look: z.object({ kind: z.literal('look') }),
  listening: listeningSchema,
  figures: figuresSchema,
} as const;
