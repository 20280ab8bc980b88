import { AppError } from '../../../../shared/errors.ts';
import type { InstalledModel } from '../../models/installed-models.ts';

/** What is wrong with one file of a model, as found by the checks before it is loaded. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
}

/** `model_damaged` for a model that can not be used: which file, why, and what to do. */
export function modelDamaged(model: InstalledModel, file: string, problem: string): AppError {
  return new AppError(
    'model_damaged',
    `Expected the translation model ${model.pair} in ${model.folder} to be intact: ` +
      `${file}: ${problem} ${remedyFor(model)}`,
  );
}

function remedyFor({ pair, licence }: InstalledModel): string {
  // Only what was installed by the product has a manifest, and so a licence.
  return licence === null
    ? 'Put intact files there, or take the folder away.'
    : `Run "parlance models remove ${pair}", then "parlance models add ${pair}".`;
}
