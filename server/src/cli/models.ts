import type { CAC } from 'cac';
import { AppError } from '../../../shared/errors.ts';
import { readProxySettings } from '../config/proxy-settings.ts';
import { readSettings, type Settings } from '../config/settings.ts';
import { CATALOGUE, type CatalogueModel, findModel, modelBytes } from '../models/catalogue.ts';
import { fetchModel } from '../models/fetch-model.ts';
import { FetchScreen, megabytes } from '../models/fetch-screen.ts';
import { ModelStore } from '../models/model-store.ts';
import { marksFor } from './marks.ts';
import { UsageError } from './usage.ts';

const ACTIONS = ['list', 'fetch', 'verify'] as const;

interface ModelsOptions {
  json?: boolean;
}

/** Adds `parlance models [list|fetch|verify] [name]`. */
export function registerModels(cli: CAC): void {
  cli
    .command('models [action] [name]', 'Speech models: list, fetch or verify them')
    .option('--json', 'One JSON object a line')
    .example('  parlance models fetch moonshine-tiny-en')
    .action(async (action = 'list', name: string | undefined, { json = false }: ModelsOptions) => {
      switch (action) {
        case 'list':
          await listModels({ json });
          return 0;
        case 'fetch':
          await fetchModels(name === undefined ? starters() : [findModel(name)], { json });
          return 0;
        case 'verify':
          return (await verifyModels(name === undefined ? null : findModel(name), { json }))
            ? 0
            : 1;
        default:
          throw new UsageError(`Expected models ${ACTIONS.join(', ')}, got "${action}".`);
      }
    });
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

async function listModels({ json }: { json: boolean }): Promise<void> {
  const store = new ModelStore(readSettings().PARLANCE_CACHE);
  const rows = await Promise.all(
    CATALOGUE.map(async (model) => ({ model, state: (await store.inspect(model)).kind })),
  );
  if (!json) process.stdout.write(`Models in ${store.root}\n\n`);
  const marks = marksFor(process.stdout);
  for (const { model, state } of rows) {
    if (json) {
      const { name, kind, title, languages, licence } = model;
      const row = { model: name, kind, title, languages, licence: licence.name, state };
      process.stdout.write(`${JSON.stringify({ ...row, bytes: modelBytes(model) })}\n`);
      continue;
    }
    const mark = { intact: marks.ok, missing: ' ', damaged: marks.fail }[state];
    const size = megabytes(modelBytes(model));
    process.stdout.write(
      `${mark} ${marks.bold(model.name)}  ${state}, ${size}\n    ${model.title}; ${model.licence.line}\n`,
    );
  }
}

/** Checks one model, or every one of which something is there; resolves with whether all are whole. */
async function verifyModels(
  only: CatalogueModel | null,
  { json }: { json: boolean },
): Promise<boolean> {
  let whole = true;
  const store = new ModelStore(readSettings().PARLANCE_CACHE);
  const marks = marksFor(process.stdout);
  for (const model of only === null ? CATALOGUE : [only]) {
    const { kind, files } = await store.inspect(model);
    const absent = files.every(({ state }) => state.kind === 'missing');
    if (only === null && absent && !model.starter) continue;
    whole &&= kind === 'intact';
    if (json) {
      const states = Object.fromEntries(files.map(({ file, state }) => [file.name, state]));
      process.stdout.write(
        `${JSON.stringify({ model: model.name, state: kind, files: states })}\n`,
      );
      continue;
    }
    process.stdout.write(`${kind === 'intact' ? marks.ok : marks.fail} ${model.name}: ${kind}\n`);
    for (const { file, state } of files) {
      const told = state.kind === 'damaged' ? `damaged: ${state.problem}` : state.kind;
      process.stdout.write(`    ${file.name}  ${told}\n`);
    }
    if (kind !== 'intact') {
      process.stdout.write(`    To mend it: parlance models fetch ${model.name}\n`);
    }
  }
  return whole;
}
