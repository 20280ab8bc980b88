import { z } from 'zod';
import type { ProxySettings } from '../../config/proxy-settings.ts';
import { HttpService } from '../../outside/http-service.ts';
import { OUTSIDE_LIMITS } from '../../outside/limits.ts';
import { MAX_SERVICE_PAIRS, type ServicePair } from '../remote/language-table.ts';
import type { RemoteEngine } from '../remote/remote-engine.ts';
import type { PlaceholderStyle } from '../terms/placeholders.ts';

export interface LibreTranslateOptions {
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly concurrency?: number;
  readonly proxies?: ProxySettings;
}

const NAME = 'libretranslate';
const MAX_LANGUAGES = 200;
/** Argos's models are neural, as Firefox's are; names of cities come through best. */
const PLACEHOLDER_STYLES: readonly PlaceholderStyle[] = ['name', 'code', 'number'];

const codeSchema = z.string().min(2).max(16);
/** `targets` is there since version 1.3; before, every language went to every other. */
const languagesSchema = z
  .array(z.object({ code: codeSchema, targets: z.array(codeSchema).max(MAX_LANGUAGES).optional() }))
  .max(MAX_LANGUAGES);
const translationSchema = z.object({ translatedText: z.array(z.string()) });

/** A LibreTranslate server (https://docs.libretranslate.com). */
export function createLibreTranslateEngine(options: LibreTranslateOptions): RemoteEngine {
  const { url, apiKey, concurrency = OUTSIDE_LIMITS.concurrency, proxies } = options;
  const service = new HttpService({
    name: NAME,
    baseUrl: url,
    connections: concurrency,
    maxAnswerBytes: OUTSIDE_LIMITS.maxAnswerBytes,
    ...(proxies === undefined ? {} : { proxies }),
  });
  return {
    name: NAME,
    quality: 'remote',
    placeholderStyles: () => PLACEHOLDER_STYLES,
    languages: async (signal) =>
      pairsOf(await service.get('/languages', languagesSchema, signal)).slice(0, MAX_SERVICE_PAIRS),
    translate: async (lines, { pair, signal }) => {
      // The key goes in the body: that is where LibreTranslate looks for it.
      const json = {
        q: lines,
        source: pair.from,
        target: pair.to,
        format: 'text',
        ...(apiKey === undefined ? {} : { api_key: apiKey }),
      };
      const answer = await service.post('/translate', { json }, translationSchema, signal);
      return answer.translatedText;
    },
    close: () => service.close(),
  };
}

function pairsOf(languages: z.infer<typeof languagesSchema>): ServicePair[] {
  const all = languages.map(({ code }) => code);
  return languages.flatMap(({ code, targets = all }) =>
    targets.map((target) => ({ from: code, to: target })),
  );
}
