import { languageName } from '../../../shared/languages.ts';
import { readSettings } from '../config/settings.ts';
import { CATALOGUE, modelBytes } from '../models/catalogue.ts';
import { megabytes } from '../models/fetch-screen.ts';
import { ModelStore } from '../models/model-store.ts';
import {
  defaultOffers,
  type ModelOffer,
  packedBytes,
  TRANSLATION_LICENCE,
} from '../models/translation/model-offer.ts';
import { describeQuality } from '../models/translation/model-quality.ts';
import type { RegistryChoice } from '../models/translation/open-registry.ts';
import { inspectOwnModels } from '../models/translation/own-models.ts';
import {
  TranslationFolder,
  type TranslationModelState,
} from '../models/translation/translation-folder.ts';
import { marksFor } from './marks.ts';
import { chosenRegistry } from './models-registry.ts';

export interface ListModelsOptions {
  readonly json: boolean;
  /** Pairs or languages; those that have none of them are left out. Empty for all. */
  readonly only: readonly string[];
  readonly registry: RegistryChoice | null;
}

/** Prints what is installed and what is on offer. Rejects as reading the registry does. */
export async function listModels({ json, only, registry }: ListModelsOptions): Promise<void> {
  const settings = readSettings();
  if (only.length === 0) await listSpeech(new ModelStore(settings.PARLANCE_CACHE), json);
  const folder = new TranslationFolder(settings.PARLANCE_CACHE);
  const pairs = (await folder.pairs()).filter((pair) => isMeant(pair, only));
  const states = await Promise.all(pairs.map((pair) => folder.inspect(pair)));
  const installed = states.filter((state) => state !== null);
  const own = (await inspectOwnModels(settings.MODELS_DIR)).filter(({ pair }) =>
    isMeant(pair, only),
  );
  if (json) printLines([...own.map(stateRow), ...installed.map(stateRow)]);
  else {
    if (settings.MODELS_DIR !== undefined) printOwn(settings.MODELS_DIR, own);
    printInstalled(folder.root, installed, own);
  }
  const { offers, title } = await chosenRegistry(registry, settings);
  const there = new Set([...installed, ...own].map(({ pair }) => pair));
  const offered = defaultOffers(offers).filter(
    ({ pair }) => isMeant(pair, only) && !there.has(pair),
  );
  if (json) printLines(offered.map(offerRow));
  else printOffers(title, offered);
}

async function listSpeech(store: ModelStore, json: boolean): Promise<void> {
  const rows = await Promise.all(
    CATALOGUE.map(async (model) => ({ model, state: (await store.inspect(model)).kind })),
  );
  if (!json) process.stdout.write(`Speech models in ${store.root}\n\n`);
  const marks = marksFor(process.stdout);
  for (const { model, state } of rows) {
    if (json) {
      const { name, kind, title, languages, licence } = model;
      const row = { model: name, kind, title, languages, licence: licence.name, state };
      printLines([{ ...row, bytes: modelBytes(model) }]);
      continue;
    }
    const mark = { intact: marks.ok, missing: ' ', damaged: marks.fail }[state];
    const size = megabytes(modelBytes(model));
    process.stdout.write(
      `${mark} ${marks.bold(model.name)}  ${state}, ${size}\n    ${model.title}; ${model.licence.line}\n\n`,
    );
  }
}

function printInstalled(
  root: string,
  installed: readonly TranslationModelState[],
  own: readonly TranslationModelState[],
): void {
  process.stdout.write(`Translation models in ${root}\n    ${TRANSLATION_LICENCE.line}\n\n`);
  if (installed.length === 0) process.stdout.write('  none installed\n');
  for (const state of installed) {
    const isHidden = own.some(({ pair }) => pair === state.pair);
    printState(state, isHidden ? '; not used, MODELS_DIR has one' : '');
  }
}

function printOwn(root: string, own: readonly TranslationModelState[]): void {
  process.stdout.write(`Translation models in ${root} (MODELS_DIR), used before any other\n\n`);
  if (own.length === 0) process.stdout.write('  none\n');
  for (const state of own) printState(state, '');
  process.stdout.write('\n');
}

function printState({ pair, kind, model }: TranslationModelState, note: string): void {
  const marks = marksFor(process.stdout);
  const mark = kind === 'intact' ? marks.ok : marks.fail;
  const size = megabytes(installedBytes(model));
  const quality = describeQuality({ bleu: model?.quality ?? null });
  const category = model?.category ?? 'files of your own';
  const about = kind === 'intact' ? `${size}, ${quality}, ${category}` : kind;
  process.stdout.write(`${mark} ${marks.bold(pair.padEnd(6))} ${names(pair)}  ${about}${note}\n`);
}

function printOffers(title: string, offered: readonly ModelOffer[]): void {
  const out = process.stdout;
  const [first] = offered;
  const how = first === undefined ? '' : `; "parlance models add ${first.pair}" installs one`;
  out.write(`\nOn offer (${title})${how}\n\n`);
  for (const offer of offered) {
    const bytes = packedBytes(offer);
    const size = bytes === null ? '' : `${megabytes(bytes)}, `;
    const about = `${size}${describeQuality(offer)}, ${offer.category}`;
    out.write(`  ${offer.pair.padEnd(6)} ${names(offer.pair)}  ${about}\n`);
  }
  if (offered.length === 0) out.write('  nothing more\n');
}

function stateRow({ pair, kind, model }: TranslationModelState) {
  return {
    model: pair,
    kind: 'translation',
    languages: pair.split('-'),
    state: kind,
    category: model?.category ?? null,
    bleu: model?.quality ?? null,
    licence: model?.licence ?? null,
    bytes: installedBytes(model),
    folder: model?.folder ?? null,
  };
}

function offerRow(offer: ModelOffer) {
  const { pair, from, to, category, bleu, comet } = offer;
  return {
    model: pair,
    kind: 'translation',
    languages: [from, to],
    state: 'missing',
    category,
    bleu,
    comet,
    licence: TRANSLATION_LICENCE.name,
    downloadBytes: packedBytes(offer),
  };
}

function installedBytes(model: TranslationModelState['model']): number {
  return model?.files.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
}

const NAME_COLUMNS = 32;

function names(pair: string): string {
  const [from = '', to = ''] = pair.split('-').map((language) => languageName(language, 'en'));
  return `${from} to ${to}`.padEnd(NAME_COLUMNS);
}

function isMeant(pair: string, only: readonly string[]): boolean {
  return only.length === 0 || [pair, ...pair.split('-')].some((name) => only.includes(name));
}

function printLines(rows: readonly object[]): void {
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
}
