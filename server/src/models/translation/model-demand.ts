import type { Logger } from 'pino';
import type { LanguageOffer } from '../../../../shared/protocol.ts';
import { readProxySettings } from '../../config/proxy-settings.ts';
import type { Settings } from '../../config/settings.ts';
import {
  addCommand,
  describeImprovement,
  type Improvement,
  improvements,
  sizeOf,
} from './improvements.ts';
import { installModel } from './install-model.ts';
import { type LanguageDemand, ModelFetcher } from './model-fetcher.ts';
import { chooseOffer, type ModelRegistry } from './model-offer.ts';
import { openRegistry } from './open-registry.ts';
import { PINNED_OFFERS } from './pinned-registry.ts';
import { TranslationFolder } from './translation-folder.ts';

export interface ModelDemandParts {
  readonly settings: Settings;
  readonly log: Logger;
  /** Languages that a reader of this spoken language may choose, as things stand. */
  offers(spoken: string): readonly LanguageOffer[];
}

export interface ModelDemand extends LanguageDemand {
  /** What models would improve, as things stand, of what is said in these languages. */
  advice(spoken: readonly string[]): string | null;
  close(): Promise<void>;
}

/** Translations told of, ever; a server reads some dozens. */
export const MAX_TOLD = 2_000;

/** Models would be of no use. */
const NO_DEMAND: ModelDemand = {
  wanted: () => {},
  advice: () => null,
  close: async () => {},
};

/**
 * What a node does about languages whose translation a model would improve: fetches it with
 * `MODELS_AUTO=on`, else says once in the log how to.
 */
export function createModelDemand(parts: ModelDemandParts): ModelDemand {
  const { settings, log } = parts;
  if (!settings.TRANSLATORS.includes('bergamot')) return NO_DEMAND;
  const folder = new TranslationFolder(settings.PARLANCE_CACHE);
  const improvement = async (from: string, to: string, { offers }: ModelRegistry) => {
    const chosen = parts.offers(from).filter(({ language }) => language === to);
    const [found] = improvements(from, chosen, offers, []);
    if (found === undefined) return null;
    const absent = [];
    for (const offer of found.offers) {
      // Damaged ones are as good as absent.
      if ((await folder.inspect(offer.pair))?.kind !== 'intact') absent.push(offer);
    }
    return absent.length === 0 ? null : { ...found, offers: absent };
  };
  const registry = (signal: AbortSignal) =>
    openRegistry(settings.MODEL_REGISTRY, settings.MODEL_MIRROR ?? null, {
      proxies: readProxySettings(),
      signal,
    });
  const advice = (spoken: readonly string[]) => {
    const found = spoken.flatMap((from) =>
      improvements(from, parts.offers(from), PINNED_OFFERS, []),
    );
    return describeAll(found, settings.MODELS_AUTO);
  };
  if (settings.MODELS_AUTO === 'off') {
    const find = async (from: string, to: string) =>
      improvement(from, to, await openRegistry('pinned', null));
    return withAdvice(new LoggedAdvice(find, log), advice);
  }
  const fetcher = new ModelFetcher(
    {
      async missing(from, to, signal) {
        const isNeural = (offer: LanguageOffer) =>
          offer.language === to && offer.quality === 'neural';
        if (parts.offers(from).some(isNeural)) return [];
        const found = await improvement(from, to, await registry(signal));
        return found?.offers.map(({ pair }) => pair) ?? [];
      },
      async install(pair, signal) {
        const { offers, sources } = await registry(signal);
        const proxies = readProxySettings();
        await installModel(chooseOffer(offers, pair), sources, folder, { proxies, signal });
      },
    },
    {
      fetching: (pair) => log.info({ pair }, 'fetching a translation model'),
      fetched: (pair, durationMs) =>
        log.info({ pair, durationMs: Math.round(durationMs) }, 'translation model installed'),
      failed: (pair, error, retryMs) =>
        log.warn({ pair, err: error, retryMs }, 'translation model not fetched'),
    },
  );
  return withAdvice(fetcher, advice);
}

function withAdvice(
  demand: LanguageDemand & Pick<ModelDemand, 'close'>,
  advice: ModelDemand['advice'],
): ModelDemand {
  return {
    wanted: (from, languages) => demand.wanted(from, languages),
    advice,
    close: () => demand.close(),
  };
}

function describeAll(found: readonly Improvement[], auto: Settings['MODELS_AUTO']): string | null {
  if (found.length === 0) return null;
  const offers = [...new Set(found.flatMap((improvement) => improvement.offers))];
  const languages = [...new Set(found.map(({ to }) => to))].join(', ');
  return auto === 'on'
    ? `neural models for ${languages}, fetched when somebody reads them (MODELS_AUTO)`
    : `neural models for ${languages}: ${addCommand(offers)}${sizeOf(offers)}`;
}

/** Says once for each translation what would improve it. */
class LoggedAdvice implements LanguageDemand {
  readonly #find: (from: string, to: string) => Promise<Improvement | null>;
  readonly #log: Logger;
  readonly #told = new Set<string>();
  readonly #pending = new Set<Promise<void>>();

  constructor(find: (from: string, to: string) => Promise<Improvement | null>, log: Logger) {
    this.#find = find;
    this.#log = log;
  }

  wanted(from: string, languages: readonly string[]): void {
    for (const to of languages) {
      const key = `${from}-${to}`;
      if (to === from || this.#told.has(key) || this.#told.size >= MAX_TOLD) continue;
      this.#told.add(key);
      const telling = this.#tell(from, to).finally(() => this.#pending.delete(telling));
      this.#pending.add(telling);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #tell(from: string, to: string): Promise<void> {
    try {
      const found = await this.#find(from, to);
      if (found !== null) this.#log.info({ from, to }, describeImprovement(found));
    } catch (error) {
      this.#log.debug({ err: error }, 'the folder of translation models cannot be read');
    }
  }
}
