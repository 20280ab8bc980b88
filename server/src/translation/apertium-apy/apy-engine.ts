import { z } from 'zod';
import type { ProxySettings } from '../../config/proxy-settings.ts';
import { HttpService } from '../../outside/http-service.ts';
import { OUTSIDE_LIMITS } from '../../outside/limits.ts';
import { languagesOfMode } from '../apertium/languages.ts';
import { prepareText, tidyTranslation } from '../apertium/text-hygiene.ts';
import { splitPieces } from '../apertium/text-pieces.ts';
import { MAX_SERVICE_PAIRS, type ServicePair } from '../remote/language-table.ts';
import type { RemoteCall, RemoteEngine } from '../remote/remote-engine.ts';
import type { PlaceholderStyle } from '../terms/placeholders.ts';

export interface ApyOptions {
  readonly url: string;
  readonly concurrency?: number;
  readonly proxies?: ProxySettings;
}

const NAME = 'apertium-apy';
/** APy cuts longer texts itself, and after ten pieces drops the rest without a word. */
const MAX_PIECE_CHARS = 1_000;
/** As with Apertium's own programs, whose rules these are. */
const PLACEHOLDER_STYLES: readonly PlaceholderStyle[] = ['name', 'code', 'word'];

const codeSchema = z.string().min(2).max(32);
const pairsSchema = z.object({
  responseData: z
    .array(z.object({ sourceLanguage: codeSchema, targetLanguage: codeSchema }))
    .max(MAX_SERVICE_PAIRS),
});
const translationSchema = z.object({ responseData: z.object({ translatedText: z.string() }) });

/** An Apertium APy server (https://wiki.apertium.org/wiki/Apertium-apy), such as Debian's. */
export function createApyEngine(options: ApyOptions): RemoteEngine {
  const { url, concurrency = OUTSIDE_LIMITS.concurrency, proxies } = options;
  const service = new HttpService({
    name: NAME,
    baseUrl: url,
    connections: concurrency,
    maxAnswerBytes: OUTSIDE_LIMITS.maxAnswerBytes,
    ...(proxies === undefined ? {} : { proxies }),
  });

  const translatePiece = async (text: string, { pair, from, to, signal }: RemoteCall) => {
    // As a form and not in the address, which servers log.
    const form = new URLSearchParams({
      langpair: `${pair.from}|${pair.to}`,
      q: prepareText(text, from, to),
      markUnknown: 'no',
      format: 'txt',
    });
    const answer = await service.post('/translate', { form }, translationSchema, signal);
    return tidyTranslation(answer.responseData.translatedText, text);
  };
  const translateLine = async (line: string, call: RemoteCall) => {
    let translated = '';
    for (const { text, separator } of splitPieces(line, MAX_PIECE_CHARS)) {
      translated += (await translatePiece(text, call)) + separator;
    }
    return translated;
  };

  return {
    name: NAME,
    quality: 'basic',
    placeholderStyles: () => PLACEHOLDER_STYLES,
    languages: async (signal) => {
      const { responseData } = await service.get('/listPairs', pairsSchema, signal);
      return responseData.flatMap(({ sourceLanguage, targetLanguage }) =>
        plainPair(sourceLanguage, targetLanguage),
      );
    },
    translate: async (lines, call) => {
      const translated: string[] = [];
      for (const line of lines) translated.push(await translateLine(line, call));
      return translated;
    },
    close: () => service.close(),
  };
}

/** Without pairs that translate from a variant, or a language to itself. */
function plainPair(from: string, to: string): ServicePair[] {
  return languagesOfMode(`${from}-${to}`) === null ? [] : [{ from, to }];
}
