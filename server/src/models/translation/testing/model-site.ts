import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { InstalledFileRole } from '../../installed-models.ts';
import { type Handler, serveBytes, serveScript } from '../../testing/scripted-http.ts';
import type { ModelOffer, OfferedFile } from '../model-offer.ts';

/** Shaped like a model to whoever moves files about; no engine could load it. */
export interface MadeModel {
  readonly pair: string;
  readonly category: string;
  readonly offer: ModelOffer;
  /** Unpacked contents by the names of the files. */
  readonly contents: ReadonlyMap<string, Buffer>;
  /** Packed contents by paths below the base. */
  readonly packed: ReadonlyMap<string, Buffer>;
}

/** Random bytes in the names, the packing and the hashes of a pair's model. */
export function makeModel(
  pair: string,
  { category = 'tiny', bytes = 200_000 }: { category?: string; bytes?: number } = {},
): MadeModel {
  const code = pair.replace('-', '');
  return packModel(
    pair,
    {
      [`model.${code}.intgemm.alphas.bin`]: randomBytes(bytes),
      [`lex.50.50.${code}.s2t.bin`]: randomBytes(40_000),
      [`vocab.${code}.spm`]: randomBytes(20_000),
    },
    category,
  );
}

/** A model of these files, the model itself first, packed and hashed as Mozilla does. */
export function packModel(
  pair: string,
  unpacked: Readonly<Record<string, Uint8Array>>,
  category = 'tiny',
): MadeModel {
  const [from = '', to = ''] = pair.split('-');
  const contents = new Map<string, Buffer>();
  const packed = new Map<string, Buffer>();
  const files: OfferedFile[] = Object.entries(unpacked).map(([name, bytes]) => {
    const content = Buffer.from(bytes);
    const role = name.split('.')[0] as InstalledFileRole;
    const path = `models/${category}/${from}${to}/${name}.gz`;
    const gzip = gzipSync(content);
    contents.set(name, content);
    packed.set(path, gzip);
    const inner = { bytes: content.length, sha256: sha256(content) };
    return {
      role,
      name,
      path,
      packed: { bytes: gzip.length, sha256: sha256(gzip) },
      unpacked: role === 'model' ? inner : { bytes: null, sha256: null },
    };
  });
  const offer = { pair, from, to, category, bleu: 25.9, comet: 0.84, files };
  return { pair, category, offer, contents, packed };
}

const REGISTRY_KEYS: Readonly<Record<InstalledFileRole, string>> = {
  model: 'model',
  lex: 'lexicalShortlist',
  vocab: 'vocab',
  srcvocab: 'srcVocab',
  trgvocab: 'trgVocab',
};

/** A registry as Mozilla publishes it, with these models in it. */
export function registryOf(
  models: readonly MadeModel[],
  baseUrl = 'https://models.invalid',
): string {
  const byPair: Record<string, object[]> = {};
  for (const { pair, category, offer } of models) {
    const files = offer.files.map((file) => [
      REGISTRY_KEYS[file.role],
      {
        path: file.path,
        ...(file.role === 'model'
          ? { uncompressedSize: file.unpacked.bytes, uncompressedHash: file.unpacked.sha256 }
          : {}),
      },
    ]);
    byPair[pair] ??= [];
    byPair[pair].push({
      architecture: category,
      releaseStatus: 'Release',
      sourceLanguage: offer.from,
      targetLanguage: offer.to,
      files: Object.fromEntries(files),
      metrics: { 'flores200-plus': { bleu: offer.bleu, comet22: offer.comet } },
    });
  }
  return JSON.stringify({ generated: '2026-01-01T00:00:00Z', baseUrl, models: byPair });
}

/**
 * A web server of plain files, with ranges. A path's handlers are used up one by one before its
 * file is served.
 */
export async function serveSite(files: ReadonlyMap<string, Buffer>) {
  const faults = new Map<string, Handler[]>();
  const server = await serveScript((request, response) => {
    const path = decodeURIComponent(request.url ?? '').replace(/^\//, '');
    const fault = faults.get(path)?.shift();
    if (fault !== undefined) return fault(request, response);
    const content = files.get(path);
    if (content === undefined) return response.writeHead(404).end();
    const first = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (first === null) return serveBytes(content)(request, response);
    const part = content.subarray(Number(first[1]), Number(first[2]) + 1);
    response
      .writeHead(206, { 'content-range': `bytes ${first[1]}-${first[2]}/${content.length}` })
      .end(part);
  });
  return {
    ...server,
    requests: server.requests,
    /** The base address for sources. */
    base: `${server.origin}/`,
    /** Answers the next requests for this path in this way instead. */
    fail(path: string, ...handlers: Handler[]): void {
      faults.set(path, [...(faults.get(path) ?? []), ...handlers]);
    },
  };
}

export type ModelSite = Awaited<ReturnType<typeof serveSite>>;

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
