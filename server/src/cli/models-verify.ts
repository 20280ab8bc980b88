import { AppError } from '../../../shared/errors.ts';
import { readSettings } from '../config/settings.ts';
import { CATALOGUE, findModel } from '../models/catalogue.ts';
import { type FileState, ModelStore } from '../models/model-store.ts';
import { isPair } from '../models/translation/model-offer.ts';
import { inspectOwnModels } from '../models/translation/own-models.ts';
import {
  TranslationFolder,
  type TranslationModelState,
} from '../models/translation/translation-folder.ts';
import { readModel } from '../translation/bergamot/read-model.ts';
import { marksFor } from './marks.ts';

interface Verdict {
  readonly model: string;
  readonly state: 'intact' | 'missing' | 'damaged';
  readonly files: readonly { readonly name: string; readonly state: FileState }[];
  /** What is wrong with files that are as long as they should be, and what to do. */
  readonly problem?: string;
  /** What mends it. */
  readonly mend: string;
}

/**
 * Checks the contents of these models, or of every one of which something is there (and of those
 * that Parlance needs). Resolves with whether all are whole.
 */
export async function verifyModels(
  names: readonly string[],
  { json }: { json: boolean },
): Promise<boolean> {
  const { PARLANCE_CACHE: cache, MODELS_DIR } = readSettings();
  const folder = new TranslationFolder(cache);
  const all = names.length === 0;
  const pairs = all ? await folder.pairs() : names.filter(isPair);
  const speech = all
    ? CATALOGUE
    : names.filter((name) => !isPair(name)).map((name) => findModel(name));
  const store = new ModelStore(cache);
  let whole = true;
  const tell = (verdict: Verdict): void => {
    whole &&= verdict.state === 'intact';
    print(verdict, json);
  };
  for (const model of speech) {
    const { kind, files } = await store.inspect(model);
    const absent = files.every(({ state }) => state.kind === 'missing');
    if (all && absent && !model.starter) continue;
    tell({
      model: model.name,
      state: kind,
      files: files.map(({ file, state }) => ({ name: file.name, state })),
      mend: `parlance models fetch ${model.name}`,
    });
  }
  const own = (await inspectOwnModels(MODELS_DIR)).filter(
    ({ pair }) => all || pairs.includes(pair),
  );
  for (const state of own) {
    const problem = await loadingProblem(state);
    tell({
      model: `${state.pair} in ${MODELS_DIR}`,
      state: problem === null ? state.kind : 'damaged',
      files: state.files,
      ...(problem === null ? {} : { problem }),
      mend: 'put a whole model in its place, or remove it from MODELS_DIR',
    });
  }
  for (const pair of pairs) {
    const state = await folder.inspect(pair);
    if (state === null && own.some((each) => each.pair === pair)) continue;
    const { kind, files } = state ?? { kind: 'missing', files: [] };
    tell({ model: pair, state: kind, files, mend: `parlance models add ${pair}` });
  }
  return whole;
}

/**
 * Nobody tells what the files of one's own models should be: only reading them as the translator
 * does can tell whether they are whole. Null where they are, or where more is wrong anyhow.
 */
async function loadingProblem({ model, kind }: TranslationModelState): Promise<string | null> {
  if (model === null || kind !== 'intact') return null;
  try {
    await readModel(model);
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'model_damaged') return error.message;
    throw error;
  }
}

function print({ model, state, files, problem, mend }: Verdict, json: boolean): void {
  const out = process.stdout;
  if (json) {
    const states = Object.fromEntries(files.map(({ name, state }) => [name, state]));
    const told = problem === undefined ? {} : { problem };
    out.write(`${JSON.stringify({ model, state, files: states, ...told })}\n`);
    return;
  }
  const marks = marksFor(out);
  out.write(`${state === 'intact' ? marks.ok : marks.fail} ${model}: ${state}\n`);
  for (const { name, state } of files) {
    const told = state.kind === 'damaged' ? `damaged: ${state.problem}` : state.kind;
    out.write(`    ${name}  ${told}\n`);
  }
  if (problem !== undefined) out.write(`    ${problem}\n`);
  else if (state !== 'intact') out.write(`    To mend it: ${mend}\n`);
}
