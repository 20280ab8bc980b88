import { cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readProxySettings } from '../config/proxy-settings.ts';
import { readSettings } from '../config/settings.ts';
import { CATALOGUE } from '../models/catalogue.ts';
import { diskError } from '../models/disk-error.ts';
import type { FetchEvent } from '../models/fetch-model.ts';
import { FetchScreen, megabytes } from '../models/fetch-screen.ts';
import { ModelStore } from '../models/model-store.ts';
import { installModel } from '../models/translation/install-model.ts';
import {
  type Category,
  chooseOffer,
  defaultOffers,
  languagesOfPair,
  type ModelOffer,
  type ModelRegistry,
  packedBytes,
  TRANSLATION_LICENCE,
} from '../models/translation/model-offer.ts';
import { describeQuality } from '../models/translation/model-quality.ts';
import type { RegistryChoice } from '../models/translation/open-registry.ts';
import { inspectOwnModels } from '../models/translation/own-models.ts';
import { TranslationFolder } from '../models/translation/translation-folder.ts';
import { writeMirror } from '../models/translation/write-mirror.ts';
import { INTERRUPTED_EXIT_CODE, Interruption } from './interruption.ts';
import { marksFor } from './marks.ts';
import { chosenRegistry } from './models-registry.ts';
import { UsageError } from './usage.ts';

export interface TranslationModelsOptions {
  readonly json: boolean;
  readonly registry: RegistryChoice | null;
  readonly category: Category | null;
}

/**
 * Downloads and installs these pairs, one after another. Resolves with the exit code; rejects as
 * installModel does.
 */
export async function addModels(
  pairs: readonly string[],
  { json, registry, category }: TranslationModelsOptions,
): Promise<number> {
  requirePairs('add', pairs);
  const settings = readSettings();
  const models = new TranslationFolder(settings.PARLANCE_CACHE);
  const marks = marksFor(process.stdout);
  return await interruptibly(async (signal) => {
    const { offers, sources } = await chosenRegistry(registry, settings, signal);
    const chosen = pairs.map((pair) => chooseOffer(offers, pair, category));
    for (const offer of chosen) {
      const { pair } = offer;
      const { fetched, folder } = await shown(offer, json, (report) =>
        installModel(offer, sources, models, { proxies: readProxySettings(), report, signal }),
      );
      if (json) printLine({ model: pair, category: offer.category, fetched, folder });
      else if (!fetched) print(`${marks.ok} ${pair}: there already, intact\n`);
      else print(`${marks.ok} ${pair}: installed, ${checked(offer)}; ${describeQuality(offer)}\n`);
    }
  });
}

/** Removes these pairs; a server that uses them goes on with what else it has. */
export async function removeModels(
  pairs: readonly string[],
  { json }: { json: boolean },
): Promise<number> {
  requirePairs('remove', pairs);
  for (const pair of pairs) languagesOfPair(pair);
  const { PARLANCE_CACHE, MODELS_DIR } = readSettings();
  const models = new TranslationFolder(PARLANCE_CACHE);
  const own = (await inspectOwnModels(MODELS_DIR)).map(({ pair }) => pair);
  const marks = marksFor(process.stdout);
  return await interruptibly(async (signal) => {
    for (const pair of pairs) {
      const onWait = () => {
        if (!json) print(`  another process is at work on ${pair}; waiting for it\n`);
      };
      const removed = await models.remove(pair, { signal, onWait });
      if (json) printLine({ model: pair, removed });
      else {
        const stays = own.includes(pair) ? '; the one in MODELS_DIR stays' : '';
        print(`${marks.ok} ${pair}: ${removed ? 'removed' : 'was not installed'}${stays}\n`);
      }
    }
  });
}

/** Writes a folder that another machine's MODEL_MIRROR can be. Rejects as writeMirror does. */
export async function mirrorModels(
  target: string | undefined,
  pairs: readonly string[],
  options: TranslationModelsOptions & { readonly all: boolean },
): Promise<number> {
  const { json, registry, category, all } = options;
  if (target === undefined) throw new UsageError('Expected models mirror DIR, got no folder.');
  const settings = readSettings();
  const folder = resolve(target);
  const exitCode = await interruptibly(async (signal) => {
    const opened = await chosenRegistry(registry, settings, signal);
    const sized = opened.offers.filter((offer) => category === null || offer.category === category);
    const offers = all
      ? defaultOffers(sized)
      : pairs.map((pair) => chooseOffer(opened.offers, pair, category));
    if (offers.length === 0) throw new UsageError(`Expected pairs, or ${allOf(opened)}, got none.`);
    await copySpeech(new ModelStore(settings.PARLANCE_CACHE), folder, json);
    const screen = new FetchScreen(json ? { write: () => {} } : process.stdout);
    await writeMirror(folder, opened, offers, {
      proxies: readProxySettings(),
      signal,
      report: screen.report,
      onModel: (offer) => {
        screen.end();
        if (json) printLine({ model: offer.pair, category: offer.category });
        else print(`  ${offer.pair} (${offer.category})\n`);
      },
    }).finally(() => screen.end());
  });
  if (json || exitCode !== 0) return exitCode;
  print(`${marksFor(process.stdout).ok} ${folder}: serve it with any web server, and set\n`);
  print('    MODEL_MIRROR to its address where models are to be fetched from it\n');
  return exitCode;
}

/** Mozilla's registry tells the sha256 of models only. */
function checked({ files }: ModelOffer): string {
  const known = files.every(({ packed, unpacked }) => (packed.sha256 ?? unpacked.sha256) !== null);
  return known ? 'sha256 checked' : 'sha256 of the model checked';
}

function allOf({ offers }: ModelRegistry): string {
  const defaults = defaultOffers(offers);
  const bytes = defaults.reduce((sum, offer) => sum + (packedBytes(offer) ?? 0), 0);
  return `--all (${defaults.length} pairs${bytes > 0 ? `, ${megabytes(bytes)}` : ''})`;
}

/** Speech models that are whole go along: a mirror is asked for them too. */
async function copySpeech(store: ModelStore, folder: string, json: boolean): Promise<void> {
  for (const model of CATALOGUE) {
    if ((await store.inspect(model)).kind !== 'intact') continue;
    if (!json) print(`  ${model.name}, copied (${model.licence.line})\n`);
    const target = join(folder, model.name);
    try {
      await mkdir(target, { recursive: true });
      for (const file of model.files) await cp(store.path(model, file), join(target, file.name));
    } catch (error) {
      throw diskError(error, target);
    }
  }
}

/** Tells what is fetched and how it goes, once there is something to tell. */
async function shown<T>(
  offer: ModelOffer,
  json: boolean,
  work: (report: (event: FetchEvent) => void) => Promise<T>,
): Promise<T> {
  if (json) return await work(() => {});
  const screen = new FetchScreen(process.stdout);
  let told = false;
  const report = (event: FetchEvent): void => {
    if (!told) print(`  ${offer.pair}, ${offer.category} (${TRANSLATION_LICENCE.line})\n`);
    told = true;
    screen.report(event);
  };
  return await work(report).finally(() => screen.end());
}

/** Resolves with the exit code. */
async function interruptibly(work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const interruption = new Interruption();
  try {
    await work(interruption.signal);
    return 0;
  } catch (error) {
    if (!interruption.signal.aborted || error !== interruption.signal.reason) throw error;
    process.stderr.write('Interrupted; the same command goes on from here.\n');
    return INTERRUPTED_EXIT_CODE;
  } finally {
    interruption.close();
  }
}

function requirePairs(action: string, pairs: readonly string[]): void {
  if (pairs.length > 0) return;
  throw new UsageError(`Expected pairs of languages (models ${action} en-es), got none.`);
}

function print(text: string): void {
  process.stdout.write(text);
}

function printLine(row: object): void {
  print(`${JSON.stringify(row)}\n`);
}
