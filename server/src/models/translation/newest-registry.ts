import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import { NO_PROXY, type ProxySettings } from '../../config/proxy-settings.ts';
import { DOWNLOAD_LIMITS, type DownloadLimits } from '../download-file.ts';
import { httpGet, httpProblem } from '../http-get.ts';
import { type InstalledFileRole, MANIFEST_NAME } from '../installed-models.ts';
import { boundedStream } from './bounded-stream.ts';
import {
  isPair,
  languagesOfPair,
  type ModelOffer,
  type ModelRegistry,
  type OfferedFile,
} from './model-offer.ts';
import { MIRROR_ADVICE } from './packed-files.ts';

/** Mozilla's bucket of models; its registry says so itself too. */
const NEWEST_BASE =
  'https://storage.googleapis.com/moz-fx-translations-data--303e-prod-translations-data/';
/** Below the base address, at Mozilla's and in mirrors. */
export const REGISTRY_PATH = 'db/models.json';
/** Where below the address of a mirror a registry and its files lie. */
export const NEWEST_MIRROR_FOLDER = 'translation/newest/';
/** Mozilla's is under two megabytes. */
export const MAX_REGISTRY_BYTES = 32_000_000;
/** Two megabytes at 0.3 Mbit/s. */
const REGISTRY_MS = 60_000;

export interface ReadRegistryOptions {
  readonly proxies?: ProxySettings;
  readonly limits?: DownloadLimits;
  readonly signal?: AbortSignal;
  readonly onFailure?: (title: string, message: string) => void;
  /** For the whole registry. */
  readonly registryMs?: number;
  /** Where Mozilla's own is, for tests. */
  readonly newestBase?: string;
}

export interface NewestRegistry extends ModelRegistry {
  /** As it came, for a mirror of it. */
  readonly document: RegistryDocument;
}

/**
 * Reads the registry of the mirror, else Mozilla's own. Files then come from the same place.
 * Rejects with `download_failed` telling what each said, or with the signal's reason.
 */
export async function readNewestRegistry(
  mirror: string | null,
  options: ReadRegistryOptions = {},
): Promise<NewestRegistry> {
  const { signal = new AbortController().signal, newestBase = NEWEST_BASE } = options;
  const places = [
    ...(mirror === null
      ? []
      : [{ title: 'the mirror', base: `${mirror.replace(/\/+$/, '')}/${NEWEST_MIRROR_FOLDER}` }]),
    { title: "Mozilla's registry", base: newestBase },
  ];
  const failures: string[] = [];
  for (const { title, base } of places) {
    try {
      const document = parseRegistry(await getText(new URL(REGISTRY_PATH, base), options));
      const ownBase = base === newestBase ? baseOf(document, base) : base;
      return {
        title: `models of ${title}, newest`,
        offers: offersOf(document),
        sources: [{ title, base: ownBase }],
        document,
      };
    } catch (error) {
      signal.throwIfAborted();
      const message = httpProblem(error);
      failures.push(`  ${title}: ${message}`);
      options.onFailure?.(title, message);
    }
  }
  throw new AppError(
    'download_failed',
    `Expected a registry of translation models, got none:\n${failures.join('\n')}\n${MIRROR_ADVICE}`,
  );
}

async function getText(
  url: URL,
  {
    proxies = NO_PROXY,
    limits = DOWNLOAD_LIMITS,
    registryMs = REGISTRY_MS,
    signal,
  }: ReadRegistryOptions,
): Promise<string> {
  const limit = AbortSignal.timeout(registryMs);
  try {
    const { status, headers, body } = await httpGet(url, {
      headers: { 'accept-encoding': 'identity', 'user-agent': 'parlance' },
      proxies,
      connectMs: limits.connectMs,
      answerMs: limits.answerMs,
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    if (status !== 200) {
      body.destroy();
      throw new Error(`Expected status 200, got ${status} (${url.host}).`);
    }
    const decode = headers['content-encoding'] === 'gzip' ? [createGunzip()] : [];
    return await text(boundedStream(body, MAX_REGISTRY_BYTES, decode));
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new Error(`Expected the whole registry within ${registryMs / 1000} s, got less`);
  }
}

const fileSchema = z.object({
  /** Relative, and nowhere outside the base. */
  path: z.string().regex(/^(?:\w[\w.-]*\/)*\w[\w.-]*\.gz$/),
  uncompressedSize: z.number().int().positive().nullish().catch(null),
  uncompressedHash: z
    .string()
    .toLowerCase()
    .regex(/^[0-9a-f]{64}$/)
    .nullish(),
});

type RegistryFile = z.infer<typeof fileSchema>;

const modelSchema = z.object({
  architecture: z.string().regex(/^[\w.-]{1,40}$/),
  releaseStatus: z.string().nullish(),
  files: z.object({
    model: fileSchema.extend({ uncompressedHash: z.string().toLowerCase().length(64) }),
    lexicalShortlist: fileSchema.nullish(),
    vocab: fileSchema.nullish(),
    srcVocab: fileSchema.nullish(),
    trgVocab: fileSchema.nullish(),
  }),
  metrics: z.unknown().optional(),
  modelStatistics: z.unknown().optional(),
});

const registrySchema = z.looseObject({
  baseUrl: z.string().optional(),
  models: z.record(z.string(), z.array(z.unknown())),
});

export type RegistryDocument = z.infer<typeof registrySchema>;

export function parseRegistry(json: string): RegistryDocument {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Error('Expected a registry in JSON, got something else.');
  }
  const parsed = registrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error('Expected a registry with "models" by pairs of languages, got something else.');
}

/** Mozilla's registry may move its files, but only to another https address. */
function baseOf({ baseUrl }: RegistryDocument, readFrom: string): string {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return readFrom;
  const url = new URL(baseUrl);
  const secure = url.protocol === 'https:' || url.protocol === new URL(readFrom).protocol;
  if (!secure) throw new Error(`Expected files by https, got them at ${url.protocol}//${url.host}`);
  return `${url.href.replace(/\/+$/, '')}/`;
}

/** What Mozilla has released and this product can load; the rest is passed over. */
export function offersOf({ models }: RegistryDocument): readonly ModelOffer[] {
  const best = new Map<string, { offer: ModelOffer; rank: number }>();
  for (const [pair, entries] of Object.entries(models)) {
    if (!isPair(pair)) continue;
    for (const entry of entries) {
      const found = readEntry(pair, entry);
      if (found === null) continue;
      const key = `${pair} ${found.offer.category}`;
      const rival = best.get(key);
      if (rival === undefined || found.rank < rival.rank) best.set(key, found);
    }
  }
  return [...best.values()].map(({ offer }) => offer);
}

/** Models for all of Firefox go before those for one kind of device; nothing else was released. */
const STATUSES: readonly string[] = ['Release', 'Release Desktop', 'Release Android'];

function readEntry(pair: string, entry: unknown): { offer: ModelOffer; rank: number } | null {
  const parsed = modelSchema.safeParse(entry);
  if (!parsed.success) return null;
  const { architecture, releaseStatus, files, metrics, modelStatistics } = parsed.data;
  const rank = STATUSES.indexOf(releaseStatus ?? '');
  const shared = files.vocab ?? null;
  const split = files.srcVocab != null && files.trgVocab != null;
  if (rank < 0 || (shared === null && !split)) return null;
  const scores = floresScores(metrics) ?? floresScores(modelStatistics);
  const roles: readonly [InstalledFileRole, RegistryFile | null | undefined][] = [
    ['model', files.model],
    ['lex', files.lexicalShortlist],
    ['vocab', shared],
    ['srcvocab', shared === null ? files.srcVocab : null],
    ['trgvocab', shared === null ? files.trgVocab : null],
  ];
  const offered = roles.flatMap(([role, file]) => (file == null ? [] : [offeredFile(role, file)]));
  const names = new Set([MANIFEST_NAME, ...offered.map(({ name }) => name)]);
  if (names.size !== offered.length + 1) return null;
  const offer: ModelOffer = {
    pair,
    ...languagesOfPair(pair),
    category: architecture,
    bleu: scores?.bleu ?? null,
    comet: scores?.comet22 ?? null,
    files: offered,
  };
  return { offer, rank };
}

function offeredFile(role: InstalledFileRole, file: RegistryFile): OfferedFile {
  return {
    role,
    name: file.path.split('/').at(-1)?.replace(/\.gz$/, '') ?? role,
    path: file.path,
    packed: { bytes: null, sha256: null },
    unpacked: { bytes: file.uncompressedSize ?? null, sha256: file.uncompressedHash ?? null },
  };
}

const scoresSchema = z.object({
  bleu: z.number().min(0).max(100).nullish().catch(null),
  comet22: z.number().min(-1).max(1.5).nullish().catch(null),
});

/** Of whichever FLORES they were measured on. */
function floresScores(metrics: unknown): z.infer<typeof scoresSchema> | null {
  const bySet = z.record(z.string(), z.unknown()).safeParse(metrics);
  if (!bySet.success) return null;
  const flores = Object.keys(bySet.data).find((name) => /^flores/i.test(name));
  const parsed = scoresSchema.safeParse(bySet.data[flores ?? '']);
  return parsed.success ? parsed.data : null;
}
