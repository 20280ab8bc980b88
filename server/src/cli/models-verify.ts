import { readSettings } from '../config/settings.ts';
import { CATALOGUE, findModel } from '../models/catalogue.ts';
import { type FileState, ModelStore } from '../models/model-store.ts';
import { isPair } from '../models/translation/model-offer.ts';
import { TranslationFolder } from '../models/translation/translation-folder.ts';
import { marksFor } from './marks.ts';

interface Verdict {
  readonly model: string;
  readonly state: 'intact' | 'missing' | 'damaged';
  readonly files: readonly { readonly name: string; readonly state: FileState }[];
  /** The command that mends it. */
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
  const cache = readSettings().PARLANCE_CACHE;
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
  for (const pair of pairs) {
    const state = await folder.inspect(pair);
    const { kind, files } = state ?? { kind: 'missing', files: [] };
    tell({ model: pair, state: kind, files, mend: `parlance models add ${pair}` });
  }
  return whole;
}

function print({ model, state, files, mend }: Verdict, json: boolean): void {
  const out = process.stdout;
  if (json) {
    const states = Object.fromEntries(files.map(({ name, state }) => [name, state]));
    out.write(`${JSON.stringify({ model, state, files: states })}\n`);
    return;
  }
  const marks = marksFor(out);
  out.write(`${state === 'intact' ? marks.ok : marks.fail} ${model}: ${state}\n`);
  for (const { name, state } of files) {
    const told = state.kind === 'damaged' ? `damaged: ${state.problem}` : state.kind;
    out.write(`    ${name}  ${told}\n`);
  }
  if (state !== 'intact') out.write(`    To mend it: ${mend}\n`);
}
