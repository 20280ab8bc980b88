import type { CAC } from 'cac';
import { AppError } from '../../../shared/errors.ts';
import { readProxySettings } from '../config/proxy-settings.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { CATALOGUE, type CatalogueModel, findModel, modelBytes } from '../models/catalogue.ts';
import { fetchModel } from '../models/fetch-model.ts';
import { FetchScreen, megabytes } from '../models/fetch-screen.ts';
import { ModelStore } from '../models/model-store.ts';
import { marksFor } from './marks.ts';
import { listModels } from './models-list.ts';
import { categoryOption, registryOption } from './models-registry.ts';
import { addModels, mirrorModels, removeModels } from './models-translation.ts';
import { verifyModels } from './models-verify.ts';
import { UsageError } from './usage.ts';

const ACTIONS = ['list', 'add', 'remove', 'verify', 'fetch', 'mirror'] as const;

interface ModelsOptions {
  json?: boolean;
  all?: boolean;
  category?: string;
  registry?: string;
}

/** Adds `parlance models [action] [names]`. */
export function registerModels(cli: CAC): void {
  cli
    .command('models [action] [...names]', `Models: ${ACTIONS.join(', ')}`)
    .option('--json', 'One JSON object a line')
    .option('--category <name>', 'Add or mirror this size: tiny, base-memory, base')
    .option('--registry <name>', 'pinned, or newest (MODEL_REGISTRY)')
    .option('--all', 'Mirror every pair')
    .example('  parlance models add en-es fr-en      translate by neural models, 15 MB each')
    .example('  parlance models remove en-es')
    .example('  parlance models verify               compare what is installed with its sha256')
    .example('  parlance models fetch moonshine-tiny-en')
    .example('  parlance models mirror DIR en-es     what another machine can serve')
    .action((action = 'list', names: readonly string[], options: ModelsOptions) =>
      runModels(action, names, options),
    );
}

async function runModels(
  action: string,
  names: readonly string[],
  { json = false, all = false, ...options }: ModelsOptions,
): Promise<number> {
  const registry = registryOption(options.registry);
  const category = categoryOption(options.category);
  switch (action) {
    case 'list':
      await listModels({ json, only: names, registry });
      return 0;
    case 'add':
      return await addModels(names, { json, registry, category });
    case 'remove':
      return await removeModels(names, { json });
    case 'verify':
      return (await verifyModels(names, { json })) ? 0 : 1;
    case 'fetch':
      await fetchModels(names.length === 0 ? starters() : names.map((name) => findModel(name)), {
        json,
      });
      return 0;
    case 'mirror':
      return await mirrorModels(names[0], names.slice(1), { json, registry, category, all });
    default:
      throw new UsageError(`Expected models ${ACTIONS.join(', ')}, got "${action}".`);
  }
}

/** The models that the set-up fetches without being asked. */
export function starters(): readonly CatalogueModel[] {
  return CATALOGUE.filter((model) => model.starter);
}

export interface FetchModelsOptions {
  readonly json?: boolean;
  /** Says nothing about a model that is there already. */
  readonly quiet?: boolean;
  readonly settings?: Settings;
}

/** Fetches what is missing or damaged, telling how it goes. Rejects as fetchModel does. */
export async function fetchModels(
  models: readonly CatalogueModel[],
  { json = false, quiet = false, settings = readSettings() }: FetchModelsOptions = {},
): Promise<void> {
  const out = process.stdout;
  const marks = marksFor(out);
  const store = new ModelStore(settings.PARLANCE_CACHE);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort(new AppError('download_failed', 'Interrupted.'));
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  try {
    for (const model of models) {
      const screen = new FetchScreen(json ? { write: () => {} } : out);
      let told = false;
      const { fetched } = await fetchModel(model, store, {
        mirror: settings.MODEL_MIRROR ?? null,
        proxies: readProxySettings(),
        signal: interrupt.signal,
        report: (event) => {
          if (!told && !json) out.write(`  ${model.title} (${model.licence.line})\n`);
          told = true;
          screen.report(event);
        },
      }).finally(() => screen.end());
      if (json) {
        out.write(
          `${JSON.stringify({ model: model.name, fetched, folder: store.folder(model) })}\n`,
        );
      } else if (fetched || !quiet) {
        const state = fetched
          ? `fetched, ${megabytes(modelBytes(model))}, sha256 checked`
          : 'intact';
        out.write(`${marks.ok} model ${model.name}: ${state}\n`);
      }
    }
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}
