import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { availableMemory } from './available-memory.ts';
import { limitSettings } from './limit-settings.ts';
import { outsideProblems, outsideSettings } from './outside-settings.ts';
import { integer, list, text } from './setting-kinds.ts';

/** Every setting of the server, read from the environment once. docs/settings.md explains each. */

const cores = availableParallelism();
/** Measured: half-time speech of about this many speakers fits one core. */
const LIVE_SESSIONS_PER_CORE = 25;

/** Translation shares the cores with recognition, and the memory with everything. */
const translationWorkers = Math.min(8, Math.max(1, Math.floor(cores / 2)));
const translationMemoryMb = Math.min(
  4_096,
  Math.max(768, Math.floor(availableMemory().bytes / 2 ** 20 / 4)),
);

const settingsSchema = z.object({
  HOST: text.default('127.0.0.1'),
  PORT: integer(0, 65_535).default(8080),
  DATA_DIR: text.default(
    join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'parlance'),
  ),
  PARLANCE_CACHE: text.default(
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'parlance'),
  ),
  MODEL_MIRROR: z.url({ protocol: /^https?$/ }).optional(),
  MODEL_REGISTRY: z.enum(['pinned', 'newest']).default('pinned'),
  MODELS_DIR: text.optional(),
  MODELS_AUTO: z.enum(['off', 'on']).default('off'),
  REDIS_URL: z.url({ protocol: /^(rediss?|unix)$/ }).optional(),
  REDIS_SERVER_BIN: text.optional(),
  NGINX_BIN: text.optional(),
  FFMPEG_BIN: text.optional(),
  APERTIUM_BIN: text.optional(),
  GLOSSARY_FILE: text.optional(),
  RECOGNIZER: list
    .pipe(z.array(z.enum(['moonshine', 'sherpa', 'openai'])).min(1))
    .default(['moonshine']),
  TRANSLATORS: list
    .pipe(
      z.array(z.enum(['bergamot', 'libretranslate', 'openai', 'apertium-apy', 'apertium', 'none'])),
    )
    .default(['bergamot', 'apertium']),
  ...outsideSettings,
  TRANSLATION_WORKERS: integer(1, 64).default(translationWorkers),
  TRANSLATION_MEMORY_MB: integer(256, 1_048_576).default(translationMemoryMb),
  AUDIO_CONVERTER_WORKERS: integer(1, 64).default(Math.max(1, cores > 2 ? cores - 1 : cores)),
  MAX_LIVE_SESSIONS: integer(1, 10_000).default(LIVE_SESSIONS_PER_CORE * cores),
  MAX_WAITING_SESSIONS: integer(0, 10_000).default(10),
  SLOT_WAIT_MS: integer(0, 60_000).default(5_000),
  MAX_VIEWERS_PER_ROOM: integer(1, 100_000).default(2_000),
  MAX_FINALS_PER_ROOM: integer(10, 1_000_000).default(5_000),
  ROOM_TTL: integer(60, 31_536_000).default(86_400),
  SESSION_GRACE: integer(5, 3_600).default(120),
  SESSION_IDLE: integer(10, 86_400).default(900),
  DRAIN_TIMEOUT: integer(1, 3_600).default(25),
  PARTIAL_INTERVAL_MS: integer(100, 10_000).default(700),
  MAX_FINAL_WAIT_MS: integer(200, 600_000).default(2_000),
  ACCESS_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,128}$/, 'Expected 16 to 128 letters, digits, _ or -')
    .optional(),
  OPEN_TO_EVERYBODY: z.enum(['yes', 'no']).optional(),
  MAX_SESSIONS_PER_KEY: integer(1, 100_000).default(50),
  ...limitSettings,
  TLS_CERT: text.optional(),
  TLS_KEY: text.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
});

export type Settings = z.infer<typeof settingsSchema>;

/** One line for each setting that could not be read. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Expected valid settings, got ${problems.length} problem(s):\n${problems.join('\n')}`);
    this.problems = problems;
  }
}

/** Reads all settings, reporting every problem at once; empty values count as not set. */
export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    throw new SettingsError(
      parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`),
    );
  }
  const { TLS_CERT, TLS_KEY } = parsed.data;
  if ((TLS_CERT === undefined) !== (TLS_KEY === undefined)) {
    throw new SettingsError(['  TLS_CERT, TLS_KEY: Expected both or neither, got one']);
  }
  const outside = outsideProblems(parsed.data);
  if (outside.length > 0) throw new SettingsError(outside);
  return parsed.data;
}

/** Names of all settings, for the check that docs/settings.md has each. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape);
